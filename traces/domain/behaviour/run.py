"""A run as the rules of this room see it: its steps in order, each with its agent and what was decided about it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from traces.domain.call_reports import Reason
from traces.domain.counting import Decision
from traces.domain.human_waits import waits_for_human
from traces.domain.span_row import STATUS_ERROR, SpanRow
from traces.domain.tree import TreeNode

_SECOND_REPORTS = frozenset(
    {
        Reason.SAME_RESPONSE,
        Reason.SAME_CALL_NESTED,
        Reason.SAME_CALL_OVERLAP,
        Reason.WRAPPER,
        Reason.LOCAL_CACHE,
    }
)


class Step(NamedTuple):
    """A span in its place. `agent` is the agent in whose work it stands; `decision` is what was decided about the model
    call that it reports, None for spans that report none. `state_above` is the state around it, `caller` the nearest
    agent's span above that has a name."""

    span: SpanRow
    parent: SpanRow | None
    agent: str | None
    decision: Decision | None
    state_above: str | None = None
    caller: str | None = None

    @property
    def failed(self) -> bool:
        """Whether it ended with an error; a wait for a person is none."""
        return self.span.status == STATUS_ERROR and not waits_for_human(self.span)

    @property
    def is_call(self) -> bool:
        """A model call, in the one report of it that stands for it."""
        return (
            self.span.kind == "llm"
            and self.decision is not None
            and self.decision.reason not in _SECOND_REPORTS
        )

    @property
    def is_tool(self) -> bool:
        """A tool call."""
        return self.span.kind == "tool"

    @property
    def asked(self) -> str | None:
        """Equal where the same was asked: the digest of the arguments."""
        return self.span.details.get("arguments_digest") if self.span.details else None


def read_steps(
    nodes: Sequence[TreeNode[SpanRow]],
    *,
    by_start: Sequence[TreeNode[SpanRow]],
    agents: Mapping[int, str | None],
    decisions: Sequence[Decision],
) -> list[Step]:
    """The steps of a trace in order of start. `nodes` are its spans in tree order, and by start; `agents` by the id() of
    the span.

    What holds for a span from above is found along the tree: by a wrong clock a span may begin before its parent.
    """
    decided = {id(decision.span): decision for decision in decisions}
    above: dict[int, tuple[SpanRow | None, str | None, str | None]] = {}
    for node in nodes:
        span = node.span
        if node.children:
            _, state, caller = above.get(id(node), _NOTHING)
            named = span.agent if span.kind == "agent" else None
            below = (span, span.state or state, named or caller)
            for child in node.children:
                above[id(child)] = below
    steps = []
    for node in by_start:
        parent, state, caller = above.get(id(node), _NOTHING)
        key = id(node.span)
        steps.append(Step(node.span, parent, agents.get(key), decided.get(key), state, caller))
    return steps


_NOTHING = (None, None, None)
