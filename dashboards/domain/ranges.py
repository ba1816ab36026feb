"""The ranges of time that the charts offer, and the buckets that each is drawn in."""

from dataclasses import dataclass

from core.clock import NS_PER_DAY, NS_PER_SECOND

_MINUTE_NS = 60 * NS_PER_SECOND
_HOUR_NS = 60 * _MINUTE_NS


@dataclass(frozen=True, slots=True)
class TimeRange:
    """A range that ends now. `bucket_ns` gives 60 to 120 points a line, `bill_bucket_ns` 12 to 30 bars, which in
    the long ranges are days."""

    name: str
    words: str
    span_ns: int
    bucket_ns: int
    bill_bucket_ns: int


@dataclass(frozen=True, slots=True)
class Window:
    """[since_ns, until_ns) in whole buckets, but for the last, which is still filling."""

    since_ns: int
    until_ns: int
    bucket_ns: int

    def starts(self) -> range:
        """The start of each bucket."""
        return range(self.since_ns, self.until_ns, self.bucket_ns)


RANGES = {
    time_range.name: time_range
    for time_range in (
        TimeRange("1h", "the last hour", _HOUR_NS, _MINUTE_NS, 5 * _MINUTE_NS),
        TimeRange("24h", "the last 24 hours", NS_PER_DAY, 15 * _MINUTE_NS, _HOUR_NS),
        TimeRange("7d", "the last 7 days", 7 * NS_PER_DAY, 2 * _HOUR_NS, NS_PER_DAY),
        TimeRange("30d", "the last 30 days", 30 * NS_PER_DAY, 6 * _HOUR_NS, NS_PER_DAY),
    )
}
DEFAULT_RANGE = "24h"


class RangeError(ValueError):
    """A range that is not offered; the text says which are."""


def find_range(name: str | None) -> TimeRange:
    """The range of this name, the default one for no name. Raises RangeError."""
    try:
        return RANGES[name or DEFAULT_RANGE]
    except KeyError:
        raise RangeError(f"There is no range “{name}”; choose one of {', '.join(RANGES)}.") from None


def window_until(now_ns: int, *, span_ns: int, bucket_ns: int) -> Window:
    """The window of `span_ns` that ends now and begins with a whole bucket (a multiple of bucket_ns since the epoch)."""
    until_ns = now_ns + 1
    since_ns = (until_ns - span_ns) // bucket_ns * bucket_ns
    return Window(since_ns=since_ns, until_ns=until_ns, bucket_ns=bucket_ns)
