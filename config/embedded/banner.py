"""The box that a start ends with."""

from dataclasses import dataclass

RULE = "─"


@dataclass(frozen=True, kw_only=True)
class Welcome:
    """What a person needs to know once everything runs."""

    sign_in_link: str
    otlp_grpc_url: str
    otlp_http_url: str
    api_key: str
    run_env_path: str


def box(welcome: Welcome) -> str:
    """The address to open, the endpoints, the key, and the lines that point an exporter at them."""
    lines = [
        "Lineside is ready.",
        "",
        f"Open        {welcome.sign_in_link}",
        "            (signs you in once; later as user admin, whose password is in the file below)",
        "",
        f"OTLP/gRPC   {welcome.otlp_grpc_url}",
        f"OTLP/HTTP   {welcome.otlp_http_url}/v1/traces",
        f"Key         {welcome.api_key}",
        "",
        "Point an OpenTelemetry exporter at it:",
        f"  export OTEL_EXPORTER_OTLP_ENDPOINT={welcome.otlp_grpc_url}",
        f'  export OTEL_EXPORTER_OTLP_HEADERS="x-api-key={welcome.api_key}"',
        "  export OTEL_EXPORTER_OTLP_PROTOCOL=grpc",
        "",
        f"Password, key and addresses, for programs too: {welcome.run_env_path}",
        "`make demo` fills the pages. Ctrl-C stops everything.",
    ]
    # No frame at the sides: these lines are made to be copied.
    rule = RULE * max(map(len, lines))
    return "\n".join([rule, *lines, rule])
