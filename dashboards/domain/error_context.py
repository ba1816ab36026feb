"""An error with its context: under which agents and in which state it came, what was tried before, what came after."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from core.units import format_duration
from traces.domain.latency import is_same_attempt
from traces.domain.tree import TreeNode, build_forest, walk
from traces.selectors.rows import SpanNode

MOST_ATTEMPTS = 20


@dataclass(frozen=True, slots=True)
class Attempt:
    """An earlier attempt at the same thing; `words` say how it ended and when."""

    span_id: str
    words: str


@dataclass(frozen=True, slots=True)
class ErrorContext:
    """`path` are the agents above, the outermost first; `outcome` says what came after."""

    path: tuple[str, ...]
    state: str
    attempts: tuple[Attempt, ...]
    outcome: str
    outcome_span_id: str


def error_context(nodes: Sequence[SpanNode], *, span_id: bytes) -> ErrorContext | None:
    """The context of a failed span among the trace's spans; None where it is not there."""
    parents: dict[int, TreeNode[SpanNode]] = {}
    failed: TreeNode[SpanNode] | None = None
    for node in walk(build_forest(nodes)):
        for child in node.children:
            parents[id(child)] = node
        if node.span.span_id == span_id and failed is None:
            failed = node
    if failed is None:
        return None
    above = _above(failed, parents)
    siblings = parents[id(failed)].children if id(failed) in parents else [failed]
    same = [other for other in siblings if other is not failed and is_same_attempt(failed.span, other.span)]
    outcome, after = _outcome(failed, above, same)
    return ErrorContext(
        path=tuple(_agents(above, failed)),
        state=next((node.span.state for node in (failed, *above) if node.span.state), ""),
        attempts=tuple(_attempts(failed.span, same)),
        outcome=outcome,
        outcome_span_id=after.hex() if after else "",
    )


def _above(node: TreeNode[SpanNode], parents: dict[int, TreeNode[SpanNode]]) -> list[TreeNode[SpanNode]]:
    """From the parent up to the root."""
    found = []
    while id(node) in parents:
        node = parents[id(node)]
        found.append(node)
    return found


def _agents(above: Sequence[TreeNode[SpanNode]], failed: TreeNode[SpanNode]) -> list[str]:
    named = [node.span.agent for node in (*reversed(above), failed) if node.span.agent]
    return [
        name for place, name in enumerate(named) if name and name != (named[place - 1] if place else None)
    ]


def _attempts(span: SpanNode, same: Sequence[TreeNode[SpanNode]]) -> list[Attempt]:
    """The failures since the last success: what succeeded was another call's answer."""
    before = [other.span for other in same if other.span.end_ns <= span.start_ns]
    failures = list(itertools.takewhile(lambda earlier: earlier.is_error, reversed(before)))
    return [
        Attempt(
            span_id=earlier.span_id.hex(),
            words=f"{earlier.error_type or earlier.status_message or 'failed'}, "
            f"{format_duration(span.start_ns - earlier.end_ns)} before",
        )
        for earlier in reversed(failures[:MOST_ATTEMPTS])
    ]


def _outcome(
    failed: TreeNode[SpanNode], above: Sequence[TreeNode[SpanNode]], same: Sequence[TreeNode[SpanNode]]
) -> tuple[str, bytes | None]:
    """What came after: another attempt, the failure of what was around it, or the run went on."""
    began_ns = failed.span.start_ns
    later = [
        other.span
        for other in same
        if other.span.start_ns >= failed.span.end_ns and other.span.end_ns > began_ns
    ]
    succeeded = next((span for span in later if not span.is_error), None)
    if succeeded is not None:
        waited = format_duration(succeeded.start_ns - failed.span.end_ns)
        return f"recovered: the attempt {waited} later succeeded", succeeded.span_id
    if (above[-1] if above else failed).is_orphan and all(node.span.is_error for node in above):
        return "not known: the span above never came", above[-1].span.span_id if above else None
    if not above:
        return "ended the run", None
    if all(node.span.is_error for node in above):
        return "ended the run: it propagated to the root", above[-1].span.span_id
    if above[0].span.is_error:
        reached = next(
            (node for node, next_up in itertools.pairwise(above) if not next_up.span.is_error),
            above[0],
        )
        return f"propagated to {reached.span.name}; the run went on above it", reached.span.span_id
    if later:
        return (
            f"tried {len(later)} more time{'s' * (len(later) > 1)} without success; the run went on",
            later[-1].span_id,
        )
    return "the run went on", None
