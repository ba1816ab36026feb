"""Agents and the handoffs between them.

An agent is called by the agent above it (as a tool, or by a workflow's order), or gets the work handed over by a tool
whose name says so: `transfer_to_refunds`, `handoff to Refund agent`.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from traces.domain.behaviour.run import Step

MOST_HANDOFFS = 100

_BY_NAME = re.compile(
    r"^(?:handoff-)?(?:handoff|hand_off|transfer|delegate)(?:[ _]work)?[ _]to[ _](?P<to>.+)$", re.IGNORECASE
)
_GENERIC = frozenset({"agent", "coworker"})
"""Tools that name the agent in their arguments: the agent that then works says who it is."""


class Handoff(NamedTuple):
    """`sender` gave work to `receiver`: by calling it, or by handing the run over."""

    sender: str
    receiver: str
    kind: str
    span_id: bytes


def find_handoffs(steps: Sequence[Step]) -> list[Handoff]:
    """Handoffs and calls between agents in order of start, at most MOST_HANDOFFS. `steps` in order of start."""
    found: list[Handoff] = []
    handed: list[Step] = []
    for step in steps:
        span = step.span
        if step.is_tool and (named := _BY_NAME.match(span.tool or span.name)):
            if named["to"].lower() in _GENERIC:
                handed.append(step)
            elif step.agent:
                found.append(Handoff(step.agent, named["to"], "handoff", span.span_id))
        elif span.kind == "agent" and span.agent:
            sender = step.caller
            kind = "call"
            if handed and (sender is None or sender == span.agent) and handed[-1].agent:
                sender, kind = handed.pop().agent, "handoff"
            if sender and sender != span.agent:
                found.append(Handoff(sender, span.agent, kind, span.span_id))
    return found[:MOST_HANDOFFS]
