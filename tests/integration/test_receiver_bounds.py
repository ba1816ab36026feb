"""What a sender can make the receiver hold, with or without a key: bounded, whatever it sends."""

import contextlib
import gzip
import http.client
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import orjson
import pytest

from ingest.domain.limits import BODY_BYTES
from ingest.receiver.export import INLINE_BYTES
from ingest.receiver.http_protocol import HEAD_BYTES
from tests.integration.receiver_process import EXPORT_METHOD, JSON, PROTOBUF
from tests.otlp_requests import make_request, make_span
from traces.models import Span

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("span_tables")]

MEGABYTE = 1024 * 1024
BOMB_BYTES = 8 * BODY_BYTES
WORDS_OF_GRPC = 16 * 1024
"""Beyond this gRPC itself refuses metadata."""


@contextlib.contextmanager
def staying_small(receiver):
    """Fails when the receiver grows, even for a moment, by more than four bodies of the largest size."""
    process = Path(f"/proc/{receiver.process.pid}")
    (process / "clear_refs").write_text("5")  # the peak is counted from now on
    before = peak_bytes(process)
    yield
    assert peak_bytes(process) - before < 4 * BODY_BYTES


def peak_bytes(process: Path) -> int:
    line = next(line for line in (process / "status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


@pytest.fixture
def body():
    return make_request(make_span(name="small")).SerializeToString()


# --- Decompression ----------------------------------------------------------------------------------


@pytest.mark.parametrize("content_type", [PROTOBUF, JSON])
def test_a_bomb_through_http_is_refused(receiver, api_key, content_type):
    with staying_small(receiver):
        answer = receiver.export_http(
            bytes(BOMB_BYTES), key=api_key, content_type=content_type, compress=True
        )
    assert answer.status_code == 413


def test_the_members_of_a_gzip_body_are_bounded_together(receiver, api_key):
    members = gzip.compress(bytes(MEGABYTE)) * (BOMB_BYTES // MEGABYTE)
    with staying_small(receiver):
        answer = receiver.export_http(members, key=api_key, content_encoding="gzip")
    assert answer.status_code == 413


def test_a_bomb_through_grpc_is_refused(receiver, api_key):
    with staying_small(receiver):
        answer = receiver.export_grpc(bytes(BOMB_BYTES), key=api_key, compress=True)
    assert answer.code == "RESOURCE_EXHAUSTED"
    assert answer.retry_after_s is None


def test_it_goes_on_answering_while_it_reads_what_a_small_body_grew_into(receiver, api_key):
    """Six megabytes of empty attributes are six kilobytes as gzip, and seconds of work."""
    span = b'{"traceId":"%s","spanId":"%s","attributes":[%s{}]}' % (b"a1" * 16, b"a1" * 8, b"{}," * 2_000_000)
    body = gzip.compress(b'{"resourceSpans":[{"scopeSpans":[{"spans":[' + span + b"]}]}]}")
    assert len(body) < INLINE_BYTES
    with ThreadPoolExecutor(1) as sender:
        sent = sender.submit(
            receiver.export_http, body, key=api_key, content_type=JSON, content_encoding="gzip"
        )
        longest_s, asked = 0.0, 0
        while not sent.done():
            started = time.monotonic()
            assert httpx.get(f"{receiver.url}/healthz", timeout=20).status_code == 200
            longest_s, asked = max(longest_s, time.monotonic() - started), asked + 1
    assert sent.result().status_code == 200
    assert asked > 3
    assert longest_s < 1


# --- Headers ----------------------------------------------------------------------------------------


def send_raw(receiver, *parts: bytes) -> bytes:
    """Send bytes as they are; what comes back until the connection is closed."""
    with socket.create_connection(("127.0.0.1", receiver.http_port), timeout=20) as connection:
        answer = b""
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            for part in parts:
                connection.sendall(part)
        with contextlib.suppress(ConnectionResetError):
            while part := connection.recv(65_536):
                answer += part
        return answer


@pytest.mark.parametrize(
    "head",
    [
        b"POST /v1/traces HTTP/1.1\r\nx-long: " + b"v" * HEAD_BYTES,
        b"POST /v1/traces HTTP/1.1\r\n" + b"x-many: v\r\n" * (HEAD_BYTES // 11),
        b"POST /" + b"v" * HEAD_BYTES,
    ],
    ids=["one header", "many headers", "the path"],
)
def test_a_head_without_end_is_refused_in_words(receiver, head):
    status, _, rest = send_raw(receiver, head, b"v" * 10).partition(b"\r\n")
    assert status == b"HTTP/1.1 431 Request Header Fields Too Large"
    assert "headers are more than" in orjson.loads(rest.partition(b"\r\n\r\n")[2])["message"]


def test_a_head_goes_no_further_than_its_bound(receiver):
    with staying_small(receiver):
        send_raw(receiver, b"GET / HTTP/1.1\r\nx-long: ", *([b"v" * MEGABYTE] * 256))


def test_trailers_without_end_are_cut_off(receiver, api_key):
    head = (
        f"POST /v1/traces HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {api_key}\r\n"
        f"content-type: {PROTOBUF}\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx-trailer: "
    )
    with staying_small(receiver):
        send_raw(receiver, head.encode(), *([b"v" * MEGABYTE] * 256))


def test_a_head_of_the_usual_size_and_more_is_taken(receiver, api_key, body):
    answer = receiver.export_http(body, key=api_key, cookie="c" * 16_000)
    assert answer.status_code == 200


def test_one_connection_may_send_any_number_of_requests(receiver, api_key, body):
    """The bounds are of a request, not of a connection."""
    client = http.client.HTTPConnection("127.0.0.1", receiver.http_port)
    headers = {"content-type": PROTOBUF, "x-api-key": api_key, "cookie": "c" * 16_000}
    for _ in range(8):
        client.request("POST", "/v1/traces", body=body, headers=headers)
        assert client.getresponse().read() == b""
    client.close()
    assert Span.objects.count() == 1


def test_a_chunked_body_is_taken(receiver, api_key, body):
    client = http.client.HTTPConnection("127.0.0.1", receiver.http_port)
    headers = {"content-type": PROTOBUF, "x-api-key": api_key}
    client.request(
        "POST", "/v1/traces", body=iter([body[:10], body[10:]]), headers=headers, encode_chunked=True
    )
    assert client.getresponse().status == 200
    client.close()
    assert Span.objects.count() == 1


def test_grpc_metadata_is_bounded(receiver, api_key, body):
    headers = (("authorization", f"Bearer {api_key}"), ("x-long", "v" * 2 * WORDS_OF_GRPC))
    assert receiver.call_grpc(EXPORT_METHOD, body, headers=headers).code == "RESOURCE_EXHAUSTED"
    assert receiver.export_grpc(body, key=api_key).code == "OK"


# --- Nesting ----------------------------------------------------------------------------------------


def deep_json(levels: int) -> bytes:
    """A request whose one attribute is inside of so many arrays."""
    value = b'{"arrayValue":{"values":[' * levels + b"{}" + b"]}}" * levels
    request = orjson.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [{"attributes": ["?"]}]}]}]})
    return request.replace(b'"?"', b'{"key":"k","value":' + value + b"}")


