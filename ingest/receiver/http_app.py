"""OTLP/HTTP: POST /v1/traces, as a bare ASGI application. https://opentelemetry.io/docs/specs/otlp/#otlphttp"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import orjson
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from google.rpc import code_pb2
from google.rpc.status_pb2 import Status

from ingest.domain.decode import decode_json, decode_protobuf
from ingest.domain.limits import BODY_BYTES
from ingest.receiver.export import Decode, TraceExport
from ingest.receiver.refusals import RefusedError

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

PROTOBUF = "application/x-protobuf"
JSON = "application/json"

BODY_WAIT_S = 30.0
"""A body that takes longer to come is given up, so that slow senders hold no place for long."""

_HTTP_STATUSES = {
    code_pb2.INVALID_ARGUMENT: HTTPStatus.BAD_REQUEST,
    code_pb2.UNAUTHENTICATED: HTTPStatus.UNAUTHORIZED,
    code_pb2.PERMISSION_DENIED: HTTPStatus.FORBIDDEN,
    code_pb2.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    code_pb2.RESOURCE_EXHAUSTED: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,  # as gRPC calls a message over its limit
    code_pb2.INTERNAL: HTTPStatus.INTERNAL_SERVER_ERROR,
}


_CODES = {
    HTTPStatus.NOT_FOUND: code_pb2.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED: code_pb2.UNIMPLEMENTED,
    HTTPStatus.REQUEST_TIMEOUT: code_pb2.DEADLINE_EXCEEDED,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: code_pb2.RESOURCE_EXHAUSTED,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: code_pb2.INVALID_ARGUMENT,
    HTTPStatus.BAD_REQUEST: code_pb2.INVALID_ARGUMENT,
}
"""What HTTP itself refuses, as the Status in the body calls it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A response before it is encoded."""

    status: HTTPStatus
    message: Message
    headers: tuple[tuple[str, str], ...] = ()


class HttpError(Exception):
    """A request that HTTP itself refuses, whatever it holds."""

    def __init__(self, status: HTTPStatus, message: str, *headers: tuple[str, str]) -> None:
        super().__init__(message)
        self.answer = Answer(status, Status(code=_CODES[status], message=message), headers)


@dataclass(frozen=True, slots=True)
class Request:
    """Method, path and headers; header names in lower case."""

    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_scope(cls, scope: Scope) -> "Request":
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        return cls(method=scope["method"], path=scope["path"], headers=headers)

    @property
    def content_type(self) -> str:
        """Without parameters, as charset."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def content_encoding(self) -> str:
        return self.headers.get("content-encoding", "").strip().lower() or "identity"


class HttpApp:
    """The ASGI application of the receiver."""

    def __init__(self, export: TraceExport) -> None:
        self._export = export

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request.from_scope(scope)
        if request.path == "/healthz" and request.method in ("GET", "HEAD"):
            await _send_bytes(send, HTTPStatus.OK, JSON, b'{"status":"ok"}')
            return
        answer = await self._answer(request, receive)
        await _send_answer(send, answer, encoding=PROTOBUF if request.content_type == PROTOBUF else JSON)

    async def _answer(self, request: Request, receive: Receive) -> Answer:
        try:
            _check_route(request)
            grant = await self._export.authorize(
                authorization=request.headers.get("authorization"),
                x_api_key=request.headers.get("x-api-key"),
            )
            decode = _choose_decode(request)
            body = await _read_body(request, receive)
            response = await self._export.export(
                grant=grant, body=body, decode=decode, is_gzip=request.content_encoding == "gzip"
            )
            return Answer(HTTPStatus.OK, response)
        except HttpError as error:
            return error.answer
        except RefusedError as refusal:
            return Answer(_HTTP_STATUSES[refusal.code], refusal.status(), _refusal_headers(refusal))


def _check_route(request: Request) -> None:
    if request.path != "/v1/traces":
        raise HttpError(HTTPStatus.NOT_FOUND, "Nothing is here: traces are received at POST /v1/traces.")
    if request.method != "POST":
        raise HttpError(HTTPStatus.METHOD_NOT_ALLOWED, "Traces are received by POST.", ("allow", "POST"))


def _choose_decode(request: Request) -> Decode:
    """How to read the body, by the two headers that say so."""
    decode = _DECODERS.get(request.content_type)
    if decode is None:
        raise HttpError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"The content type is “{request.content_type[:80]}”; {PROTOBUF} and {JSON} are understood.",
            ("accept", f"{PROTOBUF}, {JSON}"),
        )
    if request.content_encoding not in ("gzip", "identity"):
        raise HttpError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"The content encoding is “{request.content_encoding[:80]}”; gzip is understood, and none.",
            ("accept-encoding", "gzip, identity"),
        )
    return decode


_DECODERS: dict[str, Decode] = {
    PROTOBUF: lambda body, project_id: decode_protobuf(body, project_id=project_id),
    JSON: lambda body, project_id: decode_json(body, project_id=project_id),
}


async def _read_body(request: Request, receive: Receive) -> bytes:
    """The whole body, as long as it stays within its limits of size and time."""
    if int(request.headers.get("content-length", "0")) > BODY_BYTES:
        raise _too_large()
    try:
        async with asyncio.timeout(BODY_WAIT_S):
            return await _join_body(receive)
    except TimeoutError:
        raise HttpError(
            HTTPStatus.REQUEST_TIMEOUT,
            f"The body took more than {BODY_WAIT_S:.0f} s.",
            ("connection", "close"),
        ) from None


async def _join_body(receive: Receive) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise HttpError(HTTPStatus.BAD_REQUEST, "The connection was closed.")
        chunks.append(event.get("body", b""))
        size += len(chunks[-1])
        if size > BODY_BYTES:
            raise _too_large()
        if not event.get("more_body", False):
            return b"".join(chunks)


def _too_large() -> HttpError:
    return HttpError(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"The body is more than {BODY_BYTES:,} bytes.",
        ("connection", "close"),  # what of it is still to come is not waited for
    )


def _refusal_headers(refusal: RefusedError) -> tuple[tuple[str, str], ...]:
    if refusal.code == code_pb2.UNAUTHENTICATED:
        return (("www-authenticate", 'Bearer realm="lineside"'),)
    after = refusal.retry_after_seconds
    return () if after is None else (("retry-after", after),)


async def _send_answer(send: Send, answer: Answer, *, encoding: str) -> None:
    """The message in the encoding of the request; JSON where that is neither."""
    if encoding == PROTOBUF:
        body = answer.message.SerializeToString()
    else:
        body = orjson.dumps(MessageToDict(answer.message))
    await _send_bytes(send, answer.status, encoding, body, *answer.headers)


async def _send_bytes(
    send: Send, status: HTTPStatus, content_type: str, body: bytes, *headers: tuple[str, str]
) -> None:
    all_headers = [("content-type", content_type), ("content-length", str(len(body))), *headers]
    await send(
        {
            "type": "http.response.start",
            "status": status.value,
            "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in all_headers],
        }
    )
    await send({"type": "http.response.body", "body": body})
