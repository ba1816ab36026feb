"""What the selectors give: frozen rows, in the units that their names say.

Times are integer nanoseconds since the epoch, ids bytes, money Decimal in US dollars (None: not known).
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Generic, NamedTuple, TypeVar

from core.clock import ns_from_datetime

RowT = TypeVar("RowT")


class UnknownCost(NamedTuple):
    """The calls whose cost a sum does not have, which makes it a lower bound: those that succeeded without reporting
    usage, those without a known price, and those that failed but were billed, or may have been.

    `estimated_usd` is what `estimated_call_count` of the first may have cost, by the text that they carried; it is in
    no sum.
    """

    unmetered_call_count: int
    unpriced_call_count: int
    maybe_billed_call_count: int
    estimated_call_count: int
    estimated_usd: Decimal | None

    @property
    def call_count(self) -> int:
        """All of them."""
        return self.unmetered_call_count + self.unpriced_call_count + self.maybe_billed_call_count

    @property
    def silent_call_count(self) -> int:
        """Those of which not even the tokens are known."""
        return self.unmetered_call_count + self.maybe_billed_call_count


@dataclass(frozen=True, slots=True)
class Page(Generic[RowT]):
    """A bounded part of a list, and the cursor that continues it (None: this was the last part)."""

    results: list[RowT]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class TraceRow:
    """The summary of one trace. Names and meanings are those of the REST API.

    `latency` is None until it is attributed; `states` are dicts with state, start_time_unix_nano,
    end_time_unix_nano (ints) and agent. `summarised_at` is the database's time of the last recomputation,
    `last_seen_at` when the last span arrived.
    """

    project_id: int
    trace_id: bytes
    root_span_id: bytes | None
    name: str
    status: str
    start_ns: int
    end_ns: int
    duration_ns: int
    session_id: str | None
    user_id: str | None
    service: str | None
    environment: str | None
    release: str | None
    agents: tuple[str, ...]
    models: tuple[str, ...]
    tools: tuple[str, ...]
    services: tuple[str, ...]
    error_message: str | None
    span_count: int
    error_count: int
    llm_call_count: int
    tool_call_count: int
    retry_count: int | None
    retry_wait_ns: int
    fallback_count: int | None
    loop_count: int
    handoff_count: int
    human_wait_count: int
    context_peak_tokens: int | None
    context_window_tokens: int | None
    thread_id: str | None
    linked_trace_ids: tuple[str, ...]
    behaviour: dict[str, list[dict[str, Any]]]
    input_tokens: int
    cache_read_input_tokens: int
    cache_creation_input_tokens: int
    output_tokens: int
    reasoning_output_tokens: int
    cost_usd: Decimal | None
    cost_low_usd: Decimal | None
    reported_cost_usd: Decimal | None
    saved_usd: Decimal | None
    failed_call_count: int
    maybe_billed_call_count: int
    time_to_first_token_ns: int | None
    unmetered_call_count: int
    unpriced_call_count: int
    estimated_call_count: int
    estimated_usd: Decimal | None
    completeness: int | None
    gaps: tuple[str, ...]
    latency: dict[str, int] | None
    states: list[dict[str, Any]]
    summarised_at: datetime
    last_seen_at: datetime

    @property
    def tokens(self) -> int:
        """Input and output together."""
        return self.input_tokens + self.output_tokens

    @property
    def unknown(self) -> UnknownCost:
        """The calls whose cost is not in `cost_usd`."""
        return UnknownCost(
            self.unmetered_call_count,
            self.unpriced_call_count,
            self.maybe_billed_call_count,
            self.estimated_call_count,
            self.estimated_usd,
        )

    @property
    def context_percent(self) -> int | None:
        """How full the fullest context was, rounded down; None where the model's window is not known."""
        if self.context_peak_tokens is None or not self.context_window_tokens:
            return None
        return self.context_peak_tokens * 100 // self.context_window_tokens

    @property
    def is_open(self) -> bool:
        """The root has not ended yet."""
        return self.status == "open"

    def is_running(self, *, now_ns: int, lost_after_ns: int) -> bool:
        """Open, and its last sign of life is no older than its project waits for one. What is open for longer, as a part
        of an old run that was imported, lasted as long as its spans say."""
        return self.is_open and now_ns - self.end_ns <= lost_after_ns

    @property
    def last_seen_ns(self) -> int:
        """When the last span arrived, in nanoseconds since the epoch."""
        return ns_from_datetime(self.last_seen_at)


