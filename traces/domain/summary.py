"""The summary of a trace: a pure function of its spans, the same for every order of arrival.

The root is the span of the user's request (traces.domain.request). While it has not arrived, or is only announced,
the trace is open and lasts from its first start to its last known end. The root alone says whether the run failed: an
error that was handled on the way is counted, not escalated.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter

from traces.domain.behaviour.run import read_steps
from traces.domain.behaviour.summary import Behaviour, read_behaviour
from traces.domain.call_reports import Reason, Report, ReportElsewhere, collect_reports
from traces.domain.call_summary import CallSummary, summarise_call
from traces.domain.completeness import Examination, examine
from traces.domain.counting import count_calls
from traces.domain.failures import Billing
from traces.domain.human_waits import waits_for_human
from traces.domain.latency import attribute_latency
from traces.domain.pending import is_pending, settle_pending
from traces.domain.pricing import LIST_ONLY, PriceBook
from traces.domain.request import find_request
from traces.domain.span_row import STATUS_ERROR, SpanRow
from traces.domain.tree import TreeNode, build_forest, start_order, walk
from traces.semconv.tokens import Usage

MOST_NAMES = 50
"""Distinct agents, models, tools or services kept in a summary; the spans have them all."""


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
    reported_cost_usd: Decimal | None
    saved_usd: Decimal | None
    failed_call_count: int
    maybe_billed_call_count: int
    time_to_first_token_ns: int | None
    unmetered_call_count: int
    unpriced_call_count: int
    estimated_call_count: int
    estimated_usd: Decimal | None
    latency: dict[str, int] | None
    behaviour: Behaviour
    thread_id: str | None
    linked_trace_ids: list[str]
    examination: Examination
    calls: list[CallSummary]
    told_in: frozenset[bytes]


@dataclass(frozen=True, slots=True)
class TraceTree:
    """The spans of one trace in their places: as roots, in tree order, by start; and those that tell of model calls."""

    forest: list[TreeNode[SpanRow]]
    nodes: list[TreeNode[SpanRow]]
    by_start: list[TreeNode[SpanRow]]
    reports: list[Report]


def read_trace(spans: Sequence[SpanRow]) -> TraceTree:
    """The tree of one trace's spans; there must be at least one."""
    forest = build_forest(settle_pending(spans))
    nodes = list(walk(forest))
    return TraceTree(forest, nodes, sorted(nodes, key=start_order), collect_reports(forest))


def summarise(
    spans: Sequence[SpanRow], *, elsewhere: Sequence[ReportElsewhere] = (), book: PriceBook = LIST_ONLY
) -> TraceSummary:
    """The summary of the spans of one trace; there must be at least one."""
    return summarise_tree(read_trace(spans), elsewhere=elsewhere, book=book)


def summarise_tree(
    tree: TraceTree, *, elsewhere: Sequence[ReportElsewhere] = (), book: PriceBook = LIST_ONLY
) -> TraceSummary:
    """The summary of one trace. `elsewhere` are reports in other traces that may tell of the same calls; `book` has the
    project's own prices."""
    spans = [node.span for node in tree.by_start]
    root = find_request(tree.forest)
    first = root.span if root else spans[0]
    is_open = root is None or is_pending(root.span)
    start_ns, end_ns = _envelope(spans) if is_open else (first.start_ns, first.end_ns)
    agents = _agents(tree.nodes)
    decisions = count_calls(tree.reports, elsewhere=elsewhere)
    calls = [summarise_call(decision, agents=agents, book=book) for decision in decisions]
    failed = [call for call in calls if call.billing is not None]
    counted = [call for call in calls if call.decision.is_counted]
    errors = [span for span in spans if span.status == STATUS_ERROR and not waits_for_human(span)]
    tools = [span for span in spans if span.kind == "tool"]
    root_first = [first, *spans]
    return TraceSummary(
        root_span_id=first.span_id if root else None,
        start_ns=start_ns,
        end_ns=max(start_ns, end_ns),
        duration_ns=max(0, end_ns - start_ns),
        status="open" if is_open else _status(first),
        name=first.name,
        session_id=_first_text(map(attrgetter("session_id"), root_first)),
        user_id=_first_text(map(attrgetter("user_id"), root_first)),
        service=first.service,
        environment=_first_text(map(attrgetter("environment"), root_first)),
        release=_first_text(map(attrgetter("release"), root_first)),
        agent_names=_names(map(attrgetter("agent"), spans)),
        model_names=_names(call.span.model for call in calls if call.decision.is_call),
        tool_names=_names(map(attrgetter("tool"), tools)),
        service_names=_names(map(attrgetter("service"), spans)),
        error_message=_error_message([first, *errors] if first in errors else errors),
        span_count=len(spans),
        error_count=_count_errors(errors, calls),
        llm_call_count=sum(call.decision.is_call for call in calls),
        tool_call_count=len(tools),
        usage=_total_usage(counted),
        cost_usd=_total(call.cost_usd for call in counted),
        cost_low_usd=_total(call.cost_low_usd for call in counted),
        reported_cost_usd=_total(call.reported_cost_usd for call in counted),
        saved_usd=_total(call.price.saved_usd for call in calls if call.price is not None),
        failed_call_count=len(failed),
        maybe_billed_call_count=sum(call.billing is not Billing.UNBILLED for call in failed),
        time_to_first_token_ns=None if is_open else _time_to_first_token(calls, start_ns),
        unmetered_call_count=sum(call.decision.reason is Reason.UNMETERED for call in calls),
        unpriced_call_count=sum(call.price is None for call in counted),
        estimated_call_count=sum(call.estimate is not None for call in calls),
        estimated_usd=_total(call.estimated_usd for call in calls),
        latency=attribute_latency(root) if root and not is_open else None,
        behaviour=read_behaviour(
            read_steps(tree.nodes, by_start=tree.by_start, agents=agents, decisions=decisions)
        ),
        thread_id=_first_text(map(_thread_id, root_first)),
        linked_trace_ids=_linked_traces(spans),
        examination=examine(
            tree.nodes,
            {call.span.span_id: call.facts for call in calls},
            request=root.span if root else None,
        ),
        calls=calls,
        told_in=_told_in(calls),
    )


