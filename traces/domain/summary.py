"""The summary of a trace: a pure function of its spans, the same for every order of arrival.

The root is the span of the user's request (traces.domain.request). While it has not arrived, or is only announced,
the trace is open and lasts from its first start to its last known end. The root alone says whether the run failed: an
error that was handled on the way is counted, not escalated.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from traces.domain.behaviour.run import read_steps
from traces.domain.behaviour.summary import Behaviour, read_behaviour
from traces.domain.call_reports import Reason, Report, ReportElsewhere, collect_reports
from traces.domain.completeness import CallFacts, Examination, examine, has_content
from traces.domain.counting import Decision, count_calls
from traces.domain.estimates import estimate_call
from traces.domain.failures import Billing, billing_of_failure
from traces.domain.human_waits import waits_for_human
from traces.domain.latency import attribute_latency
from traces.domain.pending import is_pending, settle_pending
from traces.domain.pricing import LIST_ONLY, Price, PriceBook, price_call, price_terms, reported_price
from traces.domain.request import find_request
from traces.domain.span_row import STATUS_ERROR, SpanRow
from traces.domain.tree import TreeNode, build_forest, walk
from traces.semconv.details import SpanDetails
from traces.semconv.tokens import Usage

MOST_NAMES = 50
"""Distinct agents, models, tools or services kept in a summary; the spans have them all."""


class CallSummary(NamedTuple):
    """A reported model call with the decision about it and its price; one row of traces_call.

    `usage` is the whole call's where it is counted, else the span's own; `price` likewise. `estimate` is the price of a
    call that reports no usage, by its text, where the project wants such. `reported_cost_usd` is what the exporter says
    that it cost; `billing` says of a failed call whether it was billed.
    """

    decision: Decision
    agent: str | None
    price: Price | None
    estimate: Price | None
    reported_cost_usd: Decimal | None
    terms: SpanDetails | None
    billing: Billing | None

    @property
    def cost_usd(self) -> Decimal | None:
        """What the call cost; None where that is not known, and for second reports."""
        return self.price.usd if self.price else None

    @property
    def cost_low_usd(self) -> Decimal | None:
        """The least that it can have cost."""
        return self.price.low_usd if self.price else None

    @property
    def estimated_usd(self) -> Decimal | None:
        """What a call of unknown usage may have cost."""
        return self.estimate.usd if self.estimate else None

    @property
    def span(self) -> SpanRow:
        return self.decision.span

    @property
    def facts(self) -> CallFacts:
        """What the checks of completeness ask."""
        return CallFacts(
            reason=self.decision.reason,
            is_counted=self.decision.is_counted,
            is_priced=self.price is not None,
            is_range=self.cost_low_usd != self.cost_usd,
            has_content=any(map(has_content, self.decision.reports or (self.span,))),
        )


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
    """The spans of one trace in their places, and those that tell of model calls."""

    forest: list[TreeNode[SpanRow]]
    nodes: list[TreeNode[SpanRow]]
    reports: list[Report]


def read_trace(spans: Sequence[SpanRow]) -> TraceTree:
    """The tree of one trace's spans; there must be at least one."""
    forest = build_forest(settle_pending(spans))
    return TraceTree(forest=forest, nodes=list(walk(forest)), reports=collect_reports(forest))


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
    forest, nodes = tree.forest, tree.nodes
    ordered = [node.span for node in nodes]
    root = find_request(forest)
    first = root.span if root else min(ordered, key=lambda span: (span.start_ns, -span.end_ns, span.span_id))
    is_open = root is None or is_pending(root.span)
    start_ns, end_ns = _envelope(ordered) if is_open else (first.start_ns, first.end_ns)
    agents = _agents(nodes)
    decisions = count_calls(tree.reports, elsewhere=elsewhere)
    calls = [_summarise_call(decision, agents, book) for decision in decisions]
    failed = [call for call in calls if call.billing is not None]
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
        behaviour=read_behaviour(read_steps(nodes, agents=agents, decisions=decisions)),
        thread_id=_first_text([first, *by_start], _thread_id),
        linked_trace_ids=_linked_traces(by_start),
        examination=examine(
            nodes,
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


def _summarise_call(decision: Decision, agents: dict[int, str | None], book: PriceBook) -> CallSummary:
    span = decision.span
    told = decision.reports or (span,)
    details = _united_details(told)
    is_priced = decision.is_counted or decision.reason is Reason.LOCAL_CACHE
    is_unmetered = decision.reason is Reason.UNMETERED
    price = price_call(span, decision.usage, details=details, book=book) if is_priced else None
    reported = details.get("reported_cost_usd")
    if book.counts_reported and reported is not None and decision.is_counted:
        price = reported_price(Decimal(reported), model=span.model)
    return CallSummary(
        decision=decision,
        agent=next((agent for one in told if (agent := agents.get(id(one)))), None),
        price=price,
        estimate=estimate_call(span, details=details, book=book) if is_unmetered else None,
        reported_cost_usd=Decimal(reported) if reported is not None else None,
        terms=price_terms(details),
        billing=_billing(span, details) if decision.reason is Reason.FAILED else None,
    )


def _united_details(told: Sequence[SpanRow]) -> SpanDetails:
    """What the reports of one call carry together; the first that has something says it."""
    if len(told) == 1:
        return told[0].details or SpanDetails()
    united = SpanDetails()
    for span in reversed(told):
        united.update(span.details or {})
    return united


_LONGEST_MESSAGE = 500
"""Characters of an error's message that are looked at."""


def _billing(span: SpanRow, details: SpanDetails) -> Billing:
    return billing_of_failure(
        http_status=details.get("http_status"),
        error_type=span.error_type,
        message=(span.status_message or "")[:_LONGEST_MESSAGE],
    )


def _first_text(spans: Iterable[SpanRow], read: Callable[[SpanRow], str | None]) -> str | None:
    """The first value in order: a session or user found on any span holds for the whole trace."""
    return next((value for span in spans if (value := read(span))), None)


def _names(values: Iterable[str | None]) -> list[str]:
    """Distinct names in order of first appearance, at most MOST_NAMES."""
    return [name for name in dict.fromkeys(values) if name][:MOST_NAMES]


def _error_message(root: TreeNode[SpanRow] | None, by_start: Sequence[SpanRow]) -> str | None:
    """The root's message where it failed, else the first failed span's."""
    failed = [span for span in by_start if _is_error(span)]
    if root is not None and root.span in failed:
        failed.insert(0, root.span)
    return _first_text(failed, lambda span: span.status_message or span.error_type)


def _count_errors(spans: Sequence[SpanRow], calls: Sequence[CallSummary]) -> int:
    """Failed spans; a failed call that two instrumentations report is one, a wait for a person is none."""
    failed = sum(map(_is_error, spans))
    told = Counter(
        call.decision.same_as or (call.span.trace_id, call.span.span_id)
        for call in calls
        if _is_error(call.span)
    )
    return failed - sum(times - 1 for times in told.values())


def _is_error(span: SpanRow) -> bool:
    return span.status == STATUS_ERROR and not waits_for_human(span)


def _total_usage(calls: Sequence[CallSummary]) -> Usage:
    """Sums over counted calls; a count that no call reports is 0 here, since it adds nothing."""
    return Usage(
        *(sum(call.decision.usage[place] or 0 for call in calls) for place in range(len(Usage._fields)))
    )


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
