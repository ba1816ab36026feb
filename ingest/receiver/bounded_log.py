"""Log lines about what senders do wrong: useful, and theirs to multiply, so their rate is bounded."""

import logging
import time
from collections.abc import Callable

LINES_PER_PERIOD = 20
PERIOD_S = 10.0


class BoundedLog:
    """Passes the first lines of every period on, and counts the rest. For one thread."""

    def __init__(self, logger: logging.Logger, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._logger = logger
        self._clock = clock
        self._period_end = 0.0
        self._left = 0
        self._dropped = 0

    def warning(self, message: str, *args: object) -> None:
        """One line, unless there were too many of late."""
        if self._clock() >= self._period_end:
            self._begin_period()
        if self._left == 0:
            self._dropped += 1
            return
        self._left -= 1
        self._logger.warning(message, *args)

    def _begin_period(self) -> None:
        if self._dropped:
            self._logger.warning("%d more such lines were not written", self._dropped)
        self._period_end = self._clock() + PERIOD_S
        self._left = LINES_PER_PERIOD
        self._dropped = 0
