"""The geometry of a trace: which row stands where, how far its bar is from the left and how wide.

Pure and by integers; the positions come out as percent strings that go into SVG attributes as they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from core.clock import NS_PER_SECOND
from core.units import format_duration
from traces.domain.call_reports import Reason
from traces.domain.failures import Billing
from traces.domain.tree import TreeNode, build_forest, walk
from traces.selectors.rows import SpanNode

HUNDRED_PERCENT = 100_00
"""Positions are counted in hundredths of a percent: finer than a pixel of any screen."""

NARROWEST = 60
"""Hundredths of a percent that every bar gets, so that a span of a microsecond in a run of minutes is still seen."""

MOST_TICKS = 4
"""Labels must not run into one another where the axis is 200 pixels wide."""

LAST_LABEL = 83_00
"""Hundredths of a percent beyond which a label of 36 pixels would leave an axis that is 220 pixels wide."""

SECOND_REPORTS = frozenset(
    {
        Reason.SAME_RESPONSE,
        Reason.SAME_CALL_NESTED,
        Reason.SAME_CALL_OVERLAP,
        Reason.WRAPPER,
        Reason.RUNNING_TOTAL,
        Reason.LOCAL_CACHE,
    }
)
"""Reasons of spans that tell again of a call that is counted elsewhere."""

_MINUTE = 60 * NS_PER_SECOND
_HOUR = 60 * _MINUTE
_ROUND_STEPS = (
    *(digit * 10**power for power in range(10) for digit in (1, 2, 5)),
    *(seconds * NS_PER_SECOND for seconds in (10, 15, 30)),
    *(minutes * _MINUTE for minutes in (1, 2, 5, 10, 15, 30)),
    *(hours * _HOUR for hours in (1, 2, 6, 12, 24, 48, 168)),
)
"""Distances between ticks that people read without thinking, ascending, in nanoseconds."""


@dataclass(frozen=True, slots=True)
class Window:
    """The stretch of time that the full width shows."""

    start_ns: int
    end_ns: int

    @property
    def length_ns(self) -> int:
        """At least 1, so that a trace of no duration divides too."""
        return max(1, self.end_ns - self.start_ns)

    def position(self, moment_ns: int) -> int:
        """Hundredths of a percent from the left edge, kept within the window."""
        offset_ns = min(max(moment_ns - self.start_ns, 0), self.length_ns)
        return offset_ns * HUNDRED_PERCENT // self.length_ns


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on the time axis; its label is empty where there is no room for one."""

    position: str
    label: str


