"""The thresholds that a project needs first: early enough to act before a promise is broken."""

from dataclasses import dataclass
from decimal import Decimal

from alerts.domain.metrics import SPEND, TRACE_LATENCY, Metric
from alerts.domain.thresholds import Promises
from core.clock import NS_PER_SECOND

EARLY = Decimal("0.8")
"""A fifth of a promise is left when the alert comes."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A threshold to begin with, in the metric's unit. `promise` names what it comes before."""

    name: str
    metric: Metric
    threshold: Decimal
    promise: str


def first_thresholds(promises: Promises) -> list[Suggestion]:
    """One below the user's timeout, and one below the month's budget where there is one."""
    found = [
        Suggestion(
            name="Slow for the user",
            metric=TRACE_LATENCY,
            threshold=_early_latency(promises.user_timeout_ns),
            promise="the user gives up",
        )
    ]
    if promises.monthly_budget_usd:
        found.append(
            Suggestion(
                name="Month's budget nearly spent",
                metric=SPEND,
                threshold=promises.monthly_budget_usd * EARLY,
                promise="the month's budget is gone",
            )
        )
    return found


def _early_latency(timeout_ns: int) -> Decimal:
    """In whole seconds where that is below the timeout and not zero; they are read by people."""
    early_ns = int(timeout_ns * EARLY)
    whole_s = early_ns // NS_PER_SECOND
    return Decimal(whole_s * NS_PER_SECOND if whole_s else early_ns)
