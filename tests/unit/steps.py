"""Makes steps of a run for tests of its behaviour."""

from tests.unit.spans import make_span
from traces.domain.behaviour.run import Step
from traces.domain.call_reports import Reason, usage_of
from traces.domain.counting import Decision


def make_step(
    name: str,
    start_ns: int = 0,
    end_ns: int = 10,
    *,
    below: Step | None = None,
    agent: str | None = None,
    reason: Reason | None = None,
    **columns,
) -> Step:
    """A step in the work of `agent`, else of the step above. A model call is one, counted where it reports usage,
    where no other `reason` is given. `arguments` are what was asked."""
    if "arguments" in columns:
        columns["details"] = {"arguments_digest": columns.pop("arguments")}
    parent = below.span if below is not None else None
    span = make_span(
        name,
        start_ns=start_ns,
        end_ns=end_ns,
        parent_span_id=parent.span_id if parent else None,
        **columns,
    )
    decision = None
    if span.kind == "llm":
        is_call = reason in (None, Reason.CALL, Reason.FAILED, Reason.UNMETERED, Reason.METERED_ABOVE)
        usage = usage_of(span)
        decision = Decision(
            span=span,
            usage=usage,
            is_counted=is_call and usage.is_reported,
            is_call=is_call,
            reason=reason or Reason.CALL,
        )
    own = span.agent or agent or (below.agent if below is not None else None)
    return Step(span, parent, own, decision, **from_above(below))


def from_above(below: Step | None) -> dict[str, str | None]:
    """What holds for a step from the one above it, as read_steps finds it along the tree."""
    if below is None:
        return {}
    named = below.span.agent if below.span.kind == "agent" else None
    return {"state_above": below.span.state or below.state_above, "caller": named or below.caller}
