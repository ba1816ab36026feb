"""The addresses that a newcomer's exporter needs."""

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Endpoints:
    """`grpc` and `http` as the OpenTelemetry variables take them; `grpc_target` is host:port, as the Collector does;
    `is_plain` says that there is no TLS."""

    grpc: str
    http: str
    grpc_target: str
    is_plain: bool


def endpoints_of(public_url: str, *, grpc_port: int, http_port: int) -> Endpoints:
    """The receiver's addresses on the host by which people reach the pages. The receiver itself speaks no TLS; an
    https page has a proxy before it, which is expected to stand before the receiver too."""
    parts = urlsplit(public_url)
    host = parts.hostname or "localhost"
    name = f"[{host}]" if ":" in host else host
    return Endpoints(
        grpc=f"{parts.scheme}://{name}:{grpc_port}",
        http=f"{parts.scheme}://{name}:{http_port}",
        grpc_target=f"{name}:{grpc_port}",
        is_plain=parts.scheme != "https",
    )
