"""Where a trace's time went: each nanosecond of the root's wall clock in exactly one category.

Seen from the end, as in Jaeger's critical path: at any moment the time belongs to the span that the answer was
waiting for. Of children that run in parallel the one that ends last holds the time until it started; what no
child holds is its parent's own. So parallel work is counted once, and the categories add up to the duration
exactly. O(n log n), without recursion.
"""

from collections.abc import Sequence

from traces.domain.span_row import SpanRow
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
CATEGORIES = (
    "model_ns",
    "tool_ns",
    "retrieval_ns",
    "state_ns",
    "guardrail_ns",
    "human_ns",
    "agent_ns",
    "waiting_ns",
)


def attribute_latency(root: TreeNode[SpanRow]) -> dict[str, int]:
    """Nanoseconds by category over the root's duration; every category is present, and they sum to it.

    A span of kind `other` below a model call or a tool (its HTTP request) belongs to what it is part of.
    """
    totals = dict.fromkeys(CATEGORIES, 0)
    start, end = root.span.start_ns, max(root.span.start_ns, root.span.end_ns)
    stack = [(root, start, end, CATEGORY_OF_KIND[root.span.kind])]
    while stack:
        node, low, high, category = stack.pop()
        own = high - low
        for child, child_low, child_high in _held_by_children(node.children, low, high):
            own -= child_high - child_low
            child_category = category if child.span.kind == "other" else CATEGORY_OF_KIND[child.span.kind]
            stack.append((child, child_low, child_high, child_category))
        totals[category] += own
    return totals


def _held_by_children(
    children: Sequence[TreeNode[SpanRow]], low: int, high: int
) -> list[tuple[TreeNode[SpanRow], int, int]]:
    """Disjoint pieces of [low, high], each with the child that held it, from the end backwards."""
    pieces = []
    cursor = high
    for child in sorted(children, key=lambda node: (node.span.end_ns, node.span.start_ns), reverse=True):
        piece_high = min(child.span.end_ns, cursor)
        piece_low = max(child.span.start_ns, low)
        if piece_high > piece_low:
            pieces.append((child, piece_low, piece_high))
            cursor = piece_low
    return pieces
