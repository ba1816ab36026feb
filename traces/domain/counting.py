"""One model call, counted once, whoever reports it how often.

Frameworks and SDKs are instrumented side by side, so a call may be told by two spans: parent and child,
siblings that overlap in time, or roots; and an agent's span may repeat the sum of the calls below it. Neither
"leaves only" nor "outermost only" is right, so the decision is made by evidence, over the whole trace at once,
in this order:

1. *Response id*: spans with the same id of the provider's answer are one call, wherever they stand.
2. *Nesting*: a model span below another one, with no agent or tool between and told by another
   instrumentation, is the same call where nothing speaks against it: no two different response ids, no two
   different usages, models that can be the same.
3. *Time*: of model spans in other instrumentations that are not above one another, those that enclose one another
   in time and have equal usage (or where one has none) are matched one to one, the closest first.
4. *Sums*: a span of any kind whose descendants report calls is a wrapper; its own usage is theirs again. Where
   no descendant explains it, it is the only report and counts.

A call's usage is the union of its reports: the most complete one, filled from the others.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from traces.domain.span_row import MODEL_CALL_KINDS, STATUS_ERROR, SpanRow
from traces.domain.tree import TreeNode
from traces.semconv.tokens import Usage

_CLOCK_SLACK_NS = 5_000_000
"""How far a second report may stick out of the first: instrumentations read the clock one after the other, and
exporters in JavaScript round to milliseconds."""


class Reason(StrEnum):
    """Why a span's usage is counted or not; stored, shown on the trace page."""

    CALL = "call"
    ONLY_REPORT = "only_report"
    SAME_RESPONSE = "same_response"
    SAME_CALL_NESTED = "same_call_nested"
    SAME_CALL_OVERLAP = "same_call_overlap"
    WRAPPER = "wrapper"
    FAILED = "failed"
    UNMETERED = "unmetered"


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about one span. `usage` is the whole call's on the span that is counted, else the span's own.

    `is_call` is true on exactly one span of each call, counted or not: failed and unmetered calls count as calls.
    `same_as` names the span on which the call is counted, where this one is a second report.
    """

    span: SpanRow
    usage: Usage
    is_counted: bool
    is_call: bool
    reason: Reason
    same_as: bytes | None = None


@dataclass(slots=True, eq=False)
class _Report:
    """A span that tells of a model call, and the nearest such span above it."""

    node: TreeNode[SpanRow]
    usage: Usage
    above: "_Report | None"
    is_direct: bool  # no agent or tool stands between this one and the one above
    below: "list[_Report]" = field(default_factory=list)
    joined_by: Reason | None = None

    @property
    def span(self) -> SpanRow:
        return self.node.span

    @property
    def is_model_call(self) -> bool:
        return self.span.kind in MODEL_CALL_KINDS

    @property
    def failed(self) -> bool:
        return self.span.status == STATUS_ERROR


def usage_of(span: SpanRow) -> Usage:
    """The usage that a span reports."""
    return Usage(
        span.input_tokens,
        span.cache_read_input_tokens,
        span.cache_creation_input_tokens,
        span.output_tokens,
        span.reasoning_output_tokens,
    )


def count_calls(roots: Sequence[TreeNode[SpanRow]]) -> list[Decision]:
    """A decision for every span that is, wraps or repeats a model call, in tree order."""
    reports = list(_reports(roots))
    calls = [report for report in reports if report.is_model_call]
    groups = _Groups(calls)
    _join_by_response_id(calls, groups)
    _join_by_nesting(calls, groups)
    _join_by_time(calls, groups)
    decided = {id(decision.span): decision for decision in _decide(reports, groups)}
    return [decided[id(report.span)] for report in reports]


def _reports(roots: Sequence[TreeNode[SpanRow]]) -> Iterator[_Report]:
    """Reports in tree order, linked to the nearest report above."""
    stack: list[tuple[TreeNode[SpanRow], _Report | None, bool]] = [
        (root, None, True) for root in reversed(roots)
    ]
    while stack:
        node, above, is_direct = stack.pop()
        span, usage = node.span, usage_of(node.span)
        if span.kind in MODEL_CALL_KINDS or usage.is_reported:
            report = _Report(node, usage, above, is_direct)
            if above is not None:
                above.below.append(report)
            yield report
            above, is_direct = report, True
        if span.kind in ("agent", "tool"):
            is_direct = False
        stack.extend((child, above, is_direct) for child in reversed(node.children))


class _Groups:
    """Union-find over reports: those in one group report one call."""

    def __init__(self, reports: Iterable[_Report]) -> None:
        self._parent = {id(report): report for report in reports}
        self._members = {id(report): [report] for report in self._parent.values()}

    def of(self, report: _Report) -> list[_Report]:
        """All reports of the same call, in tree order of joining."""
        return self._members[id(self._parent[id(report)])]

    def all(self) -> list[list[_Report]]:
        return list(self._members.values())

    def are_joined(self, one: _Report, other: _Report) -> bool:
        return self._parent[id(one)] is self._parent[id(other)]

    def join(self, one: _Report, other: _Report, *, reason: Reason) -> None:
        """Make one call of two reports' calls; `other` was found to repeat `one`."""
        keep, gone = self._parent[id(one)], self._parent[id(other)]
        if keep is gone:
            return
        for report in self._members.pop(id(gone)):
            report.joined_by = report.joined_by or reason
            self._parent[id(report)] = keep
            self._members[id(keep)].append(report)
        one.joined_by = one.joined_by or reason


