"""A project without thresholds is offered those that come in time."""

from decimal import Decimal

import pytest

from alerts.domain.metrics import SPEND, TRACE_LATENCY
from alerts.domain.suggestions import first_thresholds
from alerts.domain.thresholds import Promises, threshold_problem

SECOND = 1_000_000_000


def promises(*, timeout_ns=30 * SECOND, budget=Decimal(300)):
    return Promises(project_name="Signals", user_timeout_ns=timeout_ns, monthly_budget_usd=budget)


def test_a_fifth_of_each_promise_is_left_when_the_alert_comes():
    found = first_thresholds(promises())

    assert [(suggestion.metric, suggestion.threshold) for suggestion in found] == [
        (TRACE_LATENCY, Decimal(24 * SECOND)),
        (SPEND, Decimal("240.00")),
    ]


@pytest.mark.parametrize("budget", [None, Decimal(0)])
def test_without_a_budget_there_is_nothing_to_suggest_for_it(budget):
    assert [suggestion.metric for suggestion in first_thresholds(promises(budget=budget))] == [TRACE_LATENCY]


@pytest.mark.parametrize(
    ("timeout_ns", "threshold_ns"),
    [(12_500_000_000, 10 * SECOND), (1_000_000_000, 800_000_000), (1, 0), (86_400 * SECOND, 69_120 * SECOND)],
)
def test_seconds_are_whole_where_that_is_not_zero(timeout_ns, threshold_ns):
    [suggestion] = first_thresholds(promises(timeout_ns=timeout_ns, budget=None))
    assert suggestion.threshold == threshold_ns


@pytest.mark.parametrize("timeout_ns", [1, 999, SECOND, 7 * SECOND, 3_600 * SECOND])
@pytest.mark.parametrize("budget", [Decimal("0.01"), Decimal("0.02"), Decimal(1), Decimal(10**9)])
def test_what_is_suggested_would_be_accepted(timeout_ns, budget):
    made = promises(timeout_ns=timeout_ns, budget=budget)
    for suggestion in first_thresholds(made):
        assert (
            threshold_problem(
                metric=suggestion.metric, threshold=suggestion.threshold, for_seconds=0, promises=made
            )
            is None
        )
