"""Runs as they happen: new ones at random moments, many at once, and one incident early on."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from demo.cast import Cast
from demo.clock import NS_PER_S, Clock
from demo.programs.registry import RUNAWAY, Program
from demo.programs.runaway import LASTS_S

RUNAWAY_AFTER_S = 3.0
RUNAWAY_SPEED = 60.0
"""The incident took twenty minutes; it is replayed in twenty seconds, ends now, and so began twenty minutes ago."""
FINISHING_S = 20.0
"""How long runs that are under way may go on when the time is over; one that waits for a person is cut off."""


@dataclass(slots=True)
class Performance:
    """A live part. `now_ns` reads the wall clock."""

    cast: Cast
    now_ns: Callable[[], int]
    runs_a_minute: float
    begun_count: int = 0
    _playing: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def playing_count(self) -> int:
        """Runs that are under way."""
        return len(self._playing)

    async def play(self, *, seconds: float, stop: asyncio.Event) -> None:
        """Begin runs for so many seconds, then let those under way finish; `stop` ends everything at once."""
        async with asyncio.TaskGroup() as group:
            begins = [
                group.create_task(self._begin_everyday_runs(group)),
                group.create_task(self._begin_runaway(group)),
            ]
            stopped = group.create_task(_until(stop))
            await asyncio.wait([stopped], timeout=seconds)
            _cancel(begins)
            finished = group.create_task(self._until_all_have_ended())
            await asyncio.wait([stopped, finished], timeout=FINISHING_S, return_when=asyncio.FIRST_COMPLETED)
            _cancel([stopped, finished, *self._playing])

    async def _begin_everyday_runs(self, group: asyncio.TaskGroup) -> None:
        while True:
            self._begin(group, self.cast.everyday(), clock=self._clock(self.now_ns()))
            await asyncio.sleep(self.cast.rng.expovariate(self.runs_a_minute / 60))

    async def _begin_runaway(self, group: asyncio.TaskGroup) -> None:
        await asyncio.sleep(RUNAWAY_AFTER_S)
        ends_ns = self.now_ns() + round(LASTS_S / RUNAWAY_SPEED * NS_PER_S)
        self._begin(
            group, RUNAWAY, clock=self._clock(ends_ns - round(LASTS_S * NS_PER_S), speed=RUNAWAY_SPEED)
        )

    def _clock(self, origin_ns: int, *, speed: float = 1.0) -> Clock:
        return Clock.starting_at(origin_ns, loop=asyncio.get_running_loop(), speed=speed)

    def _begin(self, group: asyncio.TaskGroup, program: Program, *, clock: Clock) -> None:
        task = group.create_task(program.play_out(self.cast.run_of(program, clock=clock)))
        self._playing.add(task)
        task.add_done_callback(self._playing.discard)
        self.begun_count += 1

    async def _until_all_have_ended(self) -> None:
        if self._playing:
            await asyncio.wait(self._playing)


async def _until(event: asyncio.Event) -> None:
    await event.wait()


def _cancel(tasks: Iterable[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
