"""Where the spans go: by OpenTelemetry's own variables, or to the Lineside that runs on this machine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import grpc
from opentelemetry.util.re import parse_env_headers

from demo.problems import DemoError

DEFAULT_DATA_DIR = Path(__file__).resolve().parent.parent / "var"
EXPORT_METHOD = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
EMPTY_REQUEST = b""
"""An ExportTraceServiceRequest without spans, encoded."""
PROBE_TIMEOUT_S = 5.0
EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 — read, not bound


@dataclass(frozen=True, slots=True)
class Destination:
    """An OTLP/gRPC endpoint, the headers that open it, and the pages that show what arrives, where they are known."""

    endpoint: str
    headers: Mapping[str, str] = field(repr=False)
    dashboard_url: str | None = None


def find_destination(environment: Mapping[str, str]) -> Destination:
    """The destination that the environment names, else the running instance's. DemoError where there is none."""
    running = _running_instance(environment)
    endpoint = environment.get("OTEL_EXPORTER_OTLP_ENDPOINT")
    if not endpoint:
        if running is None:
            raise DemoError(
                f"No Lineside runs on {_data_dir(environment)}, and OTEL_EXPORTER_OTLP_ENDPOINT names no other: "
                "type `make run` in another terminal first."
            )
        return running
    _check_is_grpc(endpoint, protocol=environment.get("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"))
    headers = parse_env_headers(environment.get("OTEL_EXPORTER_OTLP_HEADERS", ""), liberal=True)
    is_running = running is not None and _port(running.endpoint) == _port(endpoint)
    return Destination(endpoint, headers, running.dashboard_url if running and is_running else None)


def _check_is_grpc(endpoint: str, *, protocol: str) -> None:
    if protocol != "grpc":
        raise DemoError(
            f"OTEL_EXPORTER_OTLP_PROTOCOL is {protocol}, and the demo speaks gRPC alone: "
            "set it to grpc, and the endpoint to Lineside's gRPC port (4317 by default)."
        )
    if urlsplit(endpoint).scheme not in ("http", "https") or not urlsplit(endpoint).netloc:
        raise DemoError(
            f"OTEL_EXPORTER_OTLP_ENDPOINT is “{endpoint}”: write it as http://HOST:PORT or https://HOST:PORT."
        )


def _port(url: str) -> int | None:
    return urlsplit(url).port


def _data_dir(environment: Mapping[str, str]) -> Path:
    return Path(environment.get("LINESIDE_DATA_DIR") or DEFAULT_DATA_DIR).expanduser().resolve()


def _running_instance(environment: Mapping[str, str]) -> Destination | None:
    """What `run.env` of the data directory tells; None where no instance runs."""
    try:
        lines = (_data_dir(environment) / "run.env").read_text().splitlines()
    except OSError:
        return None
    values = dict(line.split("=", 1) for line in lines if "=" in line)
    host = EVERY_ADDRESS.get(values["LINESIDE_HOST"], values["LINESIDE_HOST"])
    return Destination(
        endpoint=f"http://{host}:{values['LINESIDE_OTLP_GRPC_PORT']}",
        headers={"x-api-key": values["LINESIDE_API_KEY"]},
        dashboard_url=environment.get("LINESIDE_PUBLIC_URL")
        or f"http://{'localhost' if host == '127.0.0.1' else host}:{values['LINESIDE_HTTP_PORT']}",
    )


def probe(destination: Destination) -> None:
    """Send an export without spans; DemoError where nobody answers, or not with yes."""
    target = urlsplit(destination.endpoint)
    if target.scheme == "https":
        channel = grpc.secure_channel(target.netloc, grpc.ssl_channel_credentials())
    else:
        channel = grpc.insecure_channel(target.netloc)
    with channel:
        export = channel.unary_unary(EXPORT_METHOD)
        try:
            export(EMPTY_REQUEST, metadata=tuple(destination.headers.items()), timeout=PROBE_TIMEOUT_S)
        except grpc.RpcError as error:
            raise DemoError(
                _refusal(destination.endpoint, code=error.code(), details=error.details())
            ) from error


def _refusal(endpoint: str, *, code: grpc.StatusCode, details: str) -> str:
    if code is grpc.StatusCode.UNAVAILABLE:
        return f"Nothing answers at {endpoint}: start Lineside with `make run`, or correct OTEL_EXPORTER_OTLP_ENDPOINT."
    if code in (grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED):
        return f"{endpoint} does not take the key ({details}): correct OTEL_EXPORTER_OTLP_HEADERS."
    return f"{endpoint} cannot take spans: {code.name}, {details}"
