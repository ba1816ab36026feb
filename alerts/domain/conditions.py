"""Does what was seen break a rule? Pure: a summary row, a threshold and the clock in, an observation out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.domain.metrics import TRACE_COST, TRACE_COUNTS, TRACE_LATENCY, Figure, Metric
from core.clock import datetime_from_ns, ns_from_datetime
from traces.selectors.rows import Spend, TraceRow

ABANDONED_AFTER = timedelta(hours=1)
"""An open run that gave no sign of life for so long counts as ended: its process is gone, and a clock that
ran on for ever would keep an alert firing for ever."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What a rule saw of one subject at one moment.

    `value` is None where it is not known, and an unknown value is never a breach. `is_lower_bound` marks money
    of which a part is unknown: the true value is at least this. `settled_at` is the moment from which the value
    can be taken as final (the end of the run); None while it can still grow.
    """

    value: Figure | None
    is_breach: bool
    is_lower_bound: bool
    settled_at: datetime | None


def is_abandoned(*, row: TraceRow, now: datetime) -> bool:
    """An open run from which nothing came for ABANDONED_AFTER. `end_ns` of an open run is its last known sign."""
    return row.is_open and now - datetime_from_ns(row.end_ns) > ABANDONED_AFTER


def observe_trace(
    *, metric: Metric, threshold: Figure, row: TraceRow, is_in_scope: bool, now: datetime
) -> Observation:
    """A trace rule's view of one run. Out of scope is not a breach, whatever the value."""
    is_running = row.is_open and not is_abandoned(row=row, now=now)
    value = _TRACE_VALUES[metric.key](row, ns_from_datetime(now) if is_running else None)
    return Observation(
        value=value,
        is_breach=is_in_scope and value is not None and value > threshold,
        is_lower_bound=metric is TRACE_COST and row.unmetered_call_count + row.unpriced_call_count > 0,
        settled_at=None if is_running else datetime_from_ns(row.end_ns),
    )


def observe_spend(*, threshold: Figure, spend: Spend, now: datetime) -> Observation:
    """A spend rule's view of the running month. Below the threshold is final until it is passed (again)."""
    is_breach = spend.cost_usd > threshold
    return Observation(
        value=spend.cost_usd,
        is_breach=is_breach,
        is_lower_bound=spend.unmetered_call_count + spend.unpriced_call_count > 0,
        settled_at=None if is_breach else now,
    )


def _latency_value(row: TraceRow, now_ns: int | None) -> Figure:
    """The wall clock of a running run counts on between its spans; `now_ns` None: it runs no more."""
    return row.duration_ns if now_ns is None else max(row.duration_ns, now_ns - row.start_ns)


def _cost_value(row: TraceRow, _now_ns: int | None) -> Figure | None:
    return row.cost_usd


def _count_value(column: str) -> Callable[[TraceRow, int | None], Figure | None]:
    def value(row: TraceRow, _now_ns: int | None) -> Figure | None:
        count: int | None = getattr(row, column)
        return count

    return value


_COLUMNS = {"trace_tokens": "tokens", "call_count": "llm_call_count"}
"""Counts that a summary has under another name."""
_TRACE_VALUES = {
    TRACE_LATENCY.key: _latency_value,
    TRACE_COST.key: _cost_value,
    **{metric.key: _count_value(_COLUMNS.get(metric.key, metric.key)) for metric in TRACE_COUNTS},
}
