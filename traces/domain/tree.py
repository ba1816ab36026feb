"""The span tree: from a flat list, in any order, to roots with children. Defined for broken input too.

- A span whose parent is not in the list becomes a root and is marked as an orphan.
- A span that names itself as its parent is a root.
- In a cycle the span that starts first becomes a root (and an orphan: its parent link is broken).
- Of several spans with one id the first in start order is kept as the parent of their children; the others
  stand beside it as leaves, so that no span is lost.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar


class TreeSpan(Protocol):
    """What a span needs to take its place in a tree."""

    @property
    def span_id(self) -> bytes: ...
    @property
    def parent_span_id(self) -> bytes | None: ...
    @property
    def start_ns(self) -> int: ...
    @property
    def end_ns(self) -> int: ...


SpanT = TypeVar("SpanT", bound=TreeSpan)


@dataclass(slots=True, eq=False)
class TreeNode(Generic[SpanT]):
    """A span in its place: depth 0 is a root, children stand in start order."""

    span: SpanT
    depth: int = 0
    is_orphan: bool = False
    children: list["TreeNode[SpanT]"] = field(default_factory=list)


def start_order(node: TreeNode[SpanT]) -> tuple[int, int, bytes]:
    """By start; of two that start together the longer one first, since it may enclose the other."""
    return (node.span.start_ns, -node.span.end_ns, node.span.span_id)


def build_forest(spans: Sequence[SpanT]) -> list[TreeNode[SpanT]]:
    """The roots in start order, every span in exactly one place. O(n log n), without recursion.

    The result does not depend on the order of `spans`.
    """
    nodes = sorted((TreeNode(span) for span in spans), key=start_order)
    by_id: dict[bytes, TreeNode[SpanT]] = {}
    for node in nodes:
        by_id.setdefault(node.span.span_id, node)

    roots: list[TreeNode[SpanT]] = []
    for node in nodes:
        parent_id = node.span.parent_span_id
        parent = by_id.get(parent_id) if parent_id else None
        if parent is None or parent is node:
            node.is_orphan = bool(parent_id) and parent is None
            roots.append(node)
        else:
            parent.children.append(node)

    reached = _set_depths(roots)
    if reached < len(nodes):
        roots.extend(_break_cycles(nodes, reached_ids={id(node) for node in walk(roots)}))
        roots.sort(key=start_order)
        _set_depths(roots)
    return roots


def _set_depths(roots: Iterable[TreeNode[SpanT]]) -> int:
    """Write each node's depth; how many nodes were reached."""
    reached = 0
    for root in roots:
        root.depth = 0
    for node in walk(roots):
        reached += 1
        for child in node.children:
            child.depth = node.depth + 1
    return reached


def _break_cycles(nodes: Sequence[TreeNode[SpanT]], *, reached_ids: set[int]) -> list[TreeNode[SpanT]]:
    """New roots for what only a cycle holds: the first of each cycle in start order, cut from its parent."""
    parent_of = {id(child): node for node in nodes for child in node.children}
    roots = []
    for node in nodes:
        if id(node) in reached_ids:
            continue
        first = _first_of_cycle(node, parent_of)
        parent_of[id(first)].children.remove(first)
        first.is_orphan = True
        roots.append(first)
        reached_ids.update(id(below) for below in walk([first]))
    return roots


def _first_of_cycle(node: TreeNode[SpanT], parent_of: dict[int, TreeNode[SpanT]]) -> TreeNode[SpanT]:
    """The first span in start order of the cycle above `node`."""
    seen: dict[int, TreeNode[SpanT]] = {}
    current = node
    while id(current) not in seen:
        seen[id(current)] = current
        current = parent_of[id(current)]
    cycle = [current]
    above = parent_of[id(current)]
    while above is not current:
        cycle.append(above)
        above = parent_of[id(above)]
    return min(cycle, key=start_order)


def walk(roots: Iterable[TreeNode[SpanT]]) -> Iterator[TreeNode[SpanT]]:
    """All nodes, each before its children (pre-order)."""
    stack = list(roots)
    stack.reverse()
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.children))
