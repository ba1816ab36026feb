"""Which span of a trace is the user's request: its start and end are the Trace Latency.

- Of the spans without a parent the earliest that has an agent or a model call at or below it; where none has, the
  earliest. Spans of other roots are kept and shown, and add nothing to the latency: they are background work.
- Without such a span, a parent may stand outside (the caller's web framework, traced elsewhere or not at all). Where
  every span whose parent is missing says that this parent is remote, the earliest of them is the request; its caller,
  should it arrive after all, takes its place.
- Where a missing parent is not remote, the request has not ended yet, and there is none: the trace is open.
"""

from collections.abc import Sequence

from traces.domain.span_row import MODEL_CALL_KINDS, SpanRow
from traces.domain.tree import TreeNode, walk

_WORK = MODEL_CALL_KINDS | {"agent"}


def find_request(forest: Sequence[TreeNode[SpanRow]]) -> TreeNode[SpanRow] | None:
    """The root that is the user's request, or None while it has not arrived. `forest` is in start order."""
    roots = [node for node in forest if not node.is_orphan]
    if roots:
        return roots[0] if len(roots) == 1 else next(filter(_has_work, roots), roots[0])
    if forest and all(_has_remote_parent(node.span) for node in forest):
        return forest[0]
    return None


def _has_work(root: TreeNode[SpanRow]) -> bool:
    return any(node.span.kind in _WORK for node in walk([root]))


def _has_remote_parent(span: SpanRow) -> bool:
    return bool(span.details and span.details.get("has_remote_parent"))
