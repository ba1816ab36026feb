"""The JSON mapping of OTLP."""

import base64
import json
import math

import orjson
import pytest
from google.protobuf import json_format
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from ingest.domain.otlp_json import JsonError, fill_message, message_json, parse_json
from tests.otlp_requests import requests
from traces.domain.otlp import any_value

ID_NAMES = {"traceId", "spanId", "parentSpanId", "trace_id", "span_id", "parent_span_id"}


def read_span(data) -> Span:
    span = Span()
    fill_message(span, data)
    return span


def read_attribute(value):
    return any_value(read_span({"attributes": [{"key": "k", "value": value}]}).attributes[0].value)


@given(requests)
def test_what_is_written_reads_back_the_same(request_message):
    written = orjson.dumps(message_json(request_message))
    read = ExportTraceServiceRequest()
    fill_message(read, parse_json(written))
    assert read.SerializeToString() == request_message.SerializeToString()


def test_ids_are_hex_and_long_integers_strings():
    span = Span(trace_id=b"\xab" * 16, span_id=b"\x01" * 8, start_time_unix_nano=2**63, kind=3)
    assert message_json(span) == {
        "traceId": "ab" * 16,
        "spanId": "01" * 8,
        "startTimeUnixNano": str(2**63),
        "kind": 3,
    }


@pytest.mark.parametrize(
    "data",
    [
        {"traceId": "AB" * 16, "startTimeUnixNano": "17", "kind": 3, "droppedAttributesCount": 2},
        {
            "trace_id": "ab" * 16,
            "start_time_unix_nano": 17,
            "kind": "SPAN_KIND_CLIENT",
            "dropped_attributes_count": "2",
        },
        {
            "traceId": "ab" * 16,
            "startTimeUnixNano": 17.0,
            "kind": "3",
            "droppedAttributesCount": 2.0,
            "name": None,
            "aFieldOfTomorrow": {"x": [1]},
        },
    ],
)
def test_every_way_of_writing_means_the_same(data):
    assert read_span(data) == Span(
        trace_id=b"\xab" * 16, start_time_unix_nano=17, kind=3, dropped_attributes_count=2
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"stringValue": "a"}, "a"),
        ({"boolValue": False}, False),
        ({"intValue": "-9223372036854775808"}, -(2**63)),
        ({"intValue": 9223372036854775807}, 2**63 - 1),
        ({"doubleValue": 1}, 1.0),
        ({"doubleValue": "-Infinity"}, -math.inf),
        ({"bytesValue": "_-8="}, b"\xff\xef"),
        ({"bytesValue": "/+8"}, b"\xff\xef"),
        ({"arrayValue": {"values": [{"intValue": 1}, {}]}}, [1, None]),
        ({"kvlistValue": {"values": [{"key": "a", "value": {"stringValue": "b"}}]}}, {"a": "b"}),
        ({"arrayValue": {}}, []),
        ({}, None),
    ],
    ids=repr,
)
def test_it_reads_every_type_of_value(value, expected):
    read = read_attribute(value)
    assert read == expected
    assert type(read) is type(expected)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("text", "an object is expected, not a string"),
        ({"traceId": 7}, "traceId: a string of hex digits is expected, not a number"),
        ({"traceId": "q83vASNFZ4mrze8BI0VniQ=="}, "traceId: 'q83vASNFZ4mrze8BI0VniQ==' is not hexadecimal"),
        ({"name": 5}, "name: a string is expected, not a number"),
        ({"startTimeUnixNano": "soon"}, "startTimeUnixNano: 'soon' is not an integer"),
        ({"startTimeUnixNano": 1.5}, "startTimeUnixNano: 1.5 is not an integer"),
        ({"startTimeUnixNano": -1}, "startTimeUnixNano: -1 is out of range"),
        ({"startTimeUnixNano": "9" * 5000}, "startTimeUnixNano: an integer is out of range"),
        ({"startTimeUnixNano": True}, "startTimeUnixNano: an integer is expected, not a boolean"),
        ({"kind": "SPAN_KIND_TRAIN"}, "kind: 'SPAN_KIND_TRAIN' is no SpanKind"),
        ({"kind": 2**31}, "kind: 2147483648 is out of range"),
        ({"attributes": {}}, "attributes: an array is expected, not an object"),
        ({"attributes": [None]}, r"attributes\[0\]: an object is expected, not null"),
        (
            {"attributes": [{"key": "a"}, {"key": "b", "value": {"intValue": "x"}}]},
            r"attributes\[1\].value.intValue: 'x' is not an integer",
        ),
        (
            {"events": [{"attributes": [{"value": {"bytesValue": "!"}}]}]},
            r"events\[0\].attributes\[0\].value.bytesValue: '!' is not base64",
        ),
        ({"status": []}, "status: an object is expected, not an array"),
        ({"attributes": [{"value": {"boolValue": "yes"}}]}, "true or false is expected"),
        ({"attributes": [{"value": {"doubleValue": "wide"}}]}, "'wide' is not a number"),
    ],
)
def test_an_error_names_the_place_and_the_reason(data, words):
    with pytest.raises(JsonError, match=words):
        read_span(data)


