"""A span as it is stored: the typed columns, in the order of the table, and the span itself as it came."""

from typing import NamedTuple

from traces.semconv.details import SpanDetails

STATUS_NAMES = ("unset", "ok", "error")
"""Names of OTLP status codes, by code."""
STATUS_ERROR = 2

KINDS = (
    "agent",
    "workflow",
    "llm",
    "embedding",
    "retrieval",
    "rerank",
    "tool",
    "guardrail",
    "evaluation",
    "human",
    "state",
    "other",
)
MODEL_CALL_KINDS = frozenset({"llm", "embedding", "rerank"})
"""Kinds that spend tokens: their spans are (reports of) model calls."""


class SpanRow(NamedTuple):
    """One row of traces_span. Field order is column order: COPY writes the tuple as it stands.

    Times are nanoseconds since the epoch; ids are 16 and 8 bytes; `raw` is the OTLP
    `opentelemetry.proto.trace.v1.Span` message, byte for byte what a decoder needs to give the span back;
    `resource_digest` and `scope_digest` name rows of traces_origin. Token columns hold what this span
    reports in the normal form (input includes cache, output includes reasoning), null where it reports nothing;
    `details` holds what few spans carry.
    """

    start_ns: int
    end_ns: int
    input_tokens: int | None
    cache_read_input_tokens: int | None
    cache_creation_input_tokens: int | None
    output_tokens: int | None
    reasoning_output_tokens: int | None
    project_id: int
    status: int
    trace_id: bytes
    span_id: bytes
    parent_span_id: bytes | None
    name: str
    kind: str
    convention: str | None
    provider: str | None
    request_model: str | None
    response_model: str | None
    response_id: str | None
    agent: str | None
    tool: str | None
    tool_call_id: str | None
    prompt_name: str | None
    prompt_version: str | None
    session_id: str | None
    user_id: str | None
    state: str | None
    service: str | None
    environment: str | None
    release: str | None
    status_message: str | None
    error_type: str | None
    resource_digest: bytes
    scope_digest: bytes
    details: SpanDetails | None
    raw: bytes

    @property
    def model(self) -> str | None:
        """The served model; the requested one where the answer named none. Cost follows the served one."""
        return self.response_model or self.request_model

    @property
    def duration_ns(self) -> int:
        """Never negative: a span that ends before it starts lasted nothing."""
        return max(0, self.end_ns - self.start_ns)
