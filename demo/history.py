"""Runs of the past days, written as fast as they can be sent."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from demo.cast import Cast
from demo.clock import NS_PER_S, Clock, JumpingLoop
from demo.programs.registry import RUNAWAY, Program
from demo.programs.runaway import LASTS_S

RUNS_A_DAY = 220
NS_PER_HOUR = 3600 * NS_PER_S
DAILY_RHYTHM = (2, 1, 1, 1, 1, 2, 4, 7, 10, 12, 13, 12, 9, 11, 13, 12, 11, 9, 7, 6, 5, 5, 4, 3)
"""How busy each hour of a UTC day is, compared with the others."""
WEEKEND_SHARE = 0.45
SETTLED_NS = 5 * 60 * NS_PER_S
"""Everyday runs begin at least this long ago: even one that waited for a person has ended by now."""
SPANS_BETWEEN_FLUSHES = 400
"""Fewer than the queue of the SDK's processor holds with the largest run on top, so that none is dropped."""


@dataclass(frozen=True, slots=True, order=True)
class Beginning:
    """When a run of the past begins, and whether it is the incident."""

    start_ns: int
    is_runaway: bool


def beginnings(*, days: int, now_ns: int, rng: Random) -> list[Beginning]:
    """The beginnings of `days` days that end now, in order: everyday runs by the rhythm, and a few incidents."""
    hours = [now_ns - (number + 1) * NS_PER_HOUR for number in range(days * 24)]
    found = [Beginning(start_ns, is_runaway=False) for hour in hours for start_ns in _of_hour(hour, rng)]
    settled = [beginning for beginning in found if beginning.start_ns <= now_ns - SETTLED_NS]
    return sorted([*settled, *_incidents(days=days, now_ns=now_ns, rng=rng)])


def _of_hour(hour_ns: int, rng: Random) -> Iterator[int]:
    moment = datetime.fromtimestamp(hour_ns // NS_PER_S, tz=UTC) + timedelta(minutes=30)
    expected = RUNS_A_DAY * DAILY_RHYTHM[moment.hour] / sum(DAILY_RHYTHM)
    if moment.weekday() >= 5:
        expected *= WEEKEND_SHARE
    for _ in range(int(expected + rng.random())):
        yield hour_ns + rng.randrange(NS_PER_HOUR)


def _incidents(*, days: int, now_ns: int, rng: Random) -> Iterator[Beginning]:
    """One in every three days, the first one yesterday: today's is for the live part."""
    for number in range(1, days, 3):
        hours_ago = number * 24 + rng.uniform(3, 21)
        yield Beginning(now_ns - round(hours_ago * NS_PER_HOUR + LASTS_S * NS_PER_S), is_runaway=True)


def write_history(
    cast: Cast, *, days: int, now_ns: int, flush: Callable[[], object], report: Callable[[int, int], None]
) -> int:
    """Play every run of the past days in no time; how many there were.

    `flush` sends what has collected; `report` hears after each flush how many of how many runs are written.
    """
    planned = beginnings(days=days, now_ns=now_ns, rng=cast.rng)
    flushed_count = cast.telemetry.ended_count
    loop = JumpingLoop()
    try:
        for number, beginning in enumerate(planned, start=1):
            program = RUNAWAY if beginning.is_runaway else cast.everyday()
            loop.run_until_complete(_play(cast, program, loop=loop, start_ns=beginning.start_ns))
            if cast.telemetry.ended_count - flushed_count >= SPANS_BETWEEN_FLUSHES:
                flush()
                flushed_count = cast.telemetry.ended_count
                report(number, len(planned))
    finally:
        loop.close()
    flush()
    return len(planned)


async def _play(cast: Cast, program: Program, *, loop: JumpingLoop, start_ns: int) -> None:
    await program.play_out(cast.run_of(program, clock=Clock.starting_at(start_ns, loop=loop)))
