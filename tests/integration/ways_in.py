"""The ways in which an exporter can send: gRPC, protobuf over HTTP, JSON over HTTP."""

from collections.abc import Callable

import orjson
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from ingest.domain.otlp_json import message_json
from tests.integration.receiver_process import JSON, PROTOBUF, Receiver


def send_grpc(receiver: Receiver, body: bytes, *, key: str) -> None:
    answer = receiver.export_grpc(body, key=key)
    assert (answer.code, answer.response.partial_success.error_message) == ("OK", "")


def send_http_protobuf(receiver: Receiver, body: bytes, *, key: str) -> None:
    answer = receiver.export_http(body, key=key, content_type=PROTOBUF, compress=True)
    assert (answer.status_code, answer.content) == (200, b"")


def send_http_json(receiver: Receiver, body: bytes, *, key: str) -> None:
    written = orjson.dumps(message_json(ExportTraceServiceRequest.FromString(body)))
    answer = receiver.export_http(written, key=key, content_type=JSON)
    assert (answer.status_code, answer.json()) == (200, {})


WAYS_IN: dict[str, Callable] = {
    "grpc": send_grpc,
    "http-protobuf-gzip": send_http_protobuf,
    "http-json": send_http_json,
}
