"""What is wrong with bytes that protobuf refuses, and where."""

import pytest
from google.protobuf.message import DecodeError
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from ingest.domain.wire_fault import EXPLAINED_BYTES, explain_fault
from tests.otlp_requests import make_span, spans


def fault_of(data: bytes) -> str:
    with pytest.raises(DecodeError):
        Span.FromString(data)
    return explain_fault(Span.DESCRIPTOR, data)


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (make_span(name="marker"), "name: not UTF-8"),
        (make_span(attributes={"a": 1, "b": "marker"}), "attributes[1].value.stringValue: not UTF-8"),
        (make_span(attributes={"a": 1, "marker": 2}), "attributes[1].key: not UTF-8"),
        (
            make_span(attributes={"a": [1, {"k": "marker"}]}),
            "attributes[0].value.arrayValue.values[1].kvlistValue.values[0].value.stringValue: not UTF-8",
        ),
        (make_span(events=[{}, {"name": "marker"}]), "events[1].name: not UTF-8"),
        (make_span(status={"message": "marker"}), "status.message: not UTF-8"),
    ],
)
def test_it_names_the_string_that_is_none(span, words):
    assert fault_of(span.SerializeToString().replace(b"marker", b"mark\xff\xfe")) == words


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\x0a\x05abc", "the message is cut short (byte 1)"),
        (b"\x0f", "a field has the wire type 7 (byte 1)"),
        (b"\x4a\x02\x0a\x09", "attributes[0]: the message is cut short (byte 1)"),
    ],
)
def test_it_names_the_place_where_the_bytes_are_no_message(data, words):
    assert fault_of(data) == words


def test_a_very_long_message_is_not_searched():
    data = make_span(name="marker" * EXPLAINED_BYTES).SerializeToString().replace(b"marker", b"mark\xff\xfe")
    assert fault_of(data) == "the bytes are no such message"


@given(spans, st.data())
def test_it_has_words_for_whatever_protobuf_refuses(span, data):
    """One byte is wrong; where protobuf minds, there is an explanation."""
    message = bytearray(span.SerializeToString())
    message[data.draw(st.integers(0, len(message) - 1))] = data.draw(st.integers(0, 255))
    try:
        Span.FromString(bytes(message))
    except DecodeError:
        assert explain_fault(Span.DESCRIPTOR, bytes(message))
