"""The three lines that point an OpenTelemetry exporter at this installation."""

from urllib.parse import urlsplit

from django.conf import settings


def exporter_environment(*, key: str) -> dict[str, str]:
    """The environment of an OTLP/gRPC exporter that sends with this key, by variable name.

    The host is that of the public address, which is where the person looks at the page from.
    """
    host = urlsplit(settings.LINESIDE_PUBLIC_URL).hostname or "localhost"
    netloc = f"[{host}]" if ":" in host else host
    return {
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{netloc}:{settings.LINESIDE_OTLP_GRPC_PORT}",
        "OTEL_EXPORTER_OTLP_HEADERS": f"x-api-key={key}",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc",
    }
