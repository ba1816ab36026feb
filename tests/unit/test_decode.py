"""From export requests to rows and rejections, in both encodings."""

import hashlib

import orjson
import pytest
from hypothesis import given
from opentelemetry.proto.trace.v1.trace_pb2 import ScopeSpans, Span, Status

from ingest.domain import request_parts as parts_module
from ingest.domain.decode import MalformedRequestError, decode_json, decode_protobuf
from ingest.domain.limits import NAME_CHARS, NAMED_OFFENDERS
from ingest.domain.otlp_json import message_json
from tests.otlp_requests import make_request, make_span, requests


def as_protobuf(message):
    return decode_protobuf(message.SerializeToString(), project_id=7)


def as_json(message):
    return decode_json(orjson.dumps(message_json(message)), project_id=7)


both_encodings = pytest.mark.parametrize("decode", [as_protobuf, as_json])


@given(requests)
def test_both_encodings_of_a_request_give_the_same_rows(message):
    first, second = as_protobuf(message), as_json(message)
    assert first == second
    assert first.rejected_count == 0


@given(requests)
def test_the_raw_column_is_the_span_and_the_origins_are_what_stood_around_it(message):
    decoded = as_protobuf(message)
    sent = [
        (resource, scope, span)
        for resource in message.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]
    assert len(decoded.rows) == len(sent)
    for row, (resource, scope, span) in zip(decoded.rows, sent, strict=True):
        assert row.raw == span.SerializeToString()
        assert decoded.origins[7, row.resource_digest] == without(resource, "scope_spans")
        assert decoded.origins[7, row.scope_digest] == without(scope, "spans")


def without(message, field) -> bytes:
    rest = type(message)()
    rest.CopyFrom(message)
    rest.ClearField(field)
    return rest.SerializeToString()


def test_unknown_fields_of_a_span_are_kept():
    raw = make_span().SerializeToString() + b"\xfa\x3f\x03abc"
    scope = ScopeSpans().SerializeToString() + b"\x12" + bytes([len(raw)]) + raw
    resource = b"\x12" + bytes([len(scope)]) + scope
    body = b"\x0a" + bytes([len(resource)]) + resource
    (row,) = decode_protobuf(body, project_id=7).rows
    assert row.raw == raw


@both_encodings
def test_the_columns_say_what_the_span_says(decode):
    span = make_span(
        name="chat gpt-4o",
        parent_span_id=b"\x05" * 8,
        status=Status(code=2, message="rate limit"),
        attributes={
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "openai",
            "gen_ai.request.model": "gpt-4o",
            "gen_ai.usage.input_tokens": 12,
            "gen_ai.usage.output_tokens": 3,
        },
    )
    decoded = decode(make_request(span, resource={"service.name": "planner"}))
    (row,) = decoded.rows
    assert (row.project_id, row.trace_id, row.span_id) == (7, span.trace_id, span.span_id)
    assert (row.parent_span_id, row.status, row.status_message) == (b"\x05" * 8, 2, "rate limit")
    assert (row.kind, row.request_model, row.input_tokens, row.output_tokens) == ("llm", "gpt-4o", 12, 3)
    assert row.service == "planner"
    assert decoded.origins.keys() == {(7, row.resource_digest), (7, row.scope_digest)}
    for (_, digest), data in decoded.origins.items():
        assert digest == hashlib.blake2b(data, digest_size=16).digest()


BAD_SPANS = {
    "short trace id": ({"trace_id": b"\x01" * 4}, "traceId has 4 bytes, not 16"),
    "no trace id": ({"trace_id": b""}, "traceId has 0 bytes, not 16"),
    "zero trace id": ({"trace_id": bytes(16)}, "traceId is all zeros"),
    "long span id": ({"span_id": b"\x01" * 9}, "spanId has 9 bytes, not 8"),
    "zero span id": ({"span_id": bytes(8)}, "spanId is all zeros"),
    "short parent": ({"parent_span_id": b"\x01"}, "parentSpanId has 1 bytes, not 8"),
    "start too late": (
        {"start_time_unix_nano": 2**63},
        f"startTimeUnixNano {2**63} is later than the year 2262",
    ),
    "end too late": ({"end_time_unix_nano": 2**64 - 1}, "later than the year 2262"),
}


@both_encodings
@pytest.mark.parametrize(("fields", "reason"), BAD_SPANS.values(), ids=BAD_SPANS.keys())
def test_a_bad_span_is_named_and_the_good_ones_beside_it_are_kept(decode, fields, reason):
    good = [make_span(), make_span()]
    decoded = decode(make_request(good[0], make_span(**fields), good[1]))
    assert [row.span_id for row in decoded.rows] == [span.span_id for span in good]
    assert decoded.rejected_count == 1
    assert decoded.rejections[0].path == "resourceSpans[0].scopeSpans[0].spans[1]"
    assert reason in decoded.rejections[0].reason


def test_a_span_with_a_broken_string_is_rejected_alone():
    good, bad = make_span(name="good"), make_span(name="marker")
    body = make_request(good, bad).SerializeToString().replace(b"marker", b"mark\xff\xfe")
    decoded = decode_protobuf(body, project_id=7)
    assert [row.name for row in decoded.rows] == ["good"]
    assert str(decoded.rejections[0]) == "resourceSpans[0].scopeSpans[0].spans[1]: name: not UTF-8"


def test_a_broken_resource_takes_its_own_spans_with_it_only():
    message = make_request(make_span(), make_span(), resource={"service.name": "marker"})
    message.MergeFrom(make_request(make_span(name="good")))
    decoded = decode_protobuf(message.SerializeToString().replace(b"marker", b"mark\xff\xfe"), project_id=7)
    assert [row.name for row in decoded.rows] == ["good"]
    assert decoded.rejected_count == 2
    assert (
        str(decoded.rejections[0]) == "resourceSpans[0]: resource.attributes[0].value.stringValue: not UTF-8"
    )