def _join_by_response_id(calls: Sequence[_Report], groups: _Groups) -> None:
    first_with: dict[str, _Report] = {}
    for report in calls:
        if report.span.response_id:
            first = first_with.setdefault(report.span.response_id, report)
            if first is not report:
                groups.join(first, report, reason=Reason.SAME_RESPONSE)


def _join_by_nesting(calls: Sequence[_Report], groups: _Groups) -> None:
    """Outer and inner report of one call. An outer span with several inner calls is matched to the best one only
    when its usage is that one's; otherwise it is a wrapper of them all."""
    for outer in calls:
        inner = [
            below
            for below in outer.below
            if below.is_model_call and below.is_direct and _is_other_instrumentation(outer, below)
        ]
        fitting = [
            below for below in inner if _can_be_same(outer, below) and not groups.are_joined(outer, below)
        ]
        if len(inner) > 1:
            fitting = [below for below in fitting if _has_equal_usage(outer, below)]
        if len(fitting) == 1 and len(groups.of(outer)) == 1:
            groups.join(outer, fitting[0], reason=Reason.SAME_CALL_NESTED)


def _join_by_time(calls: Sequence[_Report], groups: _Groups) -> None:
    """One-to-one matching of reports that enclose one another in time, without being above one another."""
    lonely = [report for report in calls if len(groups.of(report)) == 1]
    if len({report.span.scope_digest for report in lonely}) < 2:
        return  # one instrumentation alone repeats nothing; spares the pairs of a wide fan-out
    pairs = [
        (_distance(one, other), one, other)
        for one, other in _candidates(lonely)
        if _can_overlap_as_one(one, other)
    ]
    pairs.sort(key=lambda pair: pair[0])
    for _, one, other in pairs:
        if len(groups.of(one)) == 1 and len(groups.of(other)) == 1:
            groups.join(one, other, reason=Reason.SAME_CALL_OVERLAP)


def _candidates(reports: Sequence[_Report]) -> Iterator[tuple[_Report, _Report]]:
    """Pairs that overlap in time and whose usage does not differ: equal, or reported by one of the two at most.

    Reports are sorted into buckets by usage first, so that a fan-out of thousands does not cost their square.
    """
    buckets: dict[tuple[int | None, int | None] | None, list[_Report]] = {}
    for report in sorted(reports, key=lambda report: report.span.start_ns):
        usage = report.usage
        key = (usage.input_tokens, usage.output_tokens) if usage.is_reported else None
        buckets.setdefault(key, []).append(report)
    silent = buckets.pop(None, [])
    yield from _overlapping(silent)
    for bucket in buckets.values():
        yield from _overlapping(bucket)
        if silent:
            told = {id(report) for report in bucket}
            mixed = sorted([*silent, *bucket], key=lambda report: report.span.start_ns)
            yield from (
                pair for pair in _overlapping(mixed) if (id(pair[0]) in told) != (id(pair[1]) in told)
            )


def _overlapping(by_start: Sequence[_Report]) -> Iterator[tuple[_Report, _Report]]:
    """Pairs in which the second starts before the first has ended."""
    for place, one in enumerate(by_start):
        for other in by_start[place + 1 :]:
            if other.span.start_ns > one.span.end_ns + _CLOCK_SLACK_NS:
                break
            yield one, other


def _can_overlap_as_one(one: _Report, other: _Report) -> bool:
    return (
        _is_other_instrumentation(one, other)
        and _encloses(one.span, other.span)
        and _can_be_same(one, other)
        and not _is_above(one, other)
        and not _is_above(other, one)
    )


def _is_above(one: _Report, other: _Report) -> bool:
    above = other.above
    while above is not None and above is not one:
        above = above.above
    return above is one


def _encloses(one: SpanRow, other: SpanRow) -> bool:
    """Whether one of the two lies within the other, give or take the clock."""
    starts, ends = one.start_ns - other.start_ns, one.end_ns - other.end_ns
    return (starts <= _CLOCK_SLACK_NS and ends >= -_CLOCK_SLACK_NS) or (
        starts >= -_CLOCK_SLACK_NS and ends <= _CLOCK_SLACK_NS
    )


