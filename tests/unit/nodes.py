"""Span nodes for unit tests: every field settable by name, the others empty."""

from dataclasses import fields
from typing import Any

from traces.selectors.rows import SpanNode

SECOND = 1_000_000_000


def make_node(
    span_id: int, *, parent: int | None = None, start: float = 0, end: float = 1, **values: Any
) -> SpanNode:
    """A span from `start` to `end` seconds; small numbers stand for ids."""
    start_ns, end_ns = int(start * SECOND), int(end * SECOND)
    given = {
        "span_id": span_id.to_bytes(8, "big"),
        "parent_span_id": None if parent is None else parent.to_bytes(8, "big"),
        "start_ns": start_ns,
        "end_ns": end_ns,
        "duration_ns": max(0, end_ns - start_ns),
        "name": f"span {span_id}",
        "kind": "other",
        "status": 0,
    }
    return SpanNode(**{field.name: None for field in fields(SpanNode)} | given | values)