def test_a_json_span_of_the_wrong_shape_is_rejected_alone():
    request = message_json(make_request(make_span(name="good")))
    spans = request["resourceSpans"][0]["scopeSpans"][0]["spans"]
    spans += ["no span", {"traceId": "xyz"}]
    decoded = decode_json(orjson.dumps(request), project_id=7)
    assert [row.name for row in decoded.rows] == ["good"]
    assert [str(rejection) for rejection in decoded.rejections] == [
        "resourceSpans[0].scopeSpans[0].spans[1]: an object is expected, not a string",
        "resourceSpans[0].scopeSpans[0].spans[2]: traceId: 'xyz' is not hexadecimal",
    ]


@both_encodings
def test_a_span_that_nests_too_deep_is_rejected_alone_and_its_place_is_kept_short(decode):
    message = make_request(make_span(name="good"), make_span(name="deep"))
    value = message.resource_spans[0].scope_spans[0].spans[1].attributes.add(key="deep").value
    for _ in range(50):
        value = value.array_value.values.add()
    decoded = decode(message)
    assert [row.name for row in decoded.rows] == ["good"]
    reason = str(decoded.rejections[0])
    assert reason.startswith(
        "resourceSpans[0].scopeSpans[0].spans[1]: attributes[0].value.arrayValue.values[0].arrayValue"
    )
    assert reason.endswith("arrayValue: nested too deep")
    assert len(reason) < 400


def test_all_offenders_are_counted_and_the_first_are_named():
    decoded = as_protobuf(make_request(*(make_span(span_id=b"x") for _ in range(NAMED_OFFENDERS + 4))))
    assert decoded.rejected_count == NAMED_OFFENDERS + 4
    assert len(decoded.rejections) == NAMED_OFFENDERS


@both_encodings
def test_strange_but_storable_spans_are_taken(decode):
    strange = [
        make_span(parent_span_id=bytes(8)),
        make_span(start_time_unix_nano=10, end_time_unix_nano=5),
        make_span(kind=77, status=Status(code=-3)),
        make_span(start_time_unix_nano=0, end_time_unix_nano=2**63 - 1),
    ]
    rows = decode(make_request(*strange)).rows
    assert [row.parent_span_id for row in rows] == [None] * 4
    assert (rows[1].start_ns, rows[1].end_ns, rows[1].duration_ns) == (10, 5, 0)
    assert rows[2].status == 0
    assert rows[3].end_ns == 2**63 - 1


def test_columns_are_cut_and_cleaned_and_the_raw_span_is_not():
    name = "a\0b" * NAME_CHARS
    span = make_span(name=name, attributes={"gen_ai.agent.name": "c\0d"})
    (row,) = as_protobuf(make_request(span)).rows
    assert len(row.name) == NAME_CHARS
    assert "\0" not in row.name
    assert row.agent == "c\ufffdd"
    assert Span.FromString(row.raw).name == name


@pytest.mark.parametrize("count", [-1, 2**63 - 1])
def test_a_token_count_that_cannot_be_is_no_report(count):
    attributes = {"gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": count}
    (row,) = as_protobuf(make_request(make_span(attributes=attributes))).rows
    assert row.input_tokens is None


@pytest.mark.parametrize("body", [b"hello", b"\x0a\xff", b"\x0a\x03\x12\x05a", b"{}"])
def test_bytes_that_are_no_request_are_malformed(body):
    with pytest.raises(MalformedRequestError, match="not an ExportTraceServiceRequest in protobuf"):
        decode_protobuf(body, project_id=7)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "not JSON"),
        (b"[]", "an object is expected"),
        (b'{"resourceSpans": {}}', "resourceSpans: an array is expected"),
        (b'{"resourceSpans": [1]}', r"resourceSpans\[0\]: an object is expected"),
        (
            b'{"resourceSpans": [{"scopeSpans": [{"spans": "x"}]}]}',
            r"resourceSpans\[0\].scopeSpans\[0\].spans: an array is expected",
        ),
    ],
)
def test_json_of_the_wrong_shape_is_malformed(body, words):
    with pytest.raises(MalformedRequestError, match=words):
        decode_json(body, project_id=7)


@both_encodings
@pytest.mark.parametrize("part", ["spans", "scopes", "resources"])
def test_more_parts_than_a_request_may_hold_are_refused(decode, monkeypatch, part):
    monkeypatch.setattr(parts_module, "PARTS_PER_REQUEST", 20)
    message = make_request(make_span())
    resource = message.resource_spans[0]
    parts = {
        "spans": resource.scope_spans[0].spans,
        "scopes": resource.scope_spans,
        "resources": message.resource_spans,
    }[part]
    for _ in range(10):
        parts.add()
    assert len(decode(message).rows) == 1
    for _ in range(10):
        parts.add()
    with pytest.raises(MalformedRequestError, match="more than 20 spans, scopes and resources"):
        decode(message)


@both_encodings
def test_resources_and_scopes_without_spans_are_nothing(decode):
    message = make_request(resource={"service.name": "idle"})
    message.resource_spans.add()
    decoded = decode(message)
    assert (decoded.rows, decoded.origins, decoded.rejected_count) == ([], {}, 0)


@pytest.mark.parametrize("body", [b"{}", b'{"resourceSpans": []}', b'{"resourceSpans": null, "x": 1}'])
def test_an_empty_request_holds_nothing(body):
    assert decode_json(body, project_id=7).rows == []
    assert decode_protobuf(b"", project_id=7).rows == []
