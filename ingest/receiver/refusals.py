"""Answers that are not success, in the words that gRPC and HTTP share: google.rpc.Status."""

import math

from google.protobuf.duration_pb2 import Duration
from google.rpc import code_pb2
from google.rpc.error_details_pb2 import BadRequest, RetryInfo
from google.rpc.status_pb2 import Status

RETRY_AFTER_S = 1.0
"""How long a sender waits before it tries again; exporters add a jitter of their own."""


class RefusedError(Exception):
    """A request that is not taken. `code` is one of google.rpc.code_pb2; with `retry_after_s` it may come again.

    `path` leads to what is wrong in a request that is INVALID_ARGUMENT, where that is known.
    """

    def __init__(
        self, *, code: int, message: str, retry_after_s: float | None = None, path: str = ""
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.retry_after_s = retry_after_s
        self.path = path

    @property
    def retry_after_seconds(self) -> str | None:
        """The header Retry-After: whole seconds."""
        return None if self.retry_after_s is None else str(math.ceil(self.retry_after_s))

    def status(self) -> Status:
        """The message that OTLP puts into grpc-status-details-bin and into HTTP bodies."""
        status = Status(code=self.code, message=self.message)
        if self.retry_after_s is not None:
            delay = Duration(nanos=round(self.retry_after_s * 1e9) % 10**9, seconds=int(self.retry_after_s))
            status.details.add().Pack(RetryInfo(retry_delay=delay))
        if self.code == code_pb2.INVALID_ARGUMENT:
            violation = BadRequest.FieldViolation(field=self.path, description=self.message)
            status.details.add().Pack(BadRequest(field_violations=[violation]))
        return status
