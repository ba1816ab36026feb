"""The vertical axis of a chart: linear or logarithmic, with round ticks in the words of its unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import log10

from core.clock import NS_PER_SECOND
from core.units import format_duration, format_usd
from dashboards.domain.ticks import (
    linear_duration_ticks,
    linear_usd_ticks,
    log_duration_ticks,
    log_usd_ticks,
)

LOG_BEYOND = 4
"""A limit that stands more than this many times above the data would press the data flat on a linear axis."""
OUTLIER_BEYOND = 10
"""So would a value that stands more than this many times above the middle one: a run that spun for 20 minutes."""

_NO_USD = Decimal("0.04")
"""The height of a chart on which nothing cost anything."""


@dataclass(frozen=True, slots=True)
class Axis:
    """Ticks at positions in the chart's plain unit (seconds, dollars), with their words. `low` and `high` end the
    drawn part, in the same unit."""

    is_log: bool
    ticks: tuple[tuple[float, str], ...]
    low: float
    high: float


def duration_axis(values_ns: Sequence[int], *, limits_ns: Sequence[int]) -> Axis:
    """An axis in seconds on which all values and limits are seen."""
    values, limits = [value for value in values_ns if value > 0], [limit for limit in limits_ns if limit > 0]
    highest = max([*values, *limits], default=NS_PER_SECOND)
    if _is_wide(values, limits):
        ticks = log_duration_ticks(min([*values, *limits]), highest)
    else:
        ticks = linear_duration_ticks(highest)
    named = [(tick / NS_PER_SECOND, format_duration(tick) if tick else "0") for tick in ticks]
    return _axis(named, values, limits, unit=NS_PER_SECOND)


def usd_bar_axis(sums_usd: Sequence[Decimal]) -> Axis:
    """An axis in dollars for stacked bars: linear from zero whatever the values, since a bar says by its length."""
    highest = max(sums_usd, default=Decimal(0)) or _NO_USD
    ticks = [(float(tick), format_usd(tick)) for tick in linear_usd_ticks(highest)]
    return _linear(ticks, highest=float(highest))


def usd_axis(values_usd: Sequence[Decimal], *, limits_usd: Sequence[Decimal] = ()) -> Axis:
    """An axis in dollars on which all values and limits are seen."""
    values, limits = (
        [value for value in values_usd if value > 0],
        [limit for limit in limits_usd if limit > 0],
    )
    highest = max([*values, *limits], default=_NO_USD)
    is_wide = _is_wide(values, limits)
    ticks = log_usd_ticks(min([*values, *limits]), highest) if is_wide else linear_usd_ticks(highest)
    return _axis([(float(tick), format_usd(tick)) for tick in ticks], values, limits, unit=1)


def _is_wide(values: Sequence[int] | Sequence[Decimal], limits: Sequence[int] | Sequence[Decimal]) -> bool:
    if not values:
        return False
    is_limit_far = bool(limits) and max(limits) > max(values) * LOG_BEYOND
    ordered = sorted(float(value) for value in values)
    return is_limit_far or ordered[-1] > ordered[len(ordered) // 2] * OUTLIER_BEYOND


def _axis(
    ticks: list[tuple[float, str]],
    values: Sequence[int] | Sequence[Decimal],
    limits: Sequence[int] | Sequence[Decimal],
    *,
    unit: int,
) -> Axis:
    highest = float(max([*values, *limits], default=unit)) / unit
    if _is_wide(values, limits):
        lowest = float(min([*values, *limits])) / unit
        return Axis(is_log=True, ticks=tuple(ticks), low=lowest / 1.6, high=highest * 1.6)
    return _linear(ticks, highest=highest)


def _linear(ticks: list[tuple[float, str]], *, highest: float) -> Axis:
    return Axis(is_log=False, ticks=tuple(ticks), low=0.0, high=max(highest * 1.08, ticks[-1][0] * 0.5))


def plotly_axis(axis: Axis) -> dict[str, object]:
    """The axis in Plotly's words; a logarithmic one takes its range in powers of ten."""
    ends = [axis.low, axis.high]
    return {
        "type": "log" if axis.is_log else "linear",
        "range": [log10(end) for end in ends] if axis.is_log else ends,
        "tickvals": [position for position, _ in axis.ticks],
        "ticktext": [words for _, words in axis.ticks],
    }
