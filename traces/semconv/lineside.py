"""Our own few attributes, for what no other convention has a word for: who waited for a person, which state an
agent was in.

A program that wants those kinds sets `lineside.span.kind` beside whatever else it speaks; its word is believed first.
"""

from traces.semconv.convention import Convention

CONVENTION = Convention(
    name="lineside",
    fields={"state": ("lineside.state",)},
    kind_key="lineside.span.kind",
    kinds={kind: kind for kind in ("state", "human", "guardrail", "evaluation")},
    kind_where_present={},
)
