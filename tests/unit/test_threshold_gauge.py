"""A value, its threshold and what the threshold protects, on one bar."""

from decimal import Decimal

import pytest

from alerts.domain.metrics import SPEND, TRACE_COST, TRACE_LATENCY
from dashboards.domain.threshold_gauge import Mark, Promise, threshold_gauge, times_threshold

SECOND = 1_000_000_000
TIMEOUT = Promise("user-facing timeout", 40 * SECOND)


def latency(value_s, threshold_s, promise=TIMEOUT):
    return threshold_gauge(
        metric=TRACE_LATENCY, value=value_s * SECOND, threshold=threshold_s * SECOND, promise=promise
    )


def test_the_largest_figure_takes_the_full_width():
    gauge = latency(20, 10)

    assert (gauge.width, gauge.over_width) == ("50.00%", "25.00%")
    assert gauge.threshold == Mark(at="25.00%", anchor="start", words="threshold 10 s")
    assert gauge.promise == Mark(at="100.00%", anchor="end", words="user-facing timeout 40 s")
    assert gauge.words == "Trace Latency 20 s, threshold 10 s, user-facing timeout 40 s"


def test_a_value_far_past_everything_squeezes_the_marks_and_not_the_page():
    gauge = latency(4_000, 30)

    assert gauge.width == "100.00%"
    assert (gauge.threshold.at, gauge.promise.at) == ("0.75%", "1.00%")


def test_a_value_that_came_back_is_not_over():
    assert latency(5, 10).over_width == "0.00%"


def test_without_a_promise_there_is_one_mark():
    gauge = threshold_gauge(metric=TRACE_COST, value=Decimal("0.75"), threshold=Decimal("0.50"), promise=None)

    assert gauge.promise is None
    assert gauge.threshold.anchor == "end"


def test_nothing_at_all_divides_too():
    gauge = threshold_gauge(metric=SPEND, value=Decimal(0), threshold=Decimal(0), promise=None)
    assert (gauge.width, gauge.threshold.at) == ("0.00%", "0.00%")


@pytest.mark.parametrize(
    ("value", "threshold", "words"),
    [
        (12_300_000_000, 8_500_000_000, "1.4 ×"),
        (1_500, 10, "150 ×"),
        (12_345, 1, "12,345 ×"),
        (10_400, 10_000, ""),
        (5, 10, ""),
        (5, 0, ""),
        (None, 10, ""),
    ],
)
def test_times_over_are_said_where_they_say_something(value, threshold, words):
    assert times_threshold(value=value, threshold=threshold) == words