def _told_in(calls: Iterable[CallSummary]) -> frozenset[bytes]:
    """Other traces that tell of a call of this one."""
    return frozenset(
        trace_id
        for call in calls
        if len(call.decision.reports) > 1 or call.decision.same_as is not None
        for trace_id in (
            *(span.trace_id for span in call.decision.reports),
            *(call.decision.same_as or ())[:1],
        )
        if trace_id != call.span.trace_id
    )


def _envelope(spans: Sequence[SpanRow]) -> tuple[int, int]:
    return min(span.start_ns for span in spans), max(span.end_ns for span in spans)


def _status(root: SpanRow) -> str:
    """A run that a person has to answer is paused, not failed."""
    return "error" if root.status == STATUS_ERROR and not waits_for_human(root) else "ok"


def _thread_id(span: SpanRow) -> str | None:
    """The conversation that a later run may go on with."""
    return (span.details.get("thread_id") if span.details else None) or span.session_id


def _linked_traces(spans: Iterable[SpanRow]) -> list[str]:
    """Other traces that links of any span name, in order, as hex."""
    linked = (
        trace_id for span in spans if span.details for trace_id in span.details.get("linked_traces", ())
    )
    return list(dict.fromkeys(linked))[:MOST_NAMES]


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


def _first_text(values: Iterable[str | None]) -> str | None:
    """The first value in order: a session or user found on any span holds for the whole trace."""
    return next(filter(None, values), None)


def _names(values: Iterable[str | None]) -> list[str]:
    """Distinct names in order of first appearance, at most MOST_NAMES."""
    return list(filter(None, dict.fromkeys(values)))[:MOST_NAMES]


def _error_message(errors: Iterable[SpanRow]) -> str | None:
    return _first_text(span.status_message or span.error_type for span in errors)


def _count_errors(errors: Sequence[SpanRow], calls: Sequence[CallSummary]) -> int:
    """Failed spans; a failed call that two instrumentations report is one."""
    if not errors:
        return 0
    failed = set(map(id, errors))
    told = Counter(
        call.decision.same_as or (call.span.trace_id, call.span.span_id)
        for call in calls
        if id(call.span) in failed
    )
    return len(errors) - sum(times - 1 for times in told.values())


_NONE = Usage(0, 0, 0, 0, 0)


def _total_usage(calls: Sequence[CallSummary]) -> Usage:
    """Sums over counted calls; a count that no call reports is 0 here, since it adds nothing."""
    columns = zip(_NONE, *(call.decision.usage for call in calls), strict=True)
    return Usage(*(sum(filter(None, counts)) for counts in columns))


def _time_to_first_token(calls: Iterable[CallSummary], request_start_ns: int) -> int | None:
    """From the request to the first token of the answer: of the call that ended last of those that report it."""
    reported = [
        (call.span.end_ns, call.span.start_ns + call.span.details["time_to_first_token_ns"])
        for call in calls
        if call.span.details and "time_to_first_token_ns" in call.span.details
    ]
    return max(0, max(reported)[1] - request_start_ns) if reported else None


def _total(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """The sum of the known ones, or None of nothing: a trace without a priced call has no known cost."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None
