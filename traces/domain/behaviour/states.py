"""State transitions: which state an agent was in, when, from the conventions' own sources.

A span's state holds for what is below it, so only a span whose state differs from the one around it begins one. A
wait for a person is the state `human`.
"""

from collections.abc import Sequence
from typing import TypedDict

from traces.domain.behaviour.run import Step
from traces.domain.human_waits import waits_for_human

MOST_STATES = 1_000
"""States kept in a summary, the first ones; the spans have them all."""
HUMAN = "human"


class State(TypedDict):
    """Times are nanoseconds since the epoch, as text: they pass 2^53, and this is stored as JSON."""

    state: str
    start_time_unix_nano: str
    end_time_unix_nano: str
    agent: str | None


def find_states(steps: Sequence[Step]) -> list[State]:
    """The states in order of start. `steps` in order of start."""
    found: list[State] = []
    for step in steps:
        span = step.span
        if span.state and span.state != step.state_above:
            found.append(_state(span.state, span.start_ns, span.end_ns, step.agent))
        for began_ns, name in (span.details or {}).get("states", ()):
            found.append(_state(name, began_ns, span.end_ns, step.agent))
        if waits_for_human(span) and not (step.parent is not None and waits_for_human(step.parent)):
            began_ns = span.start_ns if span.kind == HUMAN else span.end_ns
            found.append(_state(HUMAN, began_ns, span.end_ns, step.agent))
    found.sort(key=lambda state: (int(state["start_time_unix_nano"]), int(state["end_time_unix_nano"])))
    return found[:MOST_STATES]


def _state(name: str, start_ns: int, end_ns: int, agent: str | None) -> State:
    return {
        "state": name,
        "start_time_unix_nano": str(start_ns),
        "end_time_unix_nano": str(max(start_ns, end_ns)),
        "agent": agent,
    }
