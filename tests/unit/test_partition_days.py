"""Which days get a partition, and what it is called."""

import pytest

from core.clock import NS_PER_DAY
from traces.domain.partitions import (
    AHEAD_DAYS,
    PAST_DAYS,
    day_bounds_ns,
    day_of,
    partition_day,
    partition_days,
    partition_name,
)

TODAY = 20_781  # 2026-11-24


@pytest.mark.parametrize(
    ("day", "name"),
    [(0, "traces_span_p19700101"), (TODAY, "traces_span_p20261124"), (TODAY + 38, "traces_span_p20270101")],
)
def test_a_day_and_its_name_are_one(day, name):
    assert partition_name(day) == name
    assert partition_day(name) == day


@pytest.mark.parametrize(
    "name", ["traces_span_other", "traces_span_p2026", "traces_mark", "traces_span_pnextweek"]
)
def test_other_tables_are_no_day(name):
    assert partition_day(name) is None


def test_a_day_holds_its_first_and_its_last_nanosecond():
    since, until = day_bounds_ns(TODAY)
    assert day_of(since) == day_of(until - 1) == TODAY
    assert day_of(until) == TODAY + 1


@pytest.mark.parametrize(
    ("offset", "is_in"),
    [(0, True), (-PAST_DAYS, True), (-PAST_DAYS - 1, False), (AHEAD_DAYS, True), (AHEAD_DAYS + 1, False)],
)
def test_only_days_near_today_get_a_partition(offset, is_in):
    now_ns = TODAY * NS_PER_DAY + 5
    start_ns = (TODAY + offset) * NS_PER_DAY + 17
    assert partition_days([start_ns, start_ns], now_ns=now_ns) == ({TODAY + offset} if is_in else set())


def test_broken_clocks_make_no_partitions():
    assert partition_days([0, 2**63 - 1], now_ns=TODAY * NS_PER_DAY) == frozenset()
