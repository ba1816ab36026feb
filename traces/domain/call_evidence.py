"""Which reports tell of one call, by the evidence there is: the response's id, nesting, time.

The steps are taken in this order, each over the whole trace; `traces.domain.counting` says what they mean.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence

from traces.domain.call_reports import Reason, Report, join
from traces.domain.model_names import is_same_model
from traces.domain.span_row import SpanRow

CLOCK_SLACK_NS = 5_000_000
"""How far a second report may stick out of the first: instrumentations read the clock one after the other, and
exporters in JavaScript round to milliseconds."""


def join_by_response_id(calls: Iterable[Report]) -> None:
    """Reports with the same id of the provider's answer are one call, wherever they stand; an answer from a cache of
    the application's own has the id of the call that it spares, and is another."""
    with_id: dict[tuple[str, bool], list[Report]] = {}
    for report in calls:
        if report.span.response_id:
            with_id.setdefault((report.span.response_id, report.is_cache_hit), []).append(report)
    for same in with_id.values():
        is_told_elsewhere = any(report.is_elsewhere for report in same)
        for report in same:
            report.is_told_elsewhere |= is_told_elsewhere
            if report is not same[0]:
                join(same[0], report, reason=Reason.SAME_RESPONSE)


def join_logs(calls: Iterable[Report]) -> None:
    """A request that ended at once without usage, and the log beside it that tells how its stream ended.

    They come from one instrumentation, below one parent; the log says how long the call took.
    """
    silent: dict[tuple[bytes, bytes | None, bytes], list[Report]] = {}
    logs = []
    for report in calls:
        if _concluded_ns(report) is not None:
            logs.append(report)
        elif not report.usage.is_reported and not report.failed:
            silent.setdefault(_place(report.span), []).append(report)
    for log in sorted(logs, key=_by_start):
        began_ns = log.span.start_ns - (_concluded_ns(log) or 0)
        requests = silent.get(_place(log.span), [])
        fitting = [request for request in requests if request.span.start_ns <= log.span.start_ns]
        if fitting:
            request = min(
                fitting, key=lambda request: (abs(request.span.end_ns - began_ns), request.span.span_id)
            )
            requests.remove(request)
            join(request, log, reason=Reason.SAME_CALL_OVERLAP)


def _place(span: SpanRow) -> tuple[bytes, bytes | None, bytes]:
    return span.trace_id, span.parent_span_id, span.scope_digest


def _concluded_ns(report: Report) -> int | None:
    details = report.span.details
    return details.get("concluded_duration_ns") if details and report.span.duration_ns == 0 else None


def join_by_nesting(calls: Sequence[Report]) -> None:
    """An outer and an inner report of one call, with no agent or tool between.

    An outer span over a single call repeats it where nothing speaks against it. One over several is matched to the
    one whose usage it has; otherwise it is their wrapper (traces.domain.call_wrappers). From the innermost outwards,
    so that a framework, a gateway and an SDK may tell one call.
    """
    for outer in reversed(calls):
        inner = [below for below in outer.below if below.is_model_call and below.is_direct]
        if not inner or not outer.is_alone:
            continue
        fitting = [below for below in inner if all(_can_nest(outer, told) for told in below.group)]
        if len(inner) > 1:
            fitting = [below for below in fitting if has_equal_usage(outer, below)]
        if len(fitting) == 1:
            join(outer, fitting[0], reason=Reason.SAME_CALL_NESTED)


def _can_nest(outer: Report, inner: Report) -> bool:
    """A model call has no model call of its own: where the instrumentations differ, or the usage does not, the two
    are one."""
    if not _can_be_same(outer, inner):
        return False
    if is_other_scope(outer, inner):
        return True
    return not outer.usage.is_reported or not inner.usage.is_reported or has_equal_usage(outer, inner)


def join_by_time(calls: Sequence[Report]) -> None:
    """One-to-one matching of reports that enclose one another in time, without being above one another.

    Between two traces it takes more: equal usage that both report, one service, and one of the two must stand alone
    in its trace, as instrumentations do that do not know who called them.
    """
    if len({report.span.scope_digest for report in calls}) < 2:
        return  # one instrumentation alone repeats nothing; spares the pairs of a wide fan-out
    pairs = [
        (_distance(one, other), one, other)
        for one, other in _candidates(calls)
        if _can_overlap_as_one(one, other)
    ]
    pairs.sort(key=lambda pair: pair[0])
    for _, one, other in pairs:
        if one.group is not other.group and _scopes(one).isdisjoint(_scopes(other)):
            one.is_told_elsewhere |= other.is_elsewhere
            other.is_told_elsewhere |= one.is_elsewhere
            join(one, other, reason=Reason.SAME_CALL_OVERLAP)


def _scopes(report: Report) -> set[bytes]:
    """The instrumentations that tell of the report's call."""
    return {told.span.scope_digest for told in report.group}


