"""Time as the simulated programs know it: an event loop's, mapped onto the calendar.

The same program runs live, on an ordinary loop, and as history, on a loop whose time jumps from one timer to the
next: it then takes no time, and the order of events is the same for the same random numbers.
"""

import asyncio
import selectors
from dataclasses import dataclass

NS_PER_S = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Clock:
    """Reads `loop`; at `loop_origin_s` of it, it is `origin_ns`, and `speed` seconds pass in one of the loop's."""

    loop: asyncio.AbstractEventLoop
    loop_origin_s: float
    origin_ns: int
    speed: float = 1.0

    @classmethod
    def starting_at(cls, origin_ns: int, *, loop: asyncio.AbstractEventLoop, speed: float = 1.0) -> "Clock":
        """A clock that shows `origin_ns` (since the Unix epoch) now."""
        return cls(loop=loop, loop_origin_s=loop.time(), origin_ns=origin_ns, speed=speed)

    def now_ns(self) -> int:
        """Nanoseconds since the Unix epoch."""
        return self.origin_ns + round((self.loop.time() - self.loop_origin_s) * self.speed * NS_PER_S)

    async def sleep(self, seconds: float) -> None:
        """Wait until `seconds` of this clock have passed."""
        await asyncio.sleep(seconds / self.speed)


class JumpingLoop(asyncio.SelectorEventLoop):
    """An event loop that waits for nothing: where an ordinary one would sleep, its time jumps ahead."""

    def __init__(self) -> None:
        self._selector_of_time = _JumpingSelector()
        super().__init__(self._selector_of_time)

    def time(self) -> float:
        """Seconds since the loop was made, by its own reckoning."""
        return self._selector_of_time.now_s


class _JumpingSelector(selectors.SelectSelector):
    """Where the loop waits for its next timer or for a socket; here only timers count."""

    now_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("every task waits for another one: there is no timer to jump to")
        self.now_s += max(timeout, 0.0)
        return super().select(0)
