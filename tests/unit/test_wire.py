"""Taking a protobuf message apart without decoding it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans

from ingest.domain.wire import WireError, split_message
from tests.otlp_requests import make_request, make_span, requests


def split_all(message: bytes, *, field: int, most: int = 1000):
    return split_message(message, start=0, end=len(message), field=field, most=most)


@given(requests)
def test_the_payloads_are_the_messages_of_the_field(request_message):
    body = request_message.SerializeToString()
    parts = split_all(body, field=1)
    payloads = [ResourceSpans.FromString(body[start:end]) for start, end in parts.payloads]
    assert payloads == list(request_message.resource_spans)
    assert parts.rest == b""


def test_the_rest_keeps_unknown_fields():
    unknown = b"\xfa\x01\x03abc" + b"\xf8\x01\x96\x01" + b"\xf5\x01abcd" + b"\xf1\x01abcdefgh"
    body = make_request(make_span()).SerializeToString()
    assert split_all(unknown + body + unknown, field=1).rest == unknown + unknown


@pytest.mark.parametrize("field", [1, 2], ids=["wanted", "others"])
def test_it_stops_at_more_fields_than_it_may_read(field):
    """Behind the second field is what would be an error."""
    body = b"\x0a\x00" * 3 + b"\x07"
    assert split_all(body, field=field, most=2) is None
    with pytest.raises(WireError):
        split_all(body, field=field, most=4)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"\x0a", "cut short"),
        (b"\x0a\x05abc", "cut short"),
        (b"\x0a\x80", "cut short"),
        (b"\x09abc", "cut short"),
        (b"\x0b", "wire type 3"),
        (b"\x0f", "wire type 7"),
        (b"\x02\x00", "number 0"),
        (b"\xff" * 11, "longer than 64 bits"),
    ],
)
def test_it_says_why_bytes_are_no_message(body, words):
    with pytest.raises(WireError, match=words):
        split_all(body, field=1)


@given(st.binary(max_size=60))
def test_no_bytes_break_it(body):
    try:
        parts = split_all(body, field=1)
    except WireError:
        return
    assert all(0 <= start <= end <= len(body) for start, end in parts.payloads)
