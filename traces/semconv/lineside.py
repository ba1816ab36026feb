"""Our own few attributes, for what no other convention has a word for: who waited for a person, which state an
agent was in.

A program that wants those kinds sets `lineside.span.kind` beside whatever else it speaks; its word is believed first.
"""

from traces.semconv.convention import Convention

CONVENTION = Convention(
    name="lineside",
    source="docs/connect.md, “What no convention has a word for”",
    fields={"state": ("lineside.state",)},
    kinds={"lineside.span.kind": {kind: kind for kind in ("state", "human", "guardrail", "evaluation")}},
)