@dataclass(frozen=True, slots=True)
class TraceChoices:
    """What a form may offer to filter by: values seen lately, sorted, bounded in number."""

    agents: tuple[str, ...]
    models: tuple[str, ...]
    services: tuple[str, ...]
    environments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SpanNode:
    """A span's typed columns and what was decided about the model call that it reports.

    Tokens are as this span reports them (None: not reported). `status` is the OTLP code: 0 unset, 1 ok,
    2 error. `is_counted`, `reason` and the costs are None where the span reports no model call.
    `model` is the served model, or the requested one where the answer named none. `counted_tokens` are input and output
    of what is counted on it. `price` is how the cost or the estimate came about (traces.services.summary_rows.price_json), `same_as_…` the span on which a second report's call is counted; `details`
    is traces.semconv.details.SpanDetails.
    """

    span_id: bytes
    parent_span_id: bytes | None
    start_ns: int
    end_ns: int
    duration_ns: int
    name: str
    kind: str
    status: int
    status_message: str | None
    error_type: str | None
    agent: str | None
    tool: str | None
    tool_call_id: str | None
    provider: str | None
    model: str | None
    request_model: str | None
    response_id: str | None
    prompt_name: str | None
    prompt_version: str | None
    input_tokens: int | None
    cache_read_input_tokens: int | None
    cache_creation_input_tokens: int | None
    output_tokens: int | None
    reasoning_output_tokens: int | None
    cost_usd: Decimal | None
    cost_low_usd: Decimal | None
    is_counted: bool | None
    reason: str | None
    service: str | None
    environment: str | None
    release: str | None
    convention: str | None
    session_id: str | None
    user_id: str | None
    state: str | None
    reported_cost_usd: Decimal | None
    estimated_usd: Decimal | None
    counted_tokens: int | None
    billing: str | None
    price: dict[str, Any] | None
    same_as_trace_id: bytes | None
    same_as_span_id: bytes | None
    details: dict[str, Any] | None

    @property
    def is_error(self) -> bool:
        """The span ended with the OTLP status error."""
        return self.status == 2


@dataclass(frozen=True, slots=True)
class SpanDetail:
    """Everything that came with a span, decoded.

    `attributes` map keys to Python values (str, bool, int, float, bytes, list, dict, None).
    `resource` is {"attributes", "dropped_attributes_count", "schema_url"}; `scope` the same with "name" and
    "version". An event is {"name", "time_ns", "attributes", "dropped_attributes_count"}; a link {"trace_id",
    "span_id" (bytes), "trace_state", "attributes", "dropped_attributes_count", "flags"}.
    `input` and `output` are JSON-able, None where absent. `raw_size` is the stored span's size in bytes.
    """

    node: SpanNode
    attributes: dict[str, Any]
    resource: dict[str, Any]
    scope: dict[str, Any]
    events: list[dict[str, Any]]
    links: list[dict[str, Any]]
    input: Any
    output: Any
    trace_state: str
    flags: int
    dropped_attributes_count: int
    dropped_events_count: int
    dropped_links_count: int
    otlp_kind: int
    raw_size: int

    @property
    def named_events(self) -> list[tuple[str, dict[str, Any]]]:
        """The events by name and attributes, as traces.semconv reads them."""
        return [(event["name"], event["attributes"]) for event in self.events]


@dataclass(frozen=True, slots=True)
class LatencyPoint:
    """Latencies of the traces that began in one bucket; `count` of them had ended."""

    start_ns: int
    group: str | None
    count: int
    p50_ns: int
    p90_ns: int
    p95_ns: int
    p99_ns: int


@dataclass(frozen=True, slots=True)
class CostPoint:
    """What the traces that began in one bucket cost.

    `cost_usd`, `mean_usd` and `p95_usd` are over the traces with a known cost, None where there is none.
    `trace_count` counts all traces of the group, priced or not.
    """

    start_ns: int
    group: str | None
    trace_count: int
    cost_usd: Decimal | None
    mean_usd: Decimal | None
    p95_usd: Decimal | None
    unknown: UnknownCost


@dataclass(frozen=True, slots=True)
class TokenPoint:
    """Tokens of counted calls in the traces that began in one bucket."""

    start_ns: int
    group: str | None
    trace_count: int
    input_tokens: int
    cache_read_input_tokens: int
    cache_creation_input_tokens: int
    output_tokens: int
    reasoning_output_tokens: int


@dataclass(frozen=True, slots=True)
class ErrorPoint:
    """Of the traces that began in one bucket: how many there are, how many failed, and the failed spans in all."""

    start_ns: int
    group: str | None
    trace_count: int
    error_trace_count: int
    error_count: int


@dataclass(frozen=True, slots=True)
class CallPoint:
    """Model calls, each counted once, in the traces that began in one bucket."""

    start_ns: int
    group: str | None
    trace_count: int
    call_count: int
    error_call_count: int
    unknown: UnknownCost


@dataclass(frozen=True, slots=True)
class CostShare:
    """One group's part of the cost of a range of time; `group` None: the calls that name none."""

    group: str | None
    call_count: int
    input_tokens: int
    output_tokens: int
    cost_usd: Decimal | None
    unknown: UnknownCost


@dataclass(frozen=True, slots=True)
class Spend:
    """What the counted calls of a range of time cost: 0 where nothing was priced.

    It is a lower bound when there are calls of unknown cost.
    """

    cost_usd: Decimal
    unknown: UnknownCost
