"""Does what was seen break a rule? Pure: a summary row, a threshold and the clock in, an observation out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from alerts.domain.metrics import TRACE_COST, TRACE_COUNTS, TRACE_LATENCY, Figure, Metric
from core.clock import datetime_from_ns, ns_from_datetime
from traces.selectors.rows import Spend, TraceRow


@dataclass(frozen=True, slots=True)
class Observation:
    """What a rule saw of one subject at one moment.

    `value` is None where it is not known, and an unknown value is never a breach. `unknown_call_count` calls
    are not in it, so that the true value is at least this. `settled_at` is the moment from which the value
    can be taken as final (the end of the run); None while it can still grow.
    """

    value: Figure | None
    is_breach: bool
    unknown_call_count: int
    settled_at: datetime | None


def observe_trace(
    *,
    metric: Metric,
    threshold: Figure,
    row: TraceRow,
    is_in_scope: bool,
    lost_after_ns: int,
    now: datetime,
) -> Observation:
    """A trace rule's view of one run. Out of scope is not a breach, whatever the value."""
    now_ns = ns_from_datetime(now)
    is_running = row.is_running(now_ns=now_ns, lost_after_ns=lost_after_ns)
    value = _TRACE_VALUES[metric.key](row, now_ns if is_running else None)
    return Observation(
        value=value,
        is_breach=is_in_scope and value is not None and value > threshold,
        unknown_call_count=row.unknown.call_count if metric is TRACE_COST else 0,
        settled_at=None if is_running else datetime_from_ns(row.end_ns),
    )


def observe_spend(*, threshold: Figure, spend: Spend, now: datetime) -> Observation:
    """A spend rule's view of the running month. Below the threshold is final until it is passed (again)."""
    is_breach = spend.cost_usd > threshold
    return Observation(
        value=spend.cost_usd,
        is_breach=is_breach,
        unknown_call_count=spend.unknown.call_count,
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
