"""A receiver in a process of its own, on the test database, and clients for both of its doors."""

import contextlib
import gzip
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import grpc
import httpx
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from config.processes import RECEIVER
from tests.integration.processes import free_port, running_process

EXPORT_METHOD = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
START_S = 30.0
PROTOBUF = "application/x-protobuf"
JSON = "application/json"


@dataclass(frozen=True)
class GrpcAnswer:
    """What a gRPC call came to. `status` is what stands in its trailers as details."""

    code: str
    words: str
    response: ExportTraceServiceResponse | None = None
    status: Status | None = None

    @property
    def retry_after_s(self) -> float | None:
        """The delay of google.rpc.RetryInfo."""
        for detail in self.status.details if self.status else ():
            info = RetryInfo()
            if detail.Unpack(info):
                return info.retry_delay.seconds + info.retry_delay.nanos / 1e9
        return None


@dataclass(frozen=True)
class Receiver:
    """A running receiver."""

    process: subprocess.Popen
    grpc_port: int
    http_port: int
    log_path: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http_port}"

    def log(self) -> str:
        return self.log_path.read_text()

    def await_log(self, words: str) -> None:
        """Return once the log has `words`."""
        deadline = time.monotonic() + START_S
        while words not in self.log():
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.05)

    def export_grpc(
        self, body: bytes, *, key: str | None, compress: bool = False, timeout_s=30
    ) -> GrpcAnswer:
        """Send an encoded request through gRPC."""
        headers = (("authorization", f"Bearer {key}"),) if key else ()
        return self.call_grpc(EXPORT_METHOD, body, headers=headers, compress=compress, timeout_s=timeout_s)

    def call_grpc(
        self, method: str, body: bytes, *, headers=(), compress: bool = False, timeout_s=30
    ) -> GrpcAnswer:
        options = [("grpc.max_send_message_length", -1), ("grpc.use_local_subchannel_pool", 1)]
        with grpc.insecure_channel(f"127.0.0.1:{self.grpc_port}", options=options) as channel:
            call = channel.unary_unary(method)
            compression = grpc.Compression.Gzip if compress else None
            try:
                answer = call(body, metadata=headers, timeout=timeout_s, compression=compression)
            except grpc.RpcError as error:
                return GrpcAnswer(error.code().name, error.details(), status=_status(error))
        return GrpcAnswer("OK", "", ExportTraceServiceResponse.FromString(answer))

    def export_http(
        self,
        body: bytes,
        *,
        key: str | None,
        content_type: str = PROTOBUF,
        compress: bool = False,
        **headers: str,
    ) -> httpx.Response:
        """Send an encoded request through HTTP."""
        sent = {
            "content-type": content_type,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        if key:
            sent["authorization"] = f"Bearer {key}"
        if compress:
            body, sent["content-encoding"] = gzip.compress(body), "gzip"
        return httpx.post(f"{self.url}/v1/traces", content=body, headers=sent, timeout=30)

    def terminate(self) -> int:
        """SIGTERM; the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


def _status(error: grpc.RpcError) -> Status | None:
    details = dict(error.trailing_metadata() or ()).get("grpc-status-details-bin")
    return None if details is None else Status.FromString(details)


@contextlib.contextmanager
def running_receiver(**environment: str) -> Iterator[Receiver]:
    """A receiver that answers; ended when the block ends."""
    grpc_port, http_port = free_port(), free_port()
    changes = {
        "LINESIDE_OTLP_GRPC_PORT": str(grpc_port),
        "LINESIDE_OTLP_HTTP_PORT": str(http_port),
        **environment,
    }
    with running_process(RECEIVER, **changes) as (process, log_path):
        receiver = Receiver(process, grpc_port, http_port, log_path)
        _wait_until_healthy(receiver)
        yield receiver


def _wait_until_healthy(receiver: Receiver) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        assert receiver.process.poll() is None, receiver.log()
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{receiver.url}/healthz").status_code == 200:
                return
        time.sleep(0.05)
    raise AssertionError(f"the receiver did not start:\n{receiver.log()}")
