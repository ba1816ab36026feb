"""Series into charts: a Plotly figure as plain data, and the same numbers as a table.

Colours are names of CSS variables ("--series-1"); chart.js puts the theme's values in their place. Every text that
came with a trace is escaped, since Plotly reads a little HTML in texts.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import Any

from core.clock import NS_PER_DAY, NS_PER_MS, NS_PER_SECOND, datetime_from_ns
from core.units import at_least, format_duration, format_usd
from dashboards.domain.axes import Axis, duration_axis, plotly_axis, usd_axis, usd_bar_axis
from dashboards.domain.ranges import Window
from traces.selectors.rows import CostPoint, LatencyPoint

Href = Callable[[int, int], str]
"""The address of the traces that began in [since_ns, until_ns)."""

_TRANSPARENT = "rgba(0,0,0,0)"
_LONE_DOT = 6
_SHORT_NS = 2 * NS_PER_DAY
"""A window up to this long is labelled by the hour, a longer one by the day."""
_MOST_STACKED = 7
"""Models with a colour of their own; the eighth colour is that of all others."""
_OTHERS = "(others)"


@dataclass(frozen=True, slots=True)
class Limit:
    """A horizontal line: what it is called, where it stands and in which colour."""

    words: str
    value: int | Decimal
    colour: str


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """What a mark of the chart stands for. `ink` is the name of its colour, `shape` solid, dot, dash or box."""

    words: str
    ink: str
    shape: str


@dataclass(frozen=True, slots=True)
class Chart:
    """`key` names the element, `words` say what is drawn; `columns` and `rows` hold the numbers as text.

    The legend stands outside the figure, where its names can wrap and hide no data.
    """

    key: str
    words: str
    figure: dict[str, Any]
    legend: tuple[LegendEntry, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a chart, told apart by its dash and width as well as its colour."""

    words: str
    colour: str
    dash: str
    width: float


_P50 = _Line("p50", "--series-3", "dot", 1.5)
_P95 = _Line("p95", "--series-1", "solid", 2.25)
_P99 = _Line("p99", "--series-2", "dash", 1.5)
_MEAN = _Line("mean", "--series-3", "dot", 1.5)


def latency_chart(
    points: Sequence[LatencyPoint], *, window: Window, limits: Sequence[Limit], href: Href
) -> Chart:
    """p50, p95 and p99 of Trace Latency over the window, with the limits as lines.

    `points` are ungrouped, of the window's buckets; a bucket without traces breaks the lines.
    """
    found = {point.start_ns: point for point in points}
    lines = [
        (_P99, {start: point.p99_ns for start, point in found.items()}),
        (_P95, {start: point.p95_ns for start, point in found.items()}),
        (_P50, {start: point.p50_ns for start, point in found.items()}),
    ]
    axis = duration_axis([point.p99_ns for point in points], limits_ns=[int(limit.value) for limit in limits])
    data = [
        _scatter(
            line,
            window=window,
            positions={start: value / NS_PER_SECOND for start, value in values.items()},
            texts={start: format_duration(value) for start, value in values.items()},
            href=href,
        )
        for line, values in lines
    ]
    placed = [(limit, int(limit.value) / NS_PER_SECOND) for limit in limits]
    return Chart(
        key="latency-chart",
        words="Trace latency over time",
        figure={"data": data, "layout": _layout(window, axis, placed)},
        legend=_line_legend((_P99, _P95, _P50), limits, words=lambda value: format_duration(int(value))),
        columns=("From", "Traces", "p50", "p95", "p99"),
        rows=tuple(
            (
                _moment(point.start_ns),
                str(point.count),
                format_duration(point.p50_ns),
                format_duration(point.p95_ns),
                format_duration(point.p99_ns),
            )
            for point in points
        ),
    )


