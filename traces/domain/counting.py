"""One model call, counted once, whoever reports it how often.

Frameworks and SDKs are instrumented side by side, so a call may be told by two spans: parent and child, siblings that
overlap in time, or roots of two traces; and an agent's span may repeat the sum of the calls below it. Neither "leaves
only" nor "outermost only" is right, so the decision is made by evidence, over the whole trace at once, in this order:

0. *Logs*: where an instrumentation tells a stream by its request and by a log at its end, these are one.
1. *Response id*: spans with the same id of the provider's answer are one call, wherever they stand, other traces too.
2. *Nesting*: a model span below another one, with no agent or tool between, is the same call where nothing speaks
   against it: no two different response ids, models that can be the same, and, within one instrumentation, no two
   different usages.
3. *Time*: of model spans of different instrumentations that are not above one another, those that enclose one another
   in time and have equal usage (or where one has none) are matched one to one, the closest first. Spans of two traces
   only where both report the same usage, of one service, and one of them stands alone in its trace.
4. *Sums*: a span whose descendants report calls is a wrapper; its own usage is theirs again. Where no descendant
   explains it, it is the only report and counts; what it has beyond them counts as a remainder, where calls below it
   report no usage (traces.domain.call_wrappers).

An answer from a cache of the application's own is no call: it cost nothing.

A call's usage is the union of its reports: the most complete one, filled from the others. A call that is told in two
traces counts in the one that knows who called it, else in the one that began first.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from traces.domain.call_evidence import join_by_nesting, join_by_response_id, join_by_time, join_logs
from traces.domain.call_reports import (
    Reason,
    Report,
    ReportElsewhere,
    distinct_groups,
    reports_elsewhere,
)
from traces.domain.call_wrappers import Wrappers, find_wrappers
from traces.domain.span_row import SpanRow
from traces.semconv.tokens import Usage


class Decision(NamedTuple):
    """What was decided about one span. `usage` is the whole call's on the span that is counted, else the span's own.

    `is_call` is true on exactly one span of each call, counted or not: failed and unmetered calls count as calls.
    `same_as` names the (trace id, span id) of the call where it is counted, if this is a second report.
    `reports` are all spans that tell of the call, other traces' too, on the span that stands for it.
    """

    span: SpanRow
    usage: Usage
    is_counted: bool
    is_call: bool
    reason: Reason
    same_as: tuple[bytes, bytes] | None = None
    is_lone: bool = False
    reports: tuple[SpanRow, ...] = ()


def count_calls(own: Sequence[Report], *, elsewhere: Iterable[ReportElsewhere] = ()) -> list[Decision]:
    """A decision for every report of a trace (traces.domain.call_reports.collect_reports), in tree order. It joins
    the reports, so each list can be counted once.

    `elsewhere` are reports in other traces that may tell of the same calls: those with a response id of this trace,
    and those that overlap in time where either stands alone.
    """
    reports = [*own, *reports_elsewhere(elsewhere)]
    calls = [report for report in reports if report.is_model_call]
    join_logs(calls)
    join_by_response_id(calls)
    join_by_nesting(calls)
    join_by_time(calls)
    wrappers = find_wrappers(own, [report for report in reports if report.is_elsewhere])
    decided = {id(decision.span): decision for decision in _decide(own, wrappers)}
    return [decided[id(report.span)] for report in own]


def _decide(own: Sequence[Report], wrappers: Wrappers) -> Iterator[Decision]:
    for group in distinct_groups(own):
        if id(group[0]) in wrappers.wrappers:
            yield _decide_wrapper(group[0], wrappers)
        elif group[0].is_model_call:
            yield from _decide_call(group, wrappers)
        elif group[0].running_total_of is not None:
            yield _decide_total(group[0], wrappers)
        else:
            yield _decision(group[0], is_counted=True, is_call=True, reason=Reason.ONLY_REPORT)


def _decide_wrapper(report: Report, wrappers: Wrappers) -> Decision:
    remainder = wrappers.remainders.get(id(report))
    if remainder is None:
        return _decision(report, is_counted=False, is_call=False, reason=Reason.WRAPPER)
    return _decision(report, is_counted=True, is_call=False, reason=Reason.REMAINDER, usage=remainder)


def _decide_total(report: Report, wrappers: Wrappers) -> Decision:
    """A running total over no call counts with what it grew by, as far as that is known."""
    grown = wrappers.grown[id(report)]
    if not any(grown):
        return _decision(report, is_counted=False, is_call=False, reason=Reason.RUNNING_TOTAL)
    return _decision(report, is_counted=True, is_call=True, reason=Reason.GROWTH, usage=grown)


def _decide_call(group: Sequence[Report], wrappers: Wrappers) -> Iterator[Decision]:
    """Decisions for the spans of one call that stand in this trace."""
    if len(group) == 1:
        yield _decide_chosen(group[0], group, wrappers)
        return
    home = _home(group)
    at_home = [report for report in group if report.span.trace_id == home]
    chosen = min(at_home, key=_completeness)
    for report in group:
        if report.is_elsewhere:
            continue
        if report is not chosen:
            yield _decision(
                report,
                is_counted=False,
                is_call=False,
                reason=report.joined_by or Reason.SAME_RESPONSE,
                same_as=(chosen.span.trace_id, chosen.span.span_id),
            )
        else:
            yield _decide_chosen(report, group, wrappers)


def _decide_chosen(report: Report, group: Sequence[Report], wrappers: Wrappers) -> Decision:
    """The decision for the span that stands for the call."""
    told_by = tuple([told.span for told in group])
    if any(told.is_cache_hit for told in group):
        return _decision(report, is_counted=False, is_call=False, reason=Reason.LOCAL_CACHE, reports=told_by)
    usage = report.usage
    if len(group) > 1:
        usage = unite_usages([told.usage for told in sorted(group, key=_completeness)])
    return _decision(
        report,
        is_counted=usage.is_reported,
        is_call=True,
        reason=_reason_of_chosen(report, usage, wrappers),
        usage=usage,
        reports=told_by,
    )


def _decision(
    report: Report,
    *,
    is_counted: bool,
    is_call: bool,
    reason: Reason,
    usage: Usage | None = None,
    same_as: tuple[bytes, bytes] | None = None,
    reports: tuple[SpanRow, ...] = (),
) -> Decision:
    used = report.usage if usage is None else usage
    return Decision(report.span, used, is_counted, is_call, reason, same_as, report.is_lone, reports)


def _reason_of_chosen(report: Report, usage: Usage, wrappers: Wrappers) -> Reason:
    if usage.is_reported:
        return Reason.CALL
    if id(report) in wrappers.metered_above:
        return Reason.METERED_ABOVE
    return Reason.FAILED if any(told.failed for told in report.group) else Reason.UNMETERED


def _home(group: Sequence[Report]) -> bytes:
    """The trace in which a call counts. Only reports that were matched across traces have a say where there are any:
    whoever counts the other trace sees the same ones, and must come to the same answer."""
    shared = [report for report in group if report.is_elsewhere or report.is_told_elsewhere]
    return min(shared or group, key=_belonging).span.trace_id


def _belonging(report: Report) -> tuple[bool, int, bytes]:
    """Sorts the trace first in which a call counts: where somebody is known to have called, then the earlier one."""
    return (report.is_lone, report.span.start_ns, report.span.trace_id)


def _completeness(report: Report) -> tuple[bool, bool, int, bool, int, int, bytes]:
    """Sorts the most telling report first: usage that is exact, in most detail, then a named model, then the inner one."""
    known = sum(count is not None for count in report.usage)
    is_rough = bool(report.span.details and report.span.details.get("is_rough"))
    return (
        not report.usage.is_reported,
        is_rough,
        -known,
        not report.span.model,
        -report.depth,
        report.span.start_ns,
        report.span.span_id,
    )


def unite_usages(usages: Sequence[Usage]) -> Usage:
    """Of wholes the first known count; of their parts the largest, since some report 0 for what they do not know."""
    known = [[count for count in counts if count is not None] for counts in zip(*usages, strict=True)]
    given, read, written, produced, reasoned = known
    return Usage(
        input_tokens=given[0] if given else None,
        cache_read_input_tokens=max(read, default=None),
        cache_creation_input_tokens=max(written, default=None),
        output_tokens=produced[0] if produced else None,
        reasoning_output_tokens=max(reasoned, default=None),
    )
