"""What a rule can watch: one entry a metric, with the unit of its figures and the thing that it is a figure of."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Unit(StrEnum):
    """What a figure counts. Durations are whole nanoseconds, money Decimal US dollars."""

    NANOSECONDS = "ns"
    USD = "usd"


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

METRICS: dict[str, Metric] = {metric.key: metric for metric in (TRACE_LATENCY, TRACE_COST, SPEND)}

Figure = int | Decimal
"""A value or threshold in its metric's unit: int nanoseconds, Decimal dollars."""


def figure_from_decimal(*, metric: Metric, amount: Decimal) -> Figure:
    """The figure as the metric's unit has it: an int for nanoseconds. The store keeps every figure as Decimal."""
    return int(amount) if metric.unit is Unit.NANOSECONDS else amount
