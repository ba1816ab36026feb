"""Reads of spans."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

import orjson
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from psycopg import sql

from traces.domain import otlp
from traces.models import Origin
from traces.selectors.cursors import cursor_key, cursor_text
from traces.selectors.rows import Page, SpanDetail, SpanNode
from traces.selectors.statements import bounded, column_list, select_rows
from traces.semconv.content import span_content

MOST_SPANS = 10_000
"""Spans of one answer of span_nodes: what a page can draw."""
MOST_DETAILS = 10_000
"""Spans of one answer of span_list: what `GET traces/TRACE_ID` promises."""
MOST_DETAIL_BYTES = 64 * 1024 * 1024
"""Stored bytes of one answer of span_list: spans carry whole prompts, and all of a page is in memory at once."""

# In the order of SpanNode's fields.
_NODE_COLUMNS = sql.SQL(", ").join(
    [
        column_list("span.shown_id", "span.shown_parent_id", "span.start_ns", "span.end_ns"),
        sql.SQL("greatest(span.end_ns - span.start_ns, 0)"),
        column_list(
            "span.name",
            "span.kind",
            "span.status",
            "span.status_message",
            "span.error_type",
            "span.agent",
            "span.tool",
            "span.tool_call_id",
            "span.provider",
        ),
        sql.SQL("coalesce(span.response_model, span.request_model)"),
        column_list(
            "span.request_model",
            "span.response_id",
            "span.prompt_name",
            "span.prompt_version",
            "span.input_tokens",
            "span.cache_read_input_tokens",
            "span.cache_creation_input_tokens",
            "span.output_tokens",
            "span.reasoning_output_tokens",
            "call.cost_usd",
            "call.cost_low_usd",
            "call.is_counted",
            "call.reason",
            "span.service",
            "span.environment",
            "span.release",
            "span.convention",
            "span.session_id",
            "span.user_id",
            "span.state",
            "call.reported_cost_usd",
            "call.estimated_usd",
        ),
        sql.SQL(
            "CASE WHEN call.is_counted THEN coalesce(call.input_tokens, 0) + coalesce(call.output_tokens, 0) END"
        ),
        column_list(
            "call.billing",
            "call.price",
            "call.same_as_trace_id",
            "call.same_as_span_id",
            "span.details",
        ),
    ]
)
_STORED_COLUMNS = column_list("span.resource_digest", "span.scope_digest", "span.raw")
_DETAIL_COLUMNS = sql.SQL(", ").join([_NODE_COLUMNS, _STORED_COLUMNS])
_SIZE_COLUMN = sql.SQL("octet_length(span.raw)")
_ALL = sql.SQL("true")


def span_nodes(*, project_id: int, trace_id: bytes, limit: int = MOST_SPANS) -> list[SpanNode]:
    """The trace's first spans by start, without what they carry. One query."""
    parameters = {
        "project_id": project_id,
        "trace_id": trace_id,
        "limit": bounded(limit, most=MOST_SPANS),
    }
    return [_node(row) for row in select_rows("span_list", parameters, columns=_NODE_COLUMNS, condition=_ALL)]


_NODE_FIELDS = [field.name for field in fields(SpanNode)]
_JSON_AT = [_NODE_FIELDS.index(name) for name in ("price", "details")]


def _node(row: Sequence[Any]) -> SpanNode:
    """A SpanNode from _NODE_COLUMNS; jsonb comes as text."""
    values = list(row)
    for place in _JSON_AT:
        values[place] = None if values[place] is None else orjson.loads(values[place])
    return SpanNode(*values)


def span_get(*, project_id: int, trace_id: bytes, span_id: bytes) -> SpanDetail | None:
    """One span with all that came with it, or None. Of several with this id the first. At most two queries."""
    rows = select_rows(
        "span_list",
        {"project_id": project_id, "trace_id": trace_id, "span_id": span_id, "limit": 1},
        columns=_DETAIL_COLUMNS,
        condition=sql.SQL("span.shown_id = %(span_id)s"),
    )
    details = _details(project_id=project_id, rows=rows)
    return details[0] if details else None


def span_raw_get(*, project_id: int, trace_id: bytes, span_id: bytes) -> bytes | None:
    """The span as it came, an OTLP message, or None. Of several with this id the first. One query."""
    rows = select_rows(
        "span_list",
        {"project_id": project_id, "trace_id": trace_id, "span_id": span_id, "limit": 1},
        columns=column_list("span.raw"),
        condition=sql.SQL("span.shown_id = %(span_id)s"),
    )
    return bytes(rows[0][0]) if rows else None


