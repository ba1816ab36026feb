"""A value against its threshold as one bar: how far past it is, and how near to what it should protect.

Pure; the positions come out as percent strings that go into SVG attributes as they are.
"""

from dataclasses import dataclass
from decimal import Decimal

from alerts.domain.metrics import Figure, Metric
from alerts.domain.wording import figure_text, pair_text


@dataclass(frozen=True, slots=True)
class Promise:
    """What a threshold comes before: the user's timeout, the month's budget, the estimate of the design."""

    name: str
    figure: Figure


@dataclass(frozen=True, slots=True)
class Mark:
    """A line across the bar. `anchor` is the side of the line on which its words have room (SVG text-anchor)."""

    at: str
    anchor: str
    words: str


@dataclass(frozen=True, slots=True)
class Gauge:
    """The bar: `width` in all, of which `over_width` from the threshold on is too much. `words` says all of it to
    who cannot see it."""

    width: str
    over_width: str
    threshold: Mark
    promise: Mark | None
    words: str


def threshold_gauge(*, metric: Metric, value: Figure, threshold: Figure, promise: Promise | None) -> Gauge:
    """The bar of a known value; the largest of the figures takes the full width."""
    figures = [Decimal(value), Decimal(threshold), Decimal(promise.figure if promise else 0)]
    most = max(figures) or Decimal(1)
    value_text, threshold_text = pair_text(metric=metric, value=value, threshold=threshold)
    marks = [_mark(Decimal(threshold) / most, words=f"threshold {threshold_text}")]
    if promise:
        words = f"{promise.name} {figure_text(metric=metric, figure=promise.figure)}"
        marks.append(_mark(Decimal(promise.figure) / most, words=words))
    return Gauge(
        width=_percent(Decimal(value) / most),
        over_width=_percent(max(Decimal(value) - Decimal(threshold), Decimal(0)) / most),
        threshold=marks[0],
        promise=marks[1] if promise else None,
        words=", ".join([f"{metric.label} {value_text}", *(mark.words for mark in marks)]),
    )


def times_threshold(*, value: Figure | None, threshold: Figure) -> str:
    """`1.4 ×`: the value as a multiple of its threshold; nothing where that says nothing."""
    if value is None or threshold <= 0 or value <= threshold:
        return ""
    times = Decimal(value) / Decimal(threshold)
    if times < Decimal("1.05"):
        return ""
    return f"{times:.1f} ×" if times < 10 else f"{times:,.0f} ×"


def _mark(share: Decimal, *, words: str) -> Mark:
    return Mark(at=_percent(share), anchor="start" if share < Decimal("0.5") else "end", words=words)


def _percent(share: Decimal) -> str:
    return f"{share * 100:.2f}%"
