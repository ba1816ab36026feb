"""Random traces for property tests: as broken as exporters can make them, and well-formed runs of agents.

Values come from small pools, so that what the rules compare (ids of spans and answers, usages, models, instrumentations,
times a few milliseconds apart) is often equal, and often nearly so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from tests.unit.spans import make_span
from traces.domain.pending import settle_pending
from traces.domain.span_row import KINDS, SpanRow
from traces.semconv.details import SpanDetails
from traces.semconv.tokens import NO_USAGE, Usage

NS_PER_MS = 1_000_000
DAY_ONE_NS = 1_760_000_000 * 10**9
"""When the traces happen, in October 2025: prices depend on it."""
LATEST_NS = 2**63 - 1
"""The latest time that a receiver takes."""
TRACES = (b"trace number one", b"trace number two")

_NAMES = [f"span-{place:03}" for place in range(10)]
_PARENTS = [None, None, *_NAMES, "missing!"]


# --- Broken traces ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Call:
    """What a span says of the answer that it got."""

    provider: str | None = None
    request_model: str | None = None
    response_model: str | None = None
    response_id: str | None = None


_USAGES = [
    NO_USAGE,
    NO_USAGE,
    Usage(100, None, None, 20, None),
    Usage(100, 40, 10, 20, 5),
    Usage(100, 0, None, 20, None),
    Usage(200, None, None, 40, None),
    Usage(300, 40, None, 60, None),
    Usage(None, None, None, 20, None),
    Usage(100, None, None, None, None),
    Usage(None, 40, None, None, None),
    Usage(0, None, None, 0, None),
    Usage(2**53, 2**53, None, 2**53, 2**53),
]
_CALLS = [
    _Call(),
    _Call("openai", "gpt-4o", "gpt-4o-2024-08-06"),
    _Call("openai", "gpt-4o", "gpt-4o-2024-08-06", "answer-1"),
    _Call("openai", "gpt-4o", None, "answer-2"),
    _Call(None, "openai/gpt-4o", None),
    _Call(None, None, None, "answer-1"),
    _Call("anthropic", "claude-sonnet-4-5", "claude-sonnet-4-5-20250929", "answer-3"),
    _Call("openai", "text-embedding-3-small", None),
    _Call("ollama", "no-such-model", None),
]
_DETAILS: list[SpanDetails] = [
    {"input_audio_tokens": 30},
    {"cache_creation_1h_input_tokens": 10},
    {"service_tier": "batch"},
    {"reported_cost_usd": "0.0123"},
    {"reported_cost_usd": "1E-9"},
    {"time_to_first_token_ns": 3 * NS_PER_MS},
    {"http_status": 429},
    {"arguments_digest": "0123456789abcdef"},
    {"is_cache_hit": True},
    {"running_total_of": "agent-1"},
    {"running_total_of": ""},
    {"thread_id": "thread-1"},
    {"is_rough": True},
    {"concluded_duration_ns": 4 * NS_PER_MS},
    {"states": [(DAY_ONE_NS, "plan"), (DAY_ONE_NS + NS_PER_MS, "act")]},
    {"deferral": "ApprovalRequired"},
    {"has_remote_parent": True},
    {"linked_traces": ["ab" * 16]},
]
_PENDING: list[SpanDetails] = [
    {"pending_parent_id": ""},
    {"pending_parent_id": _NAMES[0].encode().hex()},
    {"pending_parent_id": _NAMES[1].encode().hex()},
]
_ERRORS = [
    (None, None),
    ("timed out", "TimeoutError"),
    ("peer closed connection", None),
    ("Error code: 429", "RateLimitError"),
    ("GraphInterrupt(())", "GraphInterrupt"),
]


def _merged(parts: Iterable[SpanDetails]) -> SpanDetails | None:
    merged = SpanDetails()
    for part in parts:
        merged.update(part)
    return merged or None


def _weighted(*choices: tuple[int, st.SearchStrategy]) -> st.SearchStrategy:
    """Of several strategies, each so many times as likely."""
    return st.sampled_from([strategy for weight, strategy in choices for _ in range(weight)]).flatmap(
        lambda strategy: strategy
    )


_starts = _weighted(
    (9, st.integers(0, 24).map(lambda tick: DAY_ONE_NS + 2 * tick * NS_PER_MS)),
    (1, st.sampled_from([0, DAY_ONE_NS - 1, DAY_ONE_NS + 10**15, LATEST_NS])),
)
_lengths = _weighted(
    (9, st.integers(0, 24).map(lambda tick: 2 * tick * NS_PER_MS)),
    (1, st.sampled_from([-LATEST_NS, -NS_PER_MS, -1, 1, LATEST_NS])),
)


def _broken_span(
    name: str, start_ns: int, length_ns: int, usage: Usage, call: _Call, error: tuple, details: list, **told
) -> SpanRow:
    return make_span(
        name,
        start_ns=start_ns,
        end_ns=min(max(0, start_ns + length_ns), LATEST_NS),
        **usage._asdict(),
        **vars(call),
        status_message=error[0],
        error_type=error[1],
        details=_merged(details),
        **told,
    )


def _broken_spans(*, details: Sequence[SpanDetails], trace_id: bytes) -> st.SearchStrategy[SpanRow]:
    return st.builds(
        _broken_span,
        name=st.sampled_from(_NAMES),
        parent=st.sampled_from(_PARENTS),
        start_ns=_starts,
        length_ns=_lengths,
        usage=st.sampled_from(_USAGES),
        call=st.sampled_from(_CALLS),
        error=st.sampled_from(_ERRORS),
        details=st.lists(st.sampled_from(details), max_size=2),
        trace_id=st.just(trace_id),
        kind=st.sampled_from([*KINDS, "llm", "llm", "llm", "llm", "agent", "tool"]),
        status=st.sampled_from([0, 0, 1, 2]),
        scope=st.sampled_from(["framework", "sdk", "gateway"]),
        resource_digest=st.sampled_from([b"r" * 16, b"q" * 16]),
        agent=st.sampled_from([None, "planner", "writer"]),
        tool=st.sampled_from([None, "search", "transfer_to_writer"]),
        state=st.sampled_from([None, None, "plan", "act"]),
        session_id=st.sampled_from([None, "session-1", "session-2"]),
        service=st.sampled_from([None, "shop"]),
    )


def _row_key(span: SpanRow) -> tuple[bytes, bytes, int]:
    """By what the span table knows a span, within a project."""
    return (span.trace_id, span.span_id, span.start_ns)


def as_stored(arrivals: Iterable[SpanRow]) -> list[SpanRow]:
    """What the span table holds of spans that arrive in this order: of those with one key the first."""
    kept: dict[tuple[bytes, bytes, int], SpanRow] = {}
    for span in arrivals:
        kept.setdefault(_row_key(span), span)
    return list(kept.values())


def _traces(
    *,
    details: Sequence[SpanDetails],
    are_stored: bool = True,
    trace_id: bytes = TRACES[0],
    max_size: int = 14,
) -> st.SearchStrategy[list[SpanRow]]:
    spans = _broken_spans(details=details, trace_id=trace_id)
    found = st.lists(spans, min_size=1, max_size=max_size, unique_by=_row_key if are_stored else None)
    # A summary needs a span, and an announcement without a parent announces none.
    return found.filter(settle_pending)


any_spans = _traces(details=[*_DETAILS, *_PENDING], are_stored=False)
"""Spans of one trace: parents that are missing, remote, the span itself or below it; spans that stand there twice, and
ids that name several; clocks that differ, ends before starts, and times as far apart as a receiver takes them."""

stored_traces = _traces(details=[*_DETAILS, *_PENDING])
"""The same as far as the span table can hold it: one span for each id and start."""

ended_traces = _traces(details=_DETAILS)
"""Stored traces of spans that have all ended: none only announces another."""

two_stored_traces = st.fixed_dictionaries(
    {trace_id: _traces(details=[*_DETAILS, *_PENDING], trace_id=trace_id, max_size=7) for trace_id in TRACES}
)
"""Two stored traces, by id, that may tell of the same calls."""


# --- Well-formed runs -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Run:
    """An agent's run as one instrumentation tells it: an agent over steps, each a model call or a tool that makes one.

    `calls` are the spans of the model calls; every one is a call of its own.
    """

    spans: list[SpanRow]

    @property
    def calls(self) -> list[SpanRow]:
        return [span for span in self.spans if span.kind == "llm"]


_told_usages = st.builds(
    lambda given, cached, produced: Usage(given, min(given, cached), None, produced, None),
    st.sampled_from([100, 200, 300]),
    st.sampled_from([0, 50]),
    st.sampled_from([10, 20]),
)
_steps = st.lists(
    st.tuples(_told_usages, st.integers(1, 9), st.booleans(), st.booleans()), min_size=1, max_size=7
)


@st.composite
def agent_runs(draw: st.DrawFn) -> Run:
    """Runs whose steps follow one another or, as in a fan-out, begin together; some calls are made within a tool."""
    steps = draw(_steps)
    spans = []
    cursor_ns = DAY_ONE_NS
    end_ns = DAY_ONE_NS
    for place, (usage, ticks, is_parallel, is_in_tool) in enumerate(steps):
        start_ns = cursor_ns if is_parallel else end_ns
        cursor_ns, end_ns = start_ns, max(end_ns, start_ns + 20 * ticks * NS_PER_MS)
        parent = "agent---"
        if is_in_tool:
            parent = f"tool-{place:03}"
            spans.append(
                make_span(parent, "agent---", kind="tool", tool="search", start_ns=start_ns, end_ns=end_ns)
            )
        spans.append(
            make_span(
                f"call-{place:03}",
                parent,
                kind="llm",
                scope="framework",
                start_ns=start_ns,
                end_ns=start_ns + 20 * ticks * NS_PER_MS,
                provider="openai",
                request_model="gpt-4o",
                **usage._asdict(),
            )
        )
    root = make_span("agent---", kind="agent", agent="planner", start_ns=DAY_ONE_NS, end_ns=end_ns)
    return Run([root, *spans])
