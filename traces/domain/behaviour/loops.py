"""Loops: the same call with the same arguments again and again, and cycles of states."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from traces.domain.behaviour.run import Step

FEWEST = 3
"""Twice may be chance; three times the same is a loop."""
LONGEST_CYCLE = 8
"""States of a cycle at most."""
MOST_LOOPS = 20


class Loop(NamedTuple):
    """`name` was done `times` times: a tool or a model with the same arguments, or a cycle of states (A → B).

    Failed model calls are retries, not loops. `span_id` is the first span.
    """

    kind: str
    name: str
    agent: str | None
    times: int
    span_id: bytes | None


def find_loops(steps: Sequence[Step], states: Sequence[str]) -> list[Loop]:
    """The loops of a run, the longest first, at most MOST_LOOPS. `states` in order of start."""
    asked: dict[tuple[str, str | None, str, str], list[Step]] = defaultdict(list)
    for step in steps:
        if step.asked and (step.is_tool or (step.is_call and not step.failed)):
            name = step.span.tool if step.is_tool else step.span.model
            asked[step.span.kind, step.agent, name or step.span.name, step.asked].append(step)
    loops = [
        Loop(kind, name, agent, len(same), same[0].span.span_id)
        for (kind, agent, name, _), same in asked.items()
        if len(same) >= FEWEST
    ]
    loops += _cycles(states)
    return sorted(loops, key=lambda loop: (-loop.times, loop.kind, loop.name))[:MOST_LOOPS]


def _cycles(states: Sequence[str]) -> list[Loop]:
    """Cycles of at least two states that ran FEWEST times without a break; of nested ones the shortest."""
    found: dict[tuple[str, ...], int] = {}
    place = 0
    while place < len(states):
        period, rounds = _longest_cycle_at(states, place)
        if rounds >= FEWEST:
            cycle = tuple(states[place : place + period])
            found[cycle] = max(found.get(cycle, 0), rounds)
            place += period * rounds
        else:
            place += 1
    return [Loop("state", " → ".join(cycle), None, rounds, None) for cycle, rounds in found.items()]


def _longest_cycle_at(states: Sequence[str], place: int) -> tuple[int, int]:
    """(length, rounds) of the cycle that begins here and covers most; (0, 0) for none."""
    best = (0, 0)
    for period in range(2, LONGEST_CYCLE + 1):
        cycle = states[place : place + period]
        if len(cycle) < period or len(set(cycle)) == 1:
            continue
        rounds = 1
        while states[place + rounds * period : place + (rounds + 1) * period] == cycle:
            rounds += 1
        if rounds >= FEWEST and rounds * period > best[0] * best[1]:
            best = (period, rounds)
    return best