def _candidates(reports: Iterable[Report]) -> Iterator[tuple[Report, Report]]:
    """Pairs of different instrumentations that overlap in time and whose usage does not differ: equal, or reported by
    one of the two at most."""
    by_usage: dict[tuple[int | None, int | None] | None, list[Report]] = {}
    told: list[Report] = []
    for report in sorted(reports, key=_by_start):
        usage = report.usage
        key = (usage.input_tokens, usage.output_tokens) if usage.is_reported else None
        by_usage.setdefault(key, []).append(report)
        if key is not None:
            told.append(report)
    for same in by_usage.values():
        yield from _overlapping(same, same)
    silent = by_usage.get(None, [])
    yield from _overlapping(silent, told)
    yield from _overlapping(told, silent)


def _by_start(report: Report) -> tuple[int, bytes]:
    return (report.span.start_ns, report.span.span_id)


_MOST_NEIGHBOURS = 64
"""Overlapping reports of one instrumentation that a report of another is compared with: a fan-out of thousands of
equal calls would otherwise cost its square."""


def _overlapping(ones: Sequence[Report], others: Sequence[Report]) -> Iterator[tuple[Report, Report]]:
    """Pairs of different instrumentations in which the other starts before the one has ended; both by start."""
    by_scope: dict[bytes, list[Report]] = {}
    for report in others:
        by_scope.setdefault(report.span.scope_digest, []).append(report)
    for scope, listed in by_scope.items():
        place = 0
        for one in ones:
            if one.span.scope_digest == scope:
                continue
            while place < len(listed) and _by_start(listed[place]) < _by_start(one):
                place += 1
            for other in itertools.islice(listed, place, place + _MOST_NEIGHBOURS):
                if other.span.start_ns > one.span.end_ns + CLOCK_SLACK_NS:
                    break
                yield one, other


def _can_overlap_as_one(one: Report, other: Report) -> bool:
    if not _encloses(one.span, other.span) or not _can_be_same(one, other):
        return False
    if one.usage.is_reported and other.usage.is_reported and not has_equal_usage(one, other):
        return False
    if one.is_elsewhere or other.is_elsewhere:
        return _can_be_same_elsewhere(one, other)
    return not _is_above(one, other) and not _is_above(other, one)


def _can_be_same_elsewhere(one: Report, other: Report) -> bool:
    return (
        one.span.trace_id != other.span.trace_id
        and (one.is_lone or other.is_lone)
        and has_equal_usage(one, other)
        and one.span.service == other.span.service
    )


def _is_above(one: Report, other: Report) -> bool:
    above = other.above
    while above is not None and above is not one:
        above = above.above
    return above is one


def _encloses(one: SpanRow, other: SpanRow) -> bool:
    """Whether one of the two lies within the other, give or take the clock."""
    starts, ends = one.start_ns - other.start_ns, one.end_ns - other.end_ns
    return (starts <= CLOCK_SLACK_NS and ends >= -CLOCK_SLACK_NS) or (
        starts >= -CLOCK_SLACK_NS and ends <= CLOCK_SLACK_NS
    )


def _distance(one: Report, other: Report) -> tuple[bool, bool, int, bytes, bytes]:
    """Within the trace first, equal usage next, then the closest in time; ids make the order total."""
    gap = abs(one.span.start_ns - other.span.start_ns) + abs(one.span.end_ns - other.span.end_ns)
    ids = sorted((one.span.span_id, other.span.span_id))
    return (one.is_elsewhere or other.is_elsewhere, not has_equal_usage(one, other), gap, ids[0], ids[1])


def is_other_scope(one: Report, other: Report) -> bool:
    """Whether two reports come from two instrumentations."""
    return one.span.scope_digest != other.span.scope_digest


def has_equal_usage(one: Report, other: Report) -> bool:
    """Whether both report usage, and the same."""
    return (
        one.usage.is_reported
        and one.usage.input_tokens == other.usage.input_tokens
        and one.usage.output_tokens == other.usage.output_tokens
    )


def _can_be_same(one: Report, other: Report) -> bool:
    """Nothing in kind, outcome, id and model speaks against the two being one call."""
    a, b = one.span, other.span
    if a.kind != b.kind or one.failed != other.failed:
        return False
    if a.response_id and b.response_id and a.response_id != b.response_id:
        return False
    return _models_can_be_same(a, b)


def _models_can_be_same(a: SpanRow, b: SpanRow) -> bool:
    """`gpt-4o` may have been served as `gpt-4o-2024-08-06`, and LiteLLM says `openai/gpt-4o`; an unnamed model may
    be any."""
    names = [name for name in (a.request_model, a.response_model) if name]
    others = [name for name in (b.request_model, b.response_model) if name]
    if not names or not others:
        return True
    return any(is_same_model(one, other) for one in names for other in others)