# --- Any request, in the words of protobuf's own mapping ----------------------------------------------


def with_hex_ids(data):
    """protobuf's JSON as OTLP has it: ids in hex, not in base64."""
    if isinstance(data, list):
        return [with_hex_ids(item) for item in data]
    if isinstance(data, dict):
        return {
            key: base64.b64decode(value).hex() if key in ID_NAMES else with_hex_ids(value)
            for key, value in data.items()
        }
    return data


def protobufs_json(message, **options):
    return with_hex_ids(json_format.MessageToDict(message, **options))


@given(requests)
def test_it_writes_what_protobufs_own_mapping_writes(request_message):
    assert message_json(request_message) == protobufs_json(request_message, use_integers_for_enums=True)


@given(requests, st.booleans(), st.booleans())
def test_it_reads_what_protobufs_own_mapping_writes(request_message, is_snake_case, has_enum_numbers):
    written = protobufs_json(
        request_message, preserving_proto_field_name=is_snake_case, use_integers_for_enums=has_enum_numbers
    )
    read = ExportTraceServiceRequest()
    fill_message(read, parse_json(json.dumps(written).encode()))
    assert read.SerializeToString() == request_message.SerializeToString()


# --- Nesting ----------------------------------------------------------------------------------------


def nested(kind: str, depth: int) -> dict:
    """A JSON span with a value inside of `depth` arrays or maps."""
    value = {"intValue": "1"}
    for _ in range(depth):
        inner = {"key": "k", "value": value} if kind == "kvlistValue" else value
        value = {kind: {"values": [inner]}}
    return {"attributes": [{"key": "k", "value": value}]}


@pytest.mark.parametrize(("kind", "deepest"), [("arrayValue", 49), ("kvlistValue", 32)])
def test_json_is_taken_as_deep_as_protobuf(kind, deepest):
    span = read_span(nested(kind, deepest))
    assert Span.FromString(span.SerializeToString()) == span
    assert message_json(span) == nested(kind, deepest)
    with pytest.raises(JsonError, match="nested too deep"):
        read_span(nested(kind, deepest + 1))


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b'{"name": "cut \\ud83d"}', "cut \ufffd"),
        (b'{"name": "pair \\ud83d\\ude00"}', "pair \U0001f600"),
        (b'{"name": "latin \xe9"}', "latin \ufffd"),
        (b'\xef\xbb\xbf{"name": "marked"}', "marked"),
    ],
)
def test_careless_strings_are_mended(body, name):
    assert read_span(parse_json(body)).name == name


@pytest.mark.parametrize("body", [b"", b"{", b"\x0a\x05", b"[" * 100_000])
def test_what_is_not_json_is_called_so(body):
    with pytest.raises(JsonError):
        parse_json(body)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [*(field.json_name for field in Span.DESCRIPTOR.fields), "key", "value", "intValue"]
                ),
                inner,
                max_size=4,
            )
        ),
    )
)
def test_no_json_breaks_it(data):
    try:
        span = read_span(json.loads(json.dumps(data)))
    except JsonError:
        return
    assert Span.FromString(span.SerializeToString()) == span or "nan" in str(span)
