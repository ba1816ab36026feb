"""OTLP/gRPC: the TraceService, on raw bytes. https://opentelemetry.io/docs/specs/otlp/#otlpgrpc"""

from typing import Any

import grpc
import grpc.aio

from ingest.domain.decode import Decoded, decode_protobuf
from ingest.domain.limits import BODY_BYTES
from ingest.receiver.export import TraceExport
from ingest.receiver.refusals import RefusedError

EXPORT_METHOD = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"

_CODES = {code.value[0]: code for code in grpc.StatusCode}

_OPTIONS = (
    ("grpc.max_receive_message_length", BODY_BYTES),
    # A port that somebody else has is an error, not a port to share.
    ("grpc.so_reuseport", 0),
    # Exporters that keep idle connections alive by pings are welcome.
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.min_recv_ping_interval_without_data_ms", 10_000),
)


class TraceServiceHandlers(grpc.GenericRpcHandler):  # type: ignore[misc]
    """Answers Export with raw bytes in and out; every other method with UNIMPLEMENTED, in words."""

    def __init__(self, export: TraceExport) -> None:
        self._export = export

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler:
        if handler_call_details.method == EXPORT_METHOD:
            return grpc.unary_unary_rpc_method_handler(self._handle_export)
        return grpc.unary_unary_rpc_method_handler(_handle_unknown)

    async def _handle_export(self, body: bytes, context: grpc.aio.ServicerContext) -> bytes:
        metadata: dict[str, Any] = dict(context.invocation_metadata() or ())
        try:
            grant = await self._export.authorize(
                authorization=metadata.get("authorization"), x_api_key=metadata.get("x-api-key")
            )
            response = await self._export.export(grant=grant, body=body, decode=_decode)
        except RefusedError as refusal:
            context.set_trailing_metadata(
                (("grpc-status-details-bin", refusal.status().SerializeToString()),)
            )
            await context.abort(_CODES[refusal.code], refusal.message)
        answer: bytes = response.SerializeToString()
        return answer


def _decode(body: bytes, project_id: int) -> Decoded:
    return decode_protobuf(body, project_id=project_id)


async def _handle_unknown(body: bytes, context: grpc.aio.ServicerContext) -> bytes:
    await context.abort(
        grpc.StatusCode.UNIMPLEMENTED, "Lineside receives traces only: TraceService/Export is served here."
    )
    raise AssertionError("abort() raises")


def make_grpc_server(export: TraceExport) -> grpc.aio.Server:
    """A server without ports, not started."""
    server = grpc.aio.server(options=_OPTIONS)
    server.add_generic_rpc_handlers((TraceServiceHandlers(export),))
    return server
