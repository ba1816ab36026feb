"""The spans of a trace that tell of model calls, and which of them tell of the same one.

A *report* is a span that is a model call by its kind, or that carries usage. Reports of one call form a group.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from traces.domain.span_row import MODEL_CALL_KINDS, STATUS_ERROR, SpanRow
from traces.domain.tree import TreeNode
from traces.semconv.tokens import Usage


class Reason(StrEnum):
    """Why a span's usage is counted or not; stored, shown on the trace page."""

    CALL = "call"
    ONLY_REPORT = "only_report"
    GROWTH = "growth"
    REMAINDER = "remainder"
    SAME_RESPONSE = "same_response"
    SAME_CALL_NESTED = "same_call_nested"
    SAME_CALL_OVERLAP = "same_call_overlap"
    WRAPPER = "wrapper"
    RUNNING_TOTAL = "running_total"
    FAILED = "failed"
    UNMETERED = "unmetered"
    LOCAL_CACHE = "local_cache"
    METERED_ABOVE = "metered_above"


@dataclass(slots=True, eq=False)
class Report:
    """A span that tells of a model call, and the nearest such span above it.

    `is_direct`: no agent or tool stands between this one and the one above; `is_own`: no agent does. `is_lone`: the
    whole tree in which it stands is a model call, as when an instrumentation does not know who called it.
    `is_elsewhere`: it stands in another trace; `is_told_elsewhere`: it was matched with one there, as whoever counts
    the other trace sees too. `is_cache_hit`: a cache of the application's own answered. `running_total_of` is what the
    function of this name says.
    """

    span: SpanRow
    usage: Usage
    depth: int = 0
    above: "Report | None" = None
    is_direct: bool = True
    is_own: bool = True
    is_lone: bool = False
    is_elsewhere: bool = False
    is_told_elsewhere: bool = False
    below: "list[Report]" = field(default_factory=list)
    group: "list[Report]" = field(default_factory=list)
    joined_by: Reason | None = None
    is_model_call: bool = field(init=False)
    failed: bool = field(init=False)
    is_cache_hit: bool = field(init=False)
    running_total_of: str | None = field(init=False)

    def __post_init__(self) -> None:
        self.group = [self]
        span, details = self.span, self.span.details
        self.is_model_call = span.kind in MODEL_CALL_KINDS
        self.failed = span.status == STATUS_ERROR
        self.is_cache_hit = details is not None and bool(details.get("is_cache_hit"))
        self.running_total_of = running_total_of(span)

    @property
    def is_alone(self) -> bool:
        """Whether no other report was found to tell of the same call."""
        return len(self.group) == 1


@dataclass(frozen=True, slots=True)
class ReportElsewhere:
    """A report in another trace of the project that may tell of a call of this one."""

    span: SpanRow
    is_lone: bool


def running_total_of(span: SpanRow) -> str | None:
    """The agent object over all of whose turns the span's usage is a total, "" where it has no id; None for others."""
    return span.details.get("running_total_of") if span.details else None


def usage_of(span: SpanRow) -> Usage:
    """The usage that a span reports."""
    return Usage(
        span.input_tokens,
        span.cache_read_input_tokens,
        span.cache_creation_input_tokens,
        span.output_tokens,
        span.reasoning_output_tokens,
    )


def collect_reports(roots: Sequence[TreeNode[SpanRow]]) -> list[Report]:
    """The reports of a forest in tree order, linked to the nearest report above. Without recursion."""
    found: list[Report] = []
    for root in roots:
        is_lone = root.span.kind in MODEL_CALL_KINDS
        stack: list[tuple[TreeNode[SpanRow], Report | None, bool, bool]] = [(root, None, True, True)]
        while stack:
            node, above, is_direct, is_own = stack.pop()
            span = node.span
            is_call = span.kind in MODEL_CALL_KINDS
            if is_call or span.input_tokens is not None or span.output_tokens is not None:
                report = Report(span, usage_of(span), node.depth, above, is_direct, is_own, is_lone)
                if above is not None:
                    above.below.append(report)
                found.append(report)
                above, is_direct, is_own = report, True, True
            elif span.kind in ("agent", "tool"):
                is_direct = False
                is_own = is_own and span.kind != "agent"
            stack.extend((child, above, is_direct, is_own) for child in reversed(node.children))
    return found


def reports_elsewhere(elsewhere: Iterable[ReportElsewhere]) -> Iterator[Report]:
    """Reports in other traces, to be joined with those of this one."""
    for told in elsewhere:
        yield Report(told.span, usage_of(told.span), is_lone=told.is_lone, is_elsewhere=True)


def join(one: Report, other: Report, *, reason: Reason) -> None:
    """Make one call of two reports' calls."""
    keep, gone = one.group, other.group
    if keep is gone:
        return
    if len(keep) < len(gone):
        keep, gone = gone, keep
    for report in gone:
        report.group = keep
    keep.extend(gone)
    one.joined_by = one.joined_by or reason
    other.joined_by = other.joined_by or reason


def distinct_groups(reports: Iterable[Report]) -> list[list[Report]]:
    """Every group once, in the order of its first report."""
    return list({id(report.group): report.group for report in reports}.values())
