"""Calendar months in UTC: the period of every budget."""

from datetime import UTC, datetime


def month_start(moment: datetime) -> datetime:
    """The first instant of the month in which `moment` (aware) lies, in UTC."""
    return moment.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def next_month_start(moment: datetime) -> datetime:
    """The first instant of the month after."""
    start = month_start(moment)
    if start.month == 12:
        return start.replace(year=start.year + 1, month=1)
    return start.replace(month=start.month + 1)


def month_key(moment: datetime) -> str:
    """`2025-11`: sorts by time, and names the month in an incident."""
    return f"{month_start(moment):%Y-%m}"