def span_list(
    *, project_id: int, trace_id: bytes, limit: int = 50, cursor: str | None = None
) -> Page[SpanDetail]:
    """A page of the trace's spans by (start, span id). At most three queries.

    At most MOST_DETAILS of them, and no more than fit into MOST_DETAIL_BYTES (one always does). Raises
    CursorError for a cursor of another list.
    """
    limit = bounded(limit, most=MOST_DETAILS)
    parameters: dict[str, Any] = {"project_id": project_id, "trace_id": trace_id, "limit": limit + 1}
    condition = _ALL
    if cursor is not None:
        start_ns, span_id = cursor_key(f"spans {trace_id.hex()}", cursor, (int, bytes))
        parameters |= {"after_start_ns": start_ns, "after_span_id": span_id}
        condition = sql.SQL("(span.start_ns, span.shown_id) > (%(after_start_ns)s, %(after_span_id)s)")
    sizes = [
        size for (size,) in select_rows("span_list", parameters, columns=_SIZE_COLUMN, condition=condition)
    ]
    parameters["limit"] = _fitting(sizes[:limit])
    rows = select_rows("span_list", parameters, columns=_DETAIL_COLUMNS, condition=condition) if sizes else []
    results = _details(project_id=project_id, rows=rows)
    next_cursor = None
    if results and len(sizes) > len(results):
        last = results[-1].node
        next_cursor = cursor_text(f"spans {trace_id.hex()}", (last.start_ns, last.span_id))
    return Page(results=results, next_cursor=next_cursor)


def _fitting(sizes: Sequence[int]) -> int:
    """How many of these fit into MOST_DETAIL_BYTES together, from the first; at least one."""
    total = 0
    for count, size in enumerate(sizes):
        total += size
        if total > MOST_DETAIL_BYTES:
            return max(1, count)
    return len(sizes)


def _details(*, project_id: int, rows: list[tuple[Any, ...]]) -> list[SpanDetail]:
    """Stored rows decoded; the origins that they share are read and decoded once."""
    digests = {bytes(digest) for row in rows for digest in row[-3:-1]}
    origins = _origins(project_id=project_id, digests=digests) if digests else {}
    resources = {bytes(row[-3]): _resource(origins.get(bytes(row[-3]), b"")) for row in rows}
    scopes = {bytes(row[-2]): _scope(origins.get(bytes(row[-2]), b"")) for row in rows}
    return [
        _detail(
            _node(row[:-3]),
            raw=bytes(row[-1]),
            resource=resources[bytes(row[-3])],
            scope=scopes[bytes(row[-2])],
        )
        for row in rows
    ]


def _origins(*, project_id: int, digests: Iterable[bytes]) -> dict[bytes, bytes]:
    stored = Origin.objects.filter(project_id=project_id, digest__in=list(digests))
    return {bytes(digest): bytes(data) for digest, data in stored.values_list("digest", "data")}


def _resource(data: bytes) -> dict[str, Any]:
    origin = otlp.resource_from_origin(data)
    return {
        "attributes": otlp.attributes_dict(origin.resource.attributes),
        "dropped_attributes_count": origin.resource.dropped_attributes_count,
        "schema_url": origin.schema_url,
    }


def _scope(data: bytes) -> dict[str, Any]:
    origin = otlp.scope_from_origin(data)
    return {
        "name": origin.scope.name,
        "version": origin.scope.version,
        "attributes": otlp.attributes_dict(origin.scope.attributes),
        "dropped_attributes_count": origin.scope.dropped_attributes_count,
        "schema_url": origin.schema_url,
    }


def _event(event: Span.Event) -> dict[str, Any]:
    return {
        "name": event.name,
        "time_ns": event.time_unix_nano,
        "attributes": otlp.attributes_dict(event.attributes),
        "dropped_attributes_count": event.dropped_attributes_count,
    }


def _link(link: Span.Link) -> dict[str, Any]:
    return {
        "trace_id": link.trace_id,
        "span_id": link.span_id,
        "trace_state": link.trace_state,
        "attributes": otlp.attributes_dict(link.attributes),
        "dropped_attributes_count": link.dropped_attributes_count,
        "flags": link.flags,
    }


def _detail(node: SpanNode, *, raw: bytes, resource: dict[str, Any], scope: dict[str, Any]) -> SpanDetail:
    span = otlp.span_from_raw(raw)
    attributes = otlp.attributes_dict(span.attributes)
    events = [_event(event) for event in span.events]
    content = span_content(
        attributes=attributes, events=[(event["name"], event["attributes"]) for event in events]
    )
    return SpanDetail(
        node=node,
        attributes=attributes,
        resource=resource,
        scope=scope,
        events=events,
        links=[_link(link) for link in span.links],
        input=content.input,
        output=content.output,
        trace_state=span.trace_state,
        flags=span.flags,
        dropped_attributes_count=span.dropped_attributes_count,
        dropped_events_count=span.dropped_events_count,
        dropped_links_count=span.dropped_links_count,
        otlp_kind=span.kind,
        raw_size=len(raw),
    )
