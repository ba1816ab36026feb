"""A threshold that would come too late is refused, in a sentence with both figures."""

from decimal import Decimal

import pytest

from alerts.domain.metrics import METRICS, SPEND, TRACE_COST, TRACE_LATENCY
from alerts.domain.thresholds import Promises, metric_problem, promise_gap, threshold_problem

SECOND = 1_000_000_000
PROMISES = Promises(project_name="Signals", user_timeout_ns=30 * SECOND, monthly_budget_usd=Decimal(300))
NO_BUDGET = Promises(project_name="Signals", user_timeout_ns=30 * SECOND, monthly_budget_usd=None)


def problem_of(metric, threshold, *, for_seconds=0, promises=PROMISES):
    return threshold_problem(
        metric=metric, threshold=Decimal(threshold), for_seconds=for_seconds, promises=promises
    )


@pytest.mark.parametrize(
    ("metric", "threshold"),
    [
        (TRACE_LATENCY, 30 * SECOND - 1),
        (TRACE_LATENCY, 0),
        (TRACE_COST, "299.99"),
        (SPEND, "299.999999"),
    ],
)
def test_what_comes_in_time_is_accepted(metric, threshold):
    assert problem_of(metric, threshold) is None


@pytest.mark.parametrize(
    ("metric", "threshold", "words"),
    [
        (TRACE_LATENCY, 30 * SECOND, "30 s is not below the user-facing timeout of 30 s of project Signals"),
        (TRACE_LATENCY, 45 * SECOND, "the alert would come after the user has given up"),
        (SPEND, "300", "$300.00 is not below the monthly budget of $300.00 of project Signals"),
        (SPEND, "301", "the alert would come after the money is gone"),
        (TRACE_COST, "300", "a single run would have spent the whole month's money"),
        (TRACE_LATENCY, "1.5", "whole number of nanoseconds"),
        (TRACE_LATENCY, "NaN", "a number from 0 up"),
        (SPEND, "Infinity", "a number from 0 up"),
        (SPEND, "-1", "a number from 0 up"),
        (TRACE_LATENCY, 2**63, "a number from 0 up"),
    ],
)
def test_what_would_come_too_late_is_refused_and_says_why(metric, threshold, words):
    assert words in problem_of(metric, threshold)


def test_waiting_counts_towards_the_timeout():
    assert problem_of(TRACE_LATENCY, 20 * SECOND, for_seconds=9) is None
    assert "20 s and 10 s of waiting (30 s in all)" in problem_of(TRACE_LATENCY, 20 * SECOND, for_seconds=10)


def test_without_a_budget_there_is_nothing_to_be_late_for_and_people_are_told_so():
    assert problem_of(SPEND, "1000000", promises=NO_BUDGET) is None
    assert "no monthly budget" in promise_gap(metric=SPEND, promises=NO_BUDGET)
    assert promise_gap(metric=TRACE_LATENCY, promises=NO_BUDGET) is None
    assert promise_gap(metric=SPEND, promises=PROMISES) is None


def test_an_unknown_metric_is_answered_with_those_there_are():
    problem = metric_problem("trace_length")
    assert "“trace_length”" in problem
    assert all(key in problem for key in METRICS)
    assert metric_problem("spend_usd") is None
