"""Waits for a person: LangGraph's interrupt and its like, tools that need an approval. They are states, not errors."""

import re

from traces.domain.span_row import SpanRow

_WAITS = re.compile(
    r"\(?(?:GraphInterrupt|NodeInterrupt|Interrupt\(|ApprovalRequired|CallDeferred|WaitingForEvent|HumanInput|"
    r"InterruptException)"
)
"""By what frameworks leave a run that a person has to answer: exceptions of LangGraph, Pydantic AI, LlamaIndex, Strands, and
how Langfuse writes LangGraph's."""


def waits_for_human(span: SpanRow) -> bool:
    """Whether the span ended because a person has to answer, or is such a wait itself."""
    if span.kind == "human":
        return True
    if span.details and span.details.get("deferral"):
        return True
    if span.error_type and _WAITS.search(span.error_type):
        return True
    return bool(span.status_message) and _WAITS.match(span.status_message or "") is not None
