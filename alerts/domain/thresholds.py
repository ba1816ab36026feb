"""Is this a threshold that comes in time? The one place that says no, for the admin and for REST.

An alert that fires after the user has given up, or after the money is gone, is worse than none: it looks like
one.
"""

from dataclasses import dataclass
from decimal import Decimal

from alerts.domain.metrics import METRICS, TRACE_LATENCY, Metric, Subject, Unit
from core.clock import NS_PER_SECOND
from core.units import format_duration, format_usd

MOST_SECONDS = 366 * 86_400
"""The longest `for` or keep-firing that means anything to a month's rule."""
_MOST = Decimal(2**63 - 1)


@dataclass(frozen=True, slots=True)
class Promises:
    """What the project owes its users: the timeout on their side, and the month's budget (None: none set)."""

    project_name: str
    user_timeout_ns: int
    monthly_budget_usd: Decimal | None


def threshold_problem(
    *, metric: Metric, threshold: Decimal, for_seconds: int, promises: Promises
) -> str | None:
    """Why this threshold cannot be, in a sentence with both figures; None when it can.

    A latency alert must fire before the user-facing timeout, its waiting time included. A cost alert must fire
    before the month's budget is gone; without a budget there is nothing to be late for.
    """
    if not threshold.is_finite() or not 0 <= threshold <= _MOST:
        return "The threshold must be a number from 0 up."
    if metric.unit is Unit.NANOSECONDS:
        if threshold != int(threshold):
            return "The threshold must be a whole number of nanoseconds."
        is_latency = metric is TRACE_LATENCY
        return _latency_problem(int(threshold), for_seconds, promises) if is_latency else None
    if metric.unit is Unit.COUNT:
        return None if threshold == int(threshold) else "The threshold must be a whole number."
    return _cost_problem(metric, threshold, promises)


def promise_gap(*, metric: Metric, promises: Promises) -> str | None:
    """What cannot be checked because the project has not promised it, in a sentence; None when all can be."""
    if metric.unit is Unit.USD and promises.monthly_budget_usd is None:
        return (
            f"Project {promises.project_name} has no monthly budget, "
            "so nothing checks that this alert comes before the money is gone."
        )
    return None


def _latency_problem(threshold_ns: int, for_seconds: int, promises: Promises) -> str | None:
    fires_at_ns = threshold_ns + for_seconds * NS_PER_SECOND
    if fires_at_ns < promises.user_timeout_ns:
        return None
    said = format_duration(threshold_ns)
    if for_seconds:
        waited = format_duration(for_seconds * NS_PER_SECOND)
        said = f"{said} and {waited} of waiting ({format_duration(fires_at_ns)} in all)"
    return (
        f"{said} is not below the user-facing timeout of {format_duration(promises.user_timeout_ns)} "
        f"of project {promises.project_name}: the alert would come after the user has given up."
    )


def _cost_problem(metric: Metric, threshold: Decimal, promises: Promises) -> str | None:
    budget = promises.monthly_budget_usd
    if budget is None or threshold < budget:
        return None
    late = (
        "the alert would come after the money is gone"
        if metric.subject is Subject.MONTH
        else "a single run would have spent the whole month's money before the alert comes"
    )
    return (
        f"{format_usd(threshold)} is not below the monthly budget of {format_usd(budget)} "
        f"of project {promises.project_name}: {late}."
    )


def metric_problem(key: str) -> str | None:
    """Why there is no such metric, naming those there are; None when there is."""
    return None if key in METRICS else f"There is no metric “{key}”. Metrics are {', '.join(METRICS)}."