def _distance(one: _Report, other: _Report) -> tuple[bool, int, bytes, bytes]:
    """Equal usage first, then the closest in time; ids make the order total."""
    gap = abs(one.span.start_ns - other.span.start_ns) + abs(one.span.end_ns - other.span.end_ns)
    return (not _has_equal_usage(one, other), gap, one.span.span_id, other.span.span_id)


def _is_other_instrumentation(one: _Report, other: _Report) -> bool:
    return one.span.scope_digest != other.span.scope_digest


def _can_be_same(one: _Report, other: _Report) -> bool:
    """Nothing speaks against the two being one call."""
    a, b = one.span, other.span
    if a.kind != b.kind or one.failed != other.failed:
        return False
    if a.response_id and b.response_id and a.response_id != b.response_id:
        return False
    if one.usage.is_reported and other.usage.is_reported and not _has_equal_usage(one, other):
        return False
    return _models_can_be_same(a, b)


def _has_equal_usage(one: _Report, other: _Report) -> bool:
    return (
        one.usage.is_reported
        and one.usage.input_tokens == other.usage.input_tokens
        and one.usage.output_tokens == other.usage.output_tokens
    )


def _models_can_be_same(a: SpanRow, b: SpanRow) -> bool:
    """`gpt-4o` may have been served as `gpt-4o-2024-08-06`, and LiteLLM says `openai/gpt-4o`; an unnamed model may
    be any."""
    names = [_bare_model(name) for name in (a.request_model, a.response_model) if name]
    others = [_bare_model(name) for name in (b.request_model, b.response_model) if name]
    if not names or not others:
        return True
    return any(one.startswith(other) or other.startswith(one) for one in names for other in others)


def _bare_model(name: str) -> str:
    return name.rsplit("/", 1)[-1].lower()


# --- The decision ---------------------------------------------------------------------------------------


def _decide(reports: Sequence[_Report], groups: _Groups) -> Iterator[Decision]:
    explained = _reports_above_usage(reports)
    for group in groups.all():
        yield from _decide_call(group, is_wrapper=_is_wrapper(group, explained))
    for report in reports:
        if not report.is_model_call:
            is_wrapper = id(report) in explained
            reason = Reason.WRAPPER if is_wrapper else Reason.ONLY_REPORT
            yield Decision(
                report.span, report.usage, is_counted=not is_wrapper, is_call=not is_wrapper, reason=reason
            )


def _reports_above_usage(reports: Sequence[_Report]) -> set[int]:
    """The reports that have a report with usage, or a model call, somewhere below: ids of _Report objects."""
    explained: set[int] = set()
    for report in reports:
        above = report.above
        while above is not None and id(above) not in explained:
            explained.add(id(above))
            above = above.above
    return explained


def _is_wrapper(group: Sequence[_Report], explained: set[int]) -> bool:
    """A model span that encloses several calls of others, told directly below, and repeats their sum."""
    if len(group) > 1 or id(group[0]) not in explained:
        return False
    outer = group[0]
    inner = [below for below in outer.below if below.is_direct and below.usage.is_reported]
    if not inner:
        return False
    if not outer.usage.is_reported:
        return True
    return outer.usage.input_tokens == sum(below.usage.input_tokens or 0 for below in inner)


def _decide_call(group: Sequence[_Report], *, is_wrapper: bool) -> Iterator[Decision]:
    if is_wrapper:
        yield Decision(group[0].span, group[0].usage, is_counted=False, is_call=False, reason=Reason.WRAPPER)
        return
    chosen = min(group, key=_completeness)
    usage = unite_usages([chosen.usage, *(report.usage for report in group)])
    for report in group:
        if report is chosen:
            yield Decision(
                chosen.span,
                usage,
                is_counted=usage.is_reported,
                is_call=True,
                reason=_reason_of_chosen(group, usage),
            )
        else:
            reason = report.joined_by or Reason.SAME_RESPONSE
            yield Decision(
                report.span,
                report.usage,
                is_counted=False,
                is_call=False,
                reason=reason,
                same_as=chosen.span.span_id,
            )


def _reason_of_chosen(group: Sequence[_Report], usage: Usage) -> Reason:
    if usage.is_reported:
        return Reason.CALL
    return Reason.FAILED if any(report.failed for report in group) else Reason.UNMETERED


def _completeness(report: _Report) -> tuple[int, bool, int, int, bytes]:
    """Sorts the most telling report first: usage in most detail, then a named model, then the inner one."""
    known = sum(count is not None for count in report.usage)
    return (-known, not report.span.model, -report.node.depth, report.span.start_ns, report.span.span_id)


def unite_usages(usages: Sequence[Usage]) -> Usage:
    """Field by field the first known value."""
    return Usage(
        *(
            next((value for value in values if value is not None), None)
            for values in zip(*usages, strict=True)
        )
    )