@dataclass(frozen=True, slots=True)
class Usage:
    """What the counted model calls of a subtree used, each counted once.

    `cost_usd` is None where none of them has a known price. What `unknown_call_count` of them cost is not known, so
    that the sum is a lower bound.
    """

    call_count: int = 0
    tokens: int = 0
    cost_usd: Decimal | None = None
    unknown_call_count: int = 0

    def plus(self, other: "Usage") -> "Usage":
        """Both together."""
        costs = [cost for cost in (self.cost_usd, other.cost_usd) if cost is not None]
        return Usage(
            call_count=self.call_count + other.call_count,
            tokens=self.tokens + other.tokens,
            cost_usd=sum(costs, Decimal(0)) if costs else None,
            unknown_call_count=self.unknown_call_count + other.unknown_call_count,
        )


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One span in its row.

    `level` is 1 for a root. `position_in_set` and `set_size` count siblings, from 1. `below_count` is the number of
    descendants. `usage` is that of the whole subtree, this span included.
    """

    span: SpanNode
    span_id: str
    level: int
    position_in_set: int
    set_size: int
    child_count: int
    below_count: int
    is_orphan: bool
    offset: str
    width: str
    after_start_ns: int
    usage: Usage

    @property
    def note(self) -> str:
        """What stands beside the name: the model, else the tool or agent where the name does not say it."""
        span = self.span
        named = span.model or span.tool or span.agent or ""
        return "" if named in span.name else named

    @property
    def own_tokens(self) -> int | None:
        """Input and output tokens that this span reports, counted or not; None where it reports none."""
        reported = [count for count in (self.span.input_tokens, self.span.output_tokens) if count is not None]
        return sum(reported) if reported else None

    @property
    def is_model_call(self) -> bool:
        """The span reports a model call, be it counted here or elsewhere."""
        return self.span.reason is not None

    @property
    def is_second_report(self) -> bool:
        """The model call that the span reports is counted at another span."""
        return self.span.reason in SECOND_REPORTS


@dataclass(frozen=True, slots=True)
class Timeline:
    """All rows in reading order, and the axis above them."""

    window: Window
    rows: list[TimelineRow]
    ticks: list[Tick]


def percent(hundredths: int) -> str:
    """`12.34%` of 1234."""
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02d}%"


def build_timeline(spans: Sequence[SpanNode], *, start_ns: int, end_ns: int) -> Timeline:
    """Rows in pre-order for spans in any order. O(n log n), without recursion.

    `start_ns` and `end_ns` are those of the trace; the window grows where a span lies outside of them (a child
    that outlives its request, a clock that is off).
    """
    window = Window(
        start_ns=min([start_ns, *(span.start_ns for span in spans)]),
        end_ns=max([end_ns, *(span.end_ns for span in spans)]),
    )
    roots = build_forest(spans)
    nodes = list(walk(roots))
    totals = _subtree_totals(nodes)
    places = _places(roots, nodes)
    rows = [_row(node, window=window, total=totals[id(node)], place=places[id(node)]) for node in nodes]
    return Timeline(window=window, rows=rows, ticks=axis_ticks(window))


def axis_ticks(window: Window) -> list[Tick]:
    """At most MOST_TICKS marks at round distances, the first at the left edge, labelled by time since the start."""
    step_ns = next(
        (step for step in _ROUND_STEPS if window.length_ns // step < MOST_TICKS),
        -(-window.length_ns // MOST_TICKS),
    )
    return [
        Tick(
            position=percent(window.position(window.start_ns + offset_ns)),
            label=_tick_label(offset_ns, window=window),
        )
        for offset_ns in range(0, window.length_ns, step_ns)
    ]


def _tick_label(offset_ns: int, *, window: Window) -> str:
    if window.position(window.start_ns + offset_ns) > LAST_LABEL:
        return ""
    return format_duration(offset_ns) if offset_ns else "0"


def deadline_position(window: Window, *, moment_ns: int) -> str:
    """Where the moment lies in the window, as a percent string; empty where it lies outside."""
    if not window.start_ns <= moment_ns <= window.end_ns:
        return ""
    return percent(window.position(moment_ns))


def span_usage(span: SpanNode) -> Usage:
    """What this span alone adds to its trace's totals: nothing unless it stands for a model call."""
    if span.reason is None or span.reason in SECOND_REPORTS:
        return Usage()
    if not span.is_counted:
        is_unknown = span.reason == Reason.UNMETERED or span.billing not in (None, Billing.UNBILLED)
        return Usage(call_count=1, unknown_call_count=int(is_unknown))
    return Usage(
        call_count=int(span.reason != Reason.REMAINDER),
        tokens=span.counted_tokens or 0,
        cost_usd=span.cost_usd,
        unknown_call_count=int(span.cost_usd is None),
    )


MOST_UNKNOWN = 5
"""Calls of unknown cost that a page names; their number is the trace's own."""


def unknown_rows(rows: Sequence[TimelineRow]) -> list[TimelineRow]:
    """The first calls of which the cost is not known: they make a trace's cost a lower bound."""
    found = (row for row in rows if span_usage(row.span).unknown_call_count)
    return list(islice(found, MOST_UNKNOWN))


def _subtree_totals(nodes: Sequence[TreeNode[SpanNode]]) -> dict[int, tuple[int, Usage]]:
    """By id(node): descendants and usage. `nodes` in pre-order, so that backwards every child comes first."""
    totals: dict[int, tuple[int, Usage]] = {}
    for node in reversed(nodes):
        below_count, usage = 0, span_usage(node.span)
        for child in node.children:
            child_below_count, child_usage = totals[id(child)]
            below_count += 1 + child_below_count
            if child_usage.call_count:
                usage = usage.plus(child_usage)
        totals[id(node)] = (below_count, usage)
    return totals


def _places(
    roots: Sequence[TreeNode[SpanNode]], nodes: Sequence[TreeNode[SpanNode]]
) -> dict[int, tuple[int, int]]:
    """By id(node): position among its siblings, from 1, and their number."""
    families = [roots, *(node.children for node in nodes if node.children)]
    return {
        id(member): (position, len(family))
        for family in families
        for position, member in enumerate(family, start=1)
    }


def _row(
    node: TreeNode[SpanNode], *, window: Window, total: tuple[int, Usage], place: tuple[int, int]
) -> TimelineRow:
    span = node.span
    offset, width = bar(window, start_ns=span.start_ns, end_ns=span.end_ns)
    return TimelineRow(
        span=span,
        span_id=span.span_id.hex(),
        level=node.depth + 1,
        position_in_set=place[0],
        set_size=place[1],
        child_count=len(node.children),
        below_count=total[0],
        is_orphan=node.is_orphan,
        offset=percent(offset),
        width=percent(width),
        after_start_ns=span.start_ns - window.start_ns,
        usage=total[1],
    )


def bar(window: Window, *, start_ns: int, end_ns: int) -> tuple[int, int]:
    """Offset and width in hundredths of a percent: within the window, and never narrower than NARROWEST."""
    left = window.position(start_ns)
    right = max(window.position(end_ns), left)
    width = max(right - left, NARROWEST)
    return min(left, HUNDRED_PERCENT - width), width
