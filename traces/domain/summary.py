"""The summary of a trace: a pure function of its spans, the same for every order of arrival.

The root is the span of the user's request (traces.domain.request). While it has not arrived, or is only announced,
the trace is open and lasts from its first start to its last known end. The root alone says whether the run failed: an
error that was handled on the way is counted, not escalated.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from traces.domain.call_reports import Reason, Report, ReportElsewhere, collect_reports
from traces.domain.counting import Decision, count_calls
from traces.domain.latency import attribute_latency
from traces.domain.pending import is_pending, settle_pending
from traces.domain.pricing import Price, price_call
from traces.domain.request import find_request
from traces.domain.span_row import STATUS_ERROR, SpanRow
from traces.domain.tree import TreeNode, build_forest, walk
from traces.semconv.tokens import Usage

_SECOND_REPORTS = frozenset({Reason.SAME_RESPONSE, Reason.SAME_CALL_NESTED, Reason.SAME_CALL_OVERLAP})
MOST_NAMES = 50
"""Distinct agents, models, tools or services kept in a summary; the spans have them all."""


@dataclass(frozen=True, slots=True)
class CallSummary:
    """A reported model call with the decision about it and its price; one row of traces_call.

    `usage` is the whole call's where it is counted, else the span's own; `price` likewise.
    """

    decision: Decision
    agent: str | None
    price: Price | None

    @property
    def span(self) -> SpanRow:
        return self.decision.span


@dataclass(frozen=True, slots=True)
class TraceSummary:
    """One row of traces_trace, without the moment at which it was made."""

    root_span_id: bytes | None
    start_ns: int
    end_ns: int
    duration_ns: int
    status: str
    name: str
    session_id: str | None
    user_id: str | None
    service: str | None
    environment: str | None
    release: str | None
    agent_names: list[str]
    model_names: list[str]
    tool_names: list[str]
    service_names: list[str]
    error_message: str | None
    span_count: int
    error_count: int
    llm_call_count: int
    tool_call_count: int
    usage: Usage
    cost_usd: Decimal | None
    cost_low_usd: Decimal | None
    unmetered_call_count: int
    unpriced_call_count: int
    latency: dict[str, int] | None
    states: list[dict[str, str | None]]
    calls: list[CallSummary]
    told_in: frozenset[bytes]


@dataclass(frozen=True, slots=True)
class TraceTree:
    """The spans of one trace in their places, and those that tell of model calls."""

    forest: list[TreeNode[SpanRow]]
    nodes: list[TreeNode[SpanRow]]
    reports: list[Report]


def read_trace(spans: Sequence[SpanRow]) -> TraceTree:
    """The tree of one trace's spans; there must be at least one."""
    forest = build_forest(settle_pending(spans))
    return TraceTree(forest=forest, nodes=list(walk(forest)), reports=collect_reports(forest))


def summarise(spans: Sequence[SpanRow], *, elsewhere: Sequence[ReportElsewhere] = ()) -> TraceSummary:
    """The summary of the spans of one trace; there must be at least one."""
    return summarise_tree(read_trace(spans), elsewhere=elsewhere)


def summarise_tree(tree: TraceTree, *, elsewhere: Sequence[ReportElsewhere] = ()) -> TraceSummary:
    """The summary of one trace. `elsewhere` are reports in other traces that may tell of the same calls."""
    forest, nodes = tree.forest, tree.nodes
    ordered = [node.span for node in nodes]
    root = find_request(forest)
    first = root.span if root else min(ordered, key=lambda span: (span.start_ns, -span.end_ns, span.span_id))
    is_open = root is None or is_pending(root.span)
    start_ns, end_ns = _envelope(ordered) if is_open else (first.start_ns, first.end_ns)
    agents = _agents(nodes)
    calls = [_summarise_call(decision, agents) for decision in count_calls(tree.reports, elsewhere=elsewhere)]
    counted = [call for call in calls if call.decision.is_counted]
    by_start = sorted(ordered, key=lambda span: (span.start_ns, span.span_id))
    return TraceSummary(
        root_span_id=first.span_id if root else None,
        start_ns=start_ns,
        end_ns=max(start_ns, end_ns),
        duration_ns=max(0, end_ns - start_ns),
        status="open" if is_open else _status(first),
        name=first.name,
        session_id=_first_text([first, *by_start], lambda span: span.session_id),
        user_id=_first_text([first, *by_start], lambda span: span.user_id),
        service=first.service,
        environment=_first_text([first, *by_start], lambda span: span.environment),
        release=_first_text([first, *by_start], lambda span: span.release),
        agent_names=_names(span.agent for span in by_start),
        model_names=_names(call.span.model for call in calls if call.decision.is_call),
        tool_names=_names(span.tool for span in by_start if span.kind == "tool"),
        service_names=_names(span.service for span in by_start),
        error_message=_error_message(root, by_start),
        span_count=len(ordered),
        error_count=_count_errors(ordered, calls),
        llm_call_count=sum(call.decision.is_call for call in calls),
        tool_call_count=sum(span.kind == "tool" for span in ordered),
        usage=_total_usage(counted),
        cost_usd=_total(call.price.usd for call in counted if call.price),
        cost_low_usd=_total(call.price.low_usd for call in counted if call.price),
        unmetered_call_count=sum(call.decision.reason is Reason.UNMETERED for call in calls),
        unpriced_call_count=sum(call.price is None for call in counted),
        latency=attribute_latency(root) if root and not is_open else None,
        states=_states(by_start),
        calls=calls,
        told_in=_told_in(calls),
    )


