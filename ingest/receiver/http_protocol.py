"""uvicorn's HTTP protocol with a bound that its parser has not: how much of a request may be no body."""

from http import HTTPStatus

import orjson
from google.rpc import code_pb2
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

HEAD_BYTES = 64 * 1024
"""The request line and all headers. The largest that is of use, a proxy's cookies, stays below 16 KiB."""


class BoundedHttpProtocol(HttpToolsProtocol):
    """Ends a connection whose request has headers without end, before anybody asked for its key.

    The same holds for trailers and the sizes of chunks: beside HEAD_BYTES they may take as much as the body does,
    which has its own bound. What one read of the socket brings, some hundred kilobytes, may be more than that.
    """

    _is_in_head = True
    _received = 0
    _body = 0

    def data_received(self, data: bytes) -> None:
        """Parse what came, then see whether it is too much."""
        self._received += len(data)
        super().data_received(data)
        if self._received > HEAD_BYTES + 2 * self._body:
            self._refuse()

    def on_headers_complete(self) -> None:
        self._is_in_head = False
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._body += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._is_in_head = True  # of the next request, if there is one
        self._received = self._body = 0
        super().on_message_complete()

    def _refuse(self) -> None:
        """Answer, as far as there is no answer under way, and close."""
        if self.transport.is_closing():
            return
        if self._is_in_head and (self.cycle is None or self.cycle.response_complete):
            self.transport.write(_HEAD_TOO_LARGE)
        self.transport.close()


def _answer(status: HTTPStatus, message: str) -> bytes:
    body = orjson.dumps({"code": code_pb2.INVALID_ARGUMENT, "message": message})
    head = f"content-type: application/json\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
    return STATUS_LINE[status] + head.encode() + body


_HEAD_TOO_LARGE = _answer(
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"The headers are more than {HEAD_BYTES:,} bytes."
)
