"""Day partitions of the span table: which days get one, and what it is called."""

from collections.abc import Iterable
from datetime import date

from core.clock import NS_PER_DAY, datetime_from_ns

_EPOCH = date(1970, 1, 1)

PAST_DAYS = 400
"""Days back that get a partition of their own: a year of history and room to import it late."""

AHEAD_DAYS = 2
"""Days ahead that do: clocks of senders that run fast, and partitions made before they are needed."""


def day_of(start_ns: int) -> int:
    """The UTC day of a moment, counted from the epoch; negative before it."""
    return start_ns // NS_PER_DAY


def partition_days(starts_ns: Iterable[int], *, now_ns: int) -> frozenset[int]:
    """The days of these span starts that get a partition; the rest belongs into the catch-all.

    The window is bounded so that a sender with a broken clock cannot make partitions without end.
    """
    today = day_of(now_ns)
    first, last = today - PAST_DAYS, today + AHEAD_DAYS
    return frozenset(day for day in {day_of(start) for start in starts_ns} if first <= day <= last)


def partition_name(day: int) -> str:
    """`traces_span_p20261124`."""
    return f"traces_span_p{datetime_from_ns(day * NS_PER_DAY):%Y%m%d}"


def partition_day(name: str) -> int | None:
    """The day of a partition's name; None for the catch-all and for tables that are something else."""
    digits = name.removeprefix("traces_span_p")
    if digits == name or len(digits) != 8 or not digits.isdecimal():
        return None
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    return (date(year, month, day) - _EPOCH).days


def day_bounds_ns(day: int) -> tuple[int, int]:
    """The first nanosecond of a day and the first of the next one."""
    return day * NS_PER_DAY, (day + 1) * NS_PER_DAY