@pytest.mark.parametrize("levels", [51, 300, 400, 5_000, 1_000_000])
def test_deep_json_is_refused_and_nothing_breaks(receiver, api_key, body, levels):
    """From what one span may not have, through what the fast parser refuses, to what would end the slow one."""
    answer = receiver.export_http(deep_json(levels), key=api_key, content_type=JSON)
    assert "nested too deep" in str(answer.json())
    assert answer.status_code in (200, 400)
    assert receiver.export_grpc(body, key=api_key).code == "OK"


def deep_protobuf(levels: int) -> bytes:
    """Likewise, encoded by hand: the library writes no message that it could not read."""
    value = b""
    for _ in range(levels):
        value = field(5, field(1, value))
    span = make_span().SerializeToString() + field(9, field(1, b"k") + field(2, value))
    return field(1, field(2, field(2, span)))


def field(number: int, payload: bytes) -> bytes:
    length, size = b"", len(payload)
    while size > 127:
        length, size = length + bytes([size & 127 | 128]), size >> 7
    return bytes([number << 3 | 2]) + length + bytes([size]) + payload


@pytest.mark.parametrize("levels", [50, 1_000, 20_000])
def test_deep_protobuf_is_rejected_and_nothing_breaks(receiver, api_key, body, levels):
    answer = receiver.export_grpc(deep_protobuf(levels), key=api_key)
    assert answer.response.partial_success.rejected_spans == 1
    assert "nested too deep" in answer.response.partial_success.error_message
    assert receiver.export_grpc(body, key=api_key).code == "OK"


def test_the_deepest_that_is_taken_is_stored(receiver, api_key):
    assert receiver.export_grpc(deep_protobuf(49), key=api_key).response.partial_success.rejected_spans == 0
    assert Span.objects.count() == 1


# --- Without a key ----------------------------------------------------------------------------------


def test_a_body_without_a_key_is_not_waited_for(receiver):
    head = f"POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: {PROTOBUF}\r\ncontent-length: {BODY_BYTES}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", receiver.http_port), timeout=5) as connection:
        connection.sendall(head.encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 401 ")
