"""The one place that reads the wall clock; everything else takes the time as an argument."""

import time
from datetime import UTC, datetime, timedelta

NS_PER_SECOND = 1_000_000_000
NS_PER_MS = 1_000_000
NS_PER_DAY = 86_400 * NS_PER_SECOND

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def now_ns() -> int:
    """Nanoseconds since the Unix epoch."""
    return time.time_ns()


def now() -> datetime:
    """The present moment as an aware UTC datetime."""
    return datetime.now(UTC)


def datetime_from_ns(ns: int) -> datetime:
    """The moment as an aware UTC datetime, cut (not rounded) to microseconds.

    Raises OverflowError outside the years 1 to 9999; every 64-bit nanosecond count lies within.
    """
    return _EPOCH + timedelta(microseconds=ns // 1000)


def ns_from_datetime(moment: datetime) -> int:
    """Nanoseconds since the epoch of an aware datetime, by integers only."""
    delta = moment - _EPOCH
    return ((delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds) * 1000
