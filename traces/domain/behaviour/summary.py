"""All that a run's behaviour shows, together."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from traces.domain.behaviour.context import ContextGrowth, find_context_growth
from traces.domain.behaviour.handoffs import Handoff, find_handoffs
from traces.domain.behaviour.loops import Loop, find_loops
from traces.domain.behaviour.retries import MOST_KEPT, Fallback, Retry, find_retries
from traces.domain.behaviour.run import Step
from traces.domain.behaviour.states import HUMAN, State, find_states
from traces.domain.pricing import find_model


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What the agents of a trace did. The lists are bounded; the counts are of all."""

    states: list[State]
    handoffs: list[Handoff]
    loops: list[Loop]
    retries: list[Retry]
    fallbacks: list[Fallback]
    context: list[ContextGrowth]
    retry_count: int
    retry_wait_ns: int
    fallback_count: int
    human_wait_count: int

    @property
    def loop_count(self) -> int:
        """How often the most repeated call or cycle was done; 0 without a loop."""
        return self.loops[0].times if self.loops else 0


def read_behaviour(steps: Sequence[Step]) -> Behaviour:
    """The behaviour of a run. `steps` in order of start."""
    states = find_states(steps)
    retries, fallbacks = find_retries(steps)
    return Behaviour(
        states=states,
        handoffs=find_handoffs(steps),
        loops=find_loops(steps, [state["state"] for state in states]),
        retries=retries[:MOST_KEPT],
        fallbacks=fallbacks[:MOST_KEPT],
        context=find_context_growth(steps, find_window=_window),
        retry_count=sum(retry.attempts - 1 for retry in retries),
        retry_wait_ns=sum(retry.waited_ns for retry in retries),
        fallback_count=len(fallbacks),
        human_wait_count=sum(state["state"] == HUMAN for state in states),
    )


@lru_cache(maxsize=4096)
def _window(provider: str | None, model: str) -> int | None:
    found = find_model(provider, model)
    return None if found is None else found[0].context_window