def trace_cost_chart(
    points: Sequence[CostPoint], *, window: Window, limits: Sequence[Limit], href: Href
) -> Chart:
    """Mean and p95 of Token Cost per Trace over the window, with the limits as lines. `points` are ungrouped; one
    without a known cost breaks the lines."""
    means = {point.start_ns: point.mean_usd for point in points if point.mean_usd is not None}
    unknown = {point.start_ns: point.unknown.call_count for point in points}
    p95s = {point.start_ns: point.p95_usd for point in points if point.p95_usd is not None}
    axis = usd_axis([*means.values(), *p95s.values()], limits_usd=[Decimal(limit.value) for limit in limits])
    data = [
        _scatter(
            line,
            window=window,
            positions={start: float(value) for start, value in values.items()},
            texts={start: at_least(format_usd(value), unknown[start]) for start, value in values.items()},
            href=href,
        )
        for line, values in ((_P95, p95s), (_MEAN, means))
    ]
    placed = [(limit, float(limit.value)) for limit in limits]
    return Chart(
        key="trace-cost-chart",
        words="Token cost per trace over time",
        figure={"data": data, "layout": _layout(window, axis, placed)},
        legend=_line_legend((_P95, _MEAN), limits, words=lambda value: format_usd(Decimal(value))),
        columns=("From", "Traces", "Mean", "p95", "Calls of unknown cost"),
        rows=tuple(
            (
                _moment(point.start_ns),
                str(point.trace_count),
                _usd(point.mean_usd),
                _usd(point.p95_usd),
                str(point.unknown.call_count),
            )
            for point in points
        ),
    )


def spend_chart(points: Sequence[CostPoint], *, window: Window, href: Href) -> Chart:
    """What each bucket cost, stacked by group (models), the dearest at the bottom."""
    cells, unknown = _cells(points)
    names = _stacked_names(cells)
    starts = window.starts()
    missed = [sum(of_group[start] for of_group in unknown.values()) for start in starts]
    sums = [sum((cells[name].get(start, Decimal(0)) for name in names), Decimal(0)) for start in starts]
    data = [
        _bars(name, index=index, window=window, costs=cells[name], unknown=unknown[name], href=href)
        for index, name in enumerate(names)
    ]
    layout = _layout(window, usd_bar_axis(sums), []) | {"barmode": "stack"}
    return Chart(
        key="spend-chart",
        words="Cost over time by model",
        figure={"data": data, "layout": layout},
        legend=tuple(
            LegendEntry(name, ink=_ink(_bar_colour(name, index=index)), shape="box")
            for index, name in enumerate(names)
        ),
        columns=("From", *names, "All"),
        rows=tuple(
            (
                _moment(start),
                *(_usd(cells[name].get(start)) for name in names),
                at_least(format_usd(total), missing),
            )
            for start, total, missing in zip(starts, sums, missed, strict=True)
            if total or missing
        ),
    )


def group_words(group: str | None) -> str:
    """The group's name; calls that name none stand in a group of their own."""
    return "(not named)" if group is None else group


def _cells(
    points: Sequence[CostPoint],
) -> tuple[dict[str, dict[int, Decimal]], dict[str, dict[int, int]]]:
    """Known costs, and the number of calls of unknown cost, by name and bucket. What is not among the largest is one
    name."""
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for point in points:
        totals[group_words(point.group)] += point.cost_usd or 0
    kept = set(sorted(totals, key=lambda name: totals[name], reverse=True)[:_MOST_STACKED])
    cells: dict[str, dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    unknown: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for point in points:
        name = group_words(point.group)
        name = name if name in kept else _OTHERS
        unknown[name][point.start_ns] += point.unknown.call_count
        if point.cost_usd is not None:
            cells[name][point.start_ns] += point.cost_usd
    return cells, unknown


def _stacked_names(cells: dict[str, dict[int, Decimal]]) -> list[str]:
    """The dearest first, all others last."""
    return sorted(cells, key=lambda name: (name == _OTHERS, -sum(cells[name].values())))


def _scatter(
    line: _Line,
    *,
    window: Window,
    positions: dict[int, float],
    texts: dict[int, str],
    href: Href,
) -> dict[str, Any]:
    starts = window.starts()
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": line.words,
        "x": [_plotly_time(start) for start in starts],
        "y": [positions.get(start) for start in starts],
        "text": [texts.get(start, "") for start in starts],
        "customdata": [href(start, start + window.bucket_ns) if start in texts else "" for start in starts],
        "hovertemplate": "%{text}",
        "line": {"color": line.colour, "dash": line.dash, "width": line.width},
        "marker": {
            "color": line.colour,
            "size": _marker_sizes(positions, window=window),
            "line": {"width": 0},
        },
    }


