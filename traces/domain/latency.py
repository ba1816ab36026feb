"""Where a trace's time went: each nanosecond of the request's wall clock in exactly one category.

Seen from the end, as in Jaeger's critical path: at any moment the time belongs to the span that the answer was
waiting for. Of children that run in parallel the one that ends last holds the time until it started; what no child
holds is its parent's own. So parallel work is counted once, and the categories add up to the duration exactly.

*Waiting* is the gap between a failed attempt and the next attempt at the same thing (a backoff), and what a span
does whose name says that it sleeps or queues.

Clocks of two machines differ. A span of another resource than its parent's that begins before its parent, which no
cause can, is moved with all below it: to where it lies in the middle of its parent, or, where it lasts longer, to its
parent's start. Everything else that sticks out of its parent is cut. O(n log n), without recursion.
"""

import itertools
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple, Protocol

from traces.domain.span_row import STATUS_ERROR, SpanRow
from traces.domain.tree import TreeNode

CATEGORY_OF_KIND = {
    "llm": "model_ns",
    "embedding": "model_ns",
    "rerank": "model_ns",
    "tool": "tool_ns",
    "retrieval": "retrieval_ns",
    "state": "state_ns",
    "guardrail": "guardrail_ns",
    "evaluation": "guardrail_ns",
    "human": "human_ns",
    "agent": "agent_ns",
    "workflow": "agent_ns",
    "other": "agent_ns",
}
WAITING = "waiting_ns"
CATEGORIES = (
    "model_ns",
    "tool_ns",
    "retrieval_ns",
    "state_ns",
    "guardrail_ns",
    "human_ns",
    "agent_ns",
    WAITING,
)

_WAITS = re.compile(
    r"(?:^|[\W_])(?:sleep|sleeping|backoff|back_off|wait|waiting|queue|queued|throttle)(?:$|[\W_])"
)


class _Piece(NamedTuple):
    """A part of the parent's time that a child held; times are the parent's clock."""

    node: TreeNode[SpanRow]
    low: int
    high: int
    shift: int


def attribute_latency(root: TreeNode[SpanRow]) -> dict[str, int]:
    """Nanoseconds by category over the root's duration; every category is present, and they sum to it.

    A span of kind `other` belongs to what it is part of: a model call's HTTP request is the model's time.
    """
    totals = dict.fromkeys(CATEGORIES, 0)
    start, end = root.span.start_ns, max(root.span.start_ns, root.span.end_ns)
    stack = [(_Piece(root, start, end, 0), CATEGORY_OF_KIND[root.span.kind])]
    while stack:
        piece, category = stack.pop()
        own = piece.high - piece.low
        if piece.node.children:
            pieces = _held_by_children(piece)
            for below in pieces:
                own -= below.high - below.low
                stack.append((below, _category(below.node.span, category)))
            waited = _waited_between(pieces)
            totals[WAITING] += waited
            own -= waited
        totals[category] += own
    return totals


def _category(span: SpanRow, above: str) -> str:
    if span.kind != "other":
        return CATEGORY_OF_KIND[span.kind]
    return WAITING if _says_that_it_waits(span.name) else above


@lru_cache(maxsize=4096)
def _says_that_it_waits(name: str) -> bool:
    return _WAITS.search(name.lower()) is not None


def _held_by_children(parent: _Piece) -> list[_Piece]:
    """Disjoint pieces of the parent's time, each with the child that held it, from the end backwards."""
    moved = _in_parents_clock(parent.node, parent.shift)
    pieces = []
    cursor = parent.high
    for end, start, place, shift in sorted(moved, reverse=True):
        high, low = min(end, cursor), max(start, parent.low)
        if high > low:
            pieces.append(_Piece(parent.node.children[place], low, high, shift))
            cursor = low
    return pieces


def _in_parents_clock(parent: TreeNode[SpanRow], shift: int) -> Iterable[tuple[int, int, int, int]]:
    """(end, start, place among the children, shift) of each child, moved where its clock is wrong."""
    parent_start = parent.span.start_ns + shift
    for place, child in enumerate(parent.children):
        span = child.span
        child_shift = shift
        if span.start_ns + shift < parent_start and span.resource_digest != parent.span.resource_digest:
            room = max(0, parent.span.duration_ns - span.duration_ns)
            child_shift = parent_start + room // 2 - span.start_ns
        yield span.end_ns + child_shift, span.start_ns + child_shift, place, child_shift


def _waited_between(pieces: Sequence[_Piece]) -> int:
    """Nanoseconds between a failed attempt and the next attempt at the same thing. `pieces` run backwards."""
    return sum(
        later.low - earlier.high
        for later, earlier in itertools.pairwise(pieces)
        if earlier.node.span.status == STATUS_ERROR and is_same_attempt(earlier.node.span, later.node.span)
    )


class Tried(Protocol):
    """What tells one try from another."""

    @property
    def kind(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def tool(self) -> str | None: ...


def is_same_attempt(one: Tried, other: Tried) -> bool:
    """Whether two spans beside one another try the same thing: a model call (whichever model), one tool, or a span of
    the same name."""
    if one.kind != other.kind:
        return False
    if one.kind == "llm":
        return True
    return one.tool == other.tool if one.kind == "tool" else one.name == other.name
