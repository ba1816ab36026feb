"""When a delivery that failed is tried again."""

from datetime import datetime, timedelta

FIRST_DELAYS = (1.0, 2.0, 4.0, 8.0)
"""Seconds after the first failures: a receiver that restarts is reached within its own start."""
LATER_DELAY = 300.0
JITTER = 0.5
"""Seconds at most, added at random so that deliveries that failed together do not come back together."""
GIVE_UP_AFTER = timedelta(days=1)


def retry_at(*, attempts: int, created_at: datetime, now: datetime, jitter: float) -> datetime | None:
    """When to try again after `attempts` (1 or more) failures; None: a day has passed, give up.

    `jitter` is a number from 0 to 1.
    """
    delay = FIRST_DELAYS[attempts - 1] if attempts <= len(FIRST_DELAYS) else LATER_DELAY
    due = now + timedelta(seconds=delay + jitter * JITTER)
    return due if due - created_at <= GIVE_UP_AFTER else None
