"""Context growth: how much of its model's window an agent's calls fill, the first, the last and the fullest."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple

from traces.domain.behaviour.run import Step

MOST_AGENTS = 50


class ContextGrowth(NamedTuple):
    """Input tokens of an agent's model calls with one model: of the first, the last and the fullest one, which is
    `peak_span_id`. `window` is the most that the model takes, None where that is not known."""

    agent: str | None
    model: str
    calls: int
    first: int
    last: int
    peak: int
    window: int | None
    peak_span_id: bytes

    @property
    def share(self) -> float:
        """How full the fullest call's context was; 0 where the window is not known."""
        return self.peak / self.window if self.window else 0.0


FindWindow = Callable[[str | None, str], int | None]
"""(provider, model) -> tokens that the model takes."""


def find_context_growth(steps: Sequence[Step], *, find_window: FindWindow) -> list[ContextGrowth]:
    """Growth by agent and model, the fullest first, at most MOST_AGENTS. `steps` in order of start."""
    calls: dict[tuple[str | None, str], list[Step]] = defaultdict(list)
    for step in steps:
        decision = step.decision
        if (
            step.is_call
            and decision is not None
            and decision.is_counted
            and decision.usage.input_tokens
            and step.span.model
        ):
            calls[step.agent, step.span.model].append(step)
    growth = [_growth(agent, model, made, find_window) for (agent, model), made in calls.items()]
    growth.sort(key=lambda one: (-one.share, -one.peak, one.peak_span_id))
    return growth[:MOST_AGENTS]


def _growth(agent: str | None, model: str, made: Sequence[Step], find_window: FindWindow) -> ContextGrowth:
    fullest = max(made, key=_input_tokens)
    return ContextGrowth(
        agent=agent,
        model=model,
        calls=len(made),
        first=_input_tokens(made[0]),
        last=_input_tokens(made[-1]),
        peak=_input_tokens(fullest),
        window=find_window(fullest.span.provider, model),
        peak_span_id=fullest.span.span_id,
    )


def _input_tokens(step: Step) -> int:
    return (step.decision.usage.input_tokens or 0) if step.decision is not None else 0