def _told_in(calls: Iterable[CallSummary]) -> frozenset[bytes]:
    """Other traces that tell of a call of this one."""
    return frozenset(
        trace_id
        for call in calls
        for trace_id in (*(span.trace_id for span in call.decision.reports), *(call.decision.same_as or ())[:1])
        if trace_id != call.span.trace_id
    )


def _envelope(spans: Sequence[SpanRow]) -> tuple[int, int]:
    return min(span.start_ns for span in spans), max(span.end_ns for span in spans)


def _status(root: SpanRow) -> str:
    return "error" if root.status == STATUS_ERROR else "ok"


def _agents(nodes: Iterable[TreeNode[SpanRow]]) -> dict[int, str | None]:
    """The agent in whose work each span stands, by the id() of the span: its own, else the nearest one above.

    `nodes` must come in tree order, each before its children.
    """
    agents: dict[int, str | None] = {}
    for node in nodes:
        own = agents.setdefault(id(node.span), node.span.agent) or node.span.agent
        agents[id(node.span)] = own
        for child in node.children:
            agents[id(child.span)] = child.span.agent or own
    return agents


def _summarise_call(decision: Decision, agents: dict[int, str | None]) -> CallSummary:
    span = decision.span
    price = price_call(span, decision.usage, details=span.details)
    return CallSummary(decision=decision, agent=agents.get(id(span)), price=price)


def _first_text(spans: Iterable[SpanRow], read: Callable[[SpanRow], str | None]) -> str | None:
    """The first value in order: a session or user found on any span holds for the whole trace."""
    return next((value for span in spans if (value := read(span))), None)


def _names(values: Iterable[str | None]) -> list[str]:
    """Distinct names in order of first appearance, at most MOST_NAMES."""
    return [name for name in dict.fromkeys(values) if name][:MOST_NAMES]


def _error_message(root: TreeNode[SpanRow] | None, by_start: Sequence[SpanRow]) -> str | None:
    """The root's message where it failed, else the first failed span's."""
    failed = [span for span in by_start if span.status == STATUS_ERROR]
    if root is not None and root.span.status == STATUS_ERROR:
        failed.insert(0, root.span)
    return _first_text(failed, lambda span: span.status_message or span.error_type)


def _count_errors(spans: Sequence[SpanRow], calls: Sequence[CallSummary]) -> int:
    """Failed spans; a failed call that two instrumentations report is one."""
    repeated = sum(
        call.decision.reason in _SECOND_REPORTS and call.span.status == STATUS_ERROR for call in calls
    )
    return sum(span.status == STATUS_ERROR for span in spans) - repeated


def _total_usage(calls: Sequence[CallSummary]) -> Usage:
    """Sums over counted calls; a count that no call reports is 0 here, since it adds nothing."""
    return Usage(
        *(sum(call.decision.usage[place] or 0 for call in calls) for place in range(len(Usage._fields)))
    )


def _total(amounts: Iterable[Decimal]) -> Decimal | None:
    """The sum, or None of nothing: a trace without a priced call has no known cost."""
    known = list(amounts)
    return sum(known, Decimal(0)) if known else None


def _states(by_start: Sequence[SpanRow]) -> list[dict[str, str | None]]:
    """The states that spans name, in order of start; times as strings of nanoseconds (they pass 2^53)."""
    return [
        {
            "state": span.state,
            "start_time_unix_nano": str(span.start_ns),
            "end_time_unix_nano": str(max(span.start_ns, span.end_ns)),
            "agent": span.agent,
        }
        for span in by_start
        if span.state
    ]