def _marker_sizes(positions: dict[int, float], *, window: Window) -> list[int]:
    """A dot where a bucket has no neighbour and so no line; the dots of a whole line would only hide it."""
    step = window.bucket_ns
    return [
        0 if start - step in positions or start + step in positions else _LONE_DOT
        for start in window.starts()
    ]


def _bars(
    name: str,
    *,
    index: int,
    window: Window,
    costs: dict[int, Decimal],
    unknown: dict[int, int],
    href: Href,
) -> dict[str, Any]:
    starts = [start for start in window.starts() if start in costs]
    return {
        "type": "bar",
        "name": escape(name, quote=False),
        "x": [_plotly_time(start) for start in starts],
        "xperiod": window.bucket_ns // NS_PER_MS,
        "xperiodalignment": "middle",
        # Said outright, for Plotly takes it from the distance of neighbours, and a lone bar has none.
        "width": window.bucket_ns // NS_PER_MS * 3 // 4,
        "y": [float(costs[start]) for start in starts],
        "text": [at_least(format_usd(costs[start]), unknown[start]) for start in starts],
        "textposition": "none",
        "customdata": [href(start, start + window.bucket_ns) for start in starts],
        "hovertemplate": "%{text}",
        "marker": {
            "color": _bar_colour(name, index=index),
            "line": {"color": "--surface-card", "width": 1},
        },
    }


def _bar_colour(name: str, *, index: int) -> str:
    return "--series-8" if name == _OTHERS else f"--series-{index + 1}"


def _line_legend(
    lines: Sequence[_Line], limits: Sequence[Limit], *, words: Callable[[int | Decimal], str]
) -> tuple[LegendEntry, ...]:
    """The lines, then the limits with their values."""
    return (
        *(LegendEntry(line.words, ink=_ink(line.colour), shape=line.dash) for line in lines),
        *(
            LegendEntry(f"{limit.words} {words(limit.value)}", ink=_ink(limit.colour), shape="dash")
            for limit in limits
        ),
    )


def _ink(colour: str) -> str:
    return colour.removeprefix("--")


def _layout(window: Window, axis: Axis, limits: Sequence[tuple[Limit, float]]) -> dict[str, Any]:
    """The frame that all charts share. `limits` come with their position on the axis. The last bucket is drawn whole."""
    until_ns = window.starts()[-1] + window.bucket_ns
    return {
        "font": {"color": "--text-muted", "size": 11},
        "paper_bgcolor": _TRANSPARENT,
        "plot_bgcolor": _TRANSPARENT,
        "margin": {"l": 58, "r": 8, "t": 8, "b": 24},
        "dragmode": False,
        "hovermode": "x unified",
        "hoverlabel": {
            "bgcolor": "--surface-raised",
            "bordercolor": "--line-strong",
            "font": {"color": "--text", "size": 12},
        },
        "showlegend": False,
        "xaxis": {
            "type": "date",
            "range": [_plotly_time(window.since_ns), _plotly_time(until_ns)],
            "fixedrange": True,
            "showgrid": False,
            "linecolor": "--line-strong",
            "tickcolor": "--line-strong",
            "ticks": "outside",
            "ticklen": 4,
            "tickformat": "%H:%M" if window.until_ns - window.since_ns < _SHORT_NS else "%-d %b",
            "hoverformat": "%-d %b %H:%M",
            "nticks": 7,
        },
        "yaxis": {
            **plotly_axis(axis),
            "fixedrange": True,
            "gridcolor": "--line",
            "zeroline": False,
        },
        "shapes": [_limit_line(limit, position) for limit, position in limits],
    }


def _limit_line(limit: Limit, position: float) -> dict[str, Any]:
    return {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": position,
        "y1": position,
        "line": {"color": limit.colour, "width": 1.25, "dash": "dash"},
    }


def _plotly_time(ns: int) -> str:
    """Plotly shows times without a zone as they are written: UTC."""
    return datetime_from_ns(ns).strftime("%Y-%m-%d %H:%M:%S")


def _moment(ns: int) -> str:
    return datetime_from_ns(ns).strftime("%Y-%m-%d %H:%M")


def _usd(amount: Decimal | None) -> str:
    return "–" if amount is None else format_usd(amount)
