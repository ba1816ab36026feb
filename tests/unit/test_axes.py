"""The axis of a chart: linear while everything can be seen on it, else logarithmic."""

from decimal import Decimal

import pytest

from dashboards.domain.axes import duration_axis, plotly_axis, usd_axis, usd_bar_axis

SECOND = 1_000_000_000


@pytest.mark.parametrize(
    ("values_s", "limits_s", "is_log"),
    [
        ([], [60], False),
        ([5, 8, 12], [], False),
        ([5, 8, 12], [45], False),
        ([5, 8, 12], [60], True),
        ([5, 8, 12, 11, 70], [60], False),
        ([5, 8, 12, 11, 1200], [60], True),
    ],
)
def test_a_limit_or_a_value_far_above_the_rest_makes_it_logarithmic(values_s, limits_s, is_log):
    axis = duration_axis(
        [value * SECOND for value in values_s], limits_ns=[limit * SECOND for limit in limits_s]
    )
    assert axis.is_log is is_log
    assert axis.low <= min([*values_s, *limits_s])
    assert axis.high >= max([*values_s, *limits_s])


def test_a_limit_below_all_values_is_on_a_logarithmic_axis_too():
    axis = usd_axis([Decimal("0.2"), Decimal("0.3"), Decimal(6)], limits_usd=[Decimal("0.015")])
    assert axis.is_log
    assert axis.low < 0.015
    assert any(position <= 0.015 for position, _ in axis.ticks)


def test_nothing_is_an_axis_too():
    assert duration_axis([], limits_ns=[]).high > 0
    assert usd_axis([]).ticks[0] == (0.0, "$0")


def test_plotly_takes_a_logarithmic_range_in_powers_of_ten():
    words = plotly_axis(duration_axis([SECOND, SECOND, 100 * SECOND], limits_ns=[]))
    assert words["type"] == "log"
    assert words["range"][1] == pytest.approx(2.204, abs=0.01)
    assert "1 min" in words["ticktext"]


@pytest.mark.parametrize("sums", [[], ["0"], ["0.2", "0.3", "6"], ["0.2", "0.3", "600"]])
def test_bars_stand_on_zero_whatever_the_values(sums):
    axis = usd_bar_axis([Decimal(amount) for amount in sums])
    assert not axis.is_log
    assert axis.low == 0
    assert axis.high > max((float(amount) for amount in sums), default=0)
