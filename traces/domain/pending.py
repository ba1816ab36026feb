"""Pending spans: they announce a span that still runs, and give way to it when it arrives.

Logfire sends one at a span's start. It has an id of its own and stands below the span that it announces; the parent
of that one is in its details. Here it takes the place and the id of the span that it announces.
"""

from collections.abc import Sequence

from traces.domain.span_row import SpanRow


def is_pending(span: SpanRow) -> bool:
    """Whether the span announces another, or takes its place."""
    return span.details is not None and "pending_parent_id" in span.details


def _announces(span: SpanRow) -> bool:
    """What stands below nothing announces nothing; it is a span like any other."""
    return is_pending(span) and span.parent_span_id is not None


def settle_pending(spans: Sequence[SpanRow]) -> list[SpanRow]:
    """The spans without those that are only announced and have arrived since, the others in their announced place.

    The result does not depend on the order of `spans`; without pending spans it is `spans`.
    """
    if not any(map(_announces, spans)):
        return list(spans)
    ended = [span for span in spans if not _announces(span)]
    seen = {span.span_id for span in ended}
    settled = list(ended)
    for span in sorted(filter(_announces, spans), key=lambda span: (span.start_ns, span.span_id)):
        announced = span.parent_span_id
        if announced is not None and announced not in seen:
            seen.add(announced)
            settled.append(_announced(span, announced))
    return settled


def _announced(span: SpanRow, span_id: bytes) -> SpanRow:
    parent = (span.details or {}).get("pending_parent_id", "")
    return span._replace(span_id=span_id, parent_span_id=bytes.fromhex(parent) or None)
