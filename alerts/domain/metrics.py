"""What a rule can watch: one entry a metric, with the unit of its figures and the thing that it is a figure of."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Unit(StrEnum):
    """What a figure counts. Durations are whole nanoseconds, money Decimal US dollars, counts whole numbers."""

    NANOSECONDS = "ns"
    USD = "usd"
    COUNT = "count"


class Subject(StrEnum):
    """What one incident is about: one run, or a calendar month (UTC) of the whole scope."""

    TRACE = "trace"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure with a name. `label` is how people say it; `key` is its name in REST and in the database."""

    key: str
    label: str
    unit: Unit
    subject: Subject


TRACE_LATENCY = Metric("trace_latency_ns", "Trace Latency", Unit.NANOSECONDS, Subject.TRACE)
TRACE_COST = Metric("trace_cost_usd", "Token Cost per Trace", Unit.USD, Subject.TRACE)
SPEND = Metric("spend_usd", "Spend this month", Unit.USD, Subject.MONTH)

TRACE_COUNTS = (
    Metric("trace_tokens", "Tokens per trace", Unit.COUNT, Subject.TRACE),
    Metric("call_count", "Model calls per trace", Unit.COUNT, Subject.TRACE),
    Metric("loop_count", "Repetitions of one call", Unit.COUNT, Subject.TRACE),
    Metric("retry_count", "Retries per trace", Unit.COUNT, Subject.TRACE),
    Metric("fallback_count", "Fallbacks per trace", Unit.COUNT, Subject.TRACE),
    Metric("handoff_count", "Handoffs per trace", Unit.COUNT, Subject.TRACE),
    Metric("human_wait_count", "Waits for a person per trace", Unit.COUNT, Subject.TRACE),
    Metric("context_peak_tokens", "Fullest context", Unit.COUNT, Subject.TRACE),
    Metric("context_percent", "Fullest context in percent of its window", Unit.COUNT, Subject.TRACE),
    Metric("retry_wait_ns", "Time waited between retries", Unit.NANOSECONDS, Subject.TRACE),
)
"""What the agents of one run did, in whole numbers."""

METRICS: dict[str, Metric] = {
    metric.key: metric for metric in (TRACE_LATENCY, TRACE_COST, SPEND, *TRACE_COUNTS)
}

Figure = int | Decimal
"""A value or threshold in its metric's unit: int nanoseconds, Decimal dollars, int counts."""


def figure_from_decimal(*, metric: Metric, amount: Decimal) -> Figure:
    """The figure as the metric's unit has it: whole nanoseconds and counts. The store keeps every figure as Decimal."""
    return amount if metric.unit is Unit.USD else int(amount)
