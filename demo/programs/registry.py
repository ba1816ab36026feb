"""All programs, and how often each one runs."""

import contextlib
from dataclasses import dataclass

from demo.failures import RunError
from demo.programs import analysis, research, review, runaway, support, trip
from demo.run import Run, Task


@dataclass(frozen=True, slots=True)
class Program:
    """A service and one run of it. `weight` is its share among the everyday ones."""

    service: str
    play: Task
    weight: int = 0

    async def play_out(self, run: Run) -> None:
        """Play one run to its end; that it fails is part of its story."""
        with contextlib.suppress(RunError):
            await self.play(run)


EVERYDAY = (
    Program(support.SERVICE, support.play, weight=36),
    Program(trip.SERVICE, trip.play, weight=24),
    Program(analysis.SERVICE, analysis.play, weight=16),
    Program(review.SERVICE, review.play, weight=14),
    Program(research.SERVICE, research.play, weight=10),
)
RUNAWAY = Program(runaway.SERVICE, runaway.play)
