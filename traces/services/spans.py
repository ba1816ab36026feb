"""Storing spans: COPY into the partitioned table, each span once, and the touched traces marked.

Copying straight into the table is the fast way, and right for all but the batches that hold a span which is
stored already. Such a batch, one that a sender repeats, violates the primary key; it then goes through a staging
table with ON CONFLICT DO NOTHING. All rows and keys are written in key order, so that two writers of the same
spans wait for each other in one direction only.
"""

from collections.abc import Collection, Mapping, Sequence
from operator import attrgetter
from typing import Any

import psycopg
from psycopg import sql

from traces.domain.slots import slot_of
from traces.domain.span_row import SpanRow
from traces.domain.trace_key import TraceKey
from traces.services.copying import rows_copy
from traces.sql import load_sql

_TYPES = {
    "start_ns": "int8",
    "end_ns": "int8",
    "input_tokens": "int8",
    "cache_read_input_tokens": "int8",
    "cache_creation_input_tokens": "int8",
    "output_tokens": "int8",
    "reasoning_output_tokens": "int8",
    "project_id": "int4",
    "status": "int2",
    "trace_id": "bytea",
    "span_id": "bytea",
    "parent_span_id": "bytea",
    "resource_digest": "bytea",
    "scope_digest": "bytea",
    "details": "jsonb",
    "raw": "bytea",
}
_SPAN_TYPES = {column: _TYPES.get(column, "text") for column in SpanRow._fields}
_MARK_TYPES = {"project_id": "int4", "trace_id": "bytea", "slot": "int2"}

_KEPT = ("project_id", "trace_id", "span_id", "start_ns", "resource_digest", "scope_digest", "raw")
MAPPED_COLUMNS = tuple(column for column in SpanRow._fields if column not in _KEPT)
"""What the mapping of a span decides; the rest is the span's key and the span itself."""

_primary_key = attrgetter("project_id", "trace_id", "span_id", "start_ns")


def spans_store(
    connection: psycopg.Connection[Any],
    *,
    rows: Sequence[SpanRow],
    origins: Mapping[tuple[int, bytes], bytes],
) -> int:
    """Store spans, the resources and scopes they name, and a mark for each trace with something new.

    All or nothing: one transaction, or a savepoint of the caller's. Idempotent: a span is known by project,
    trace, span id and start; one that is stored already, or stands twice in `rows`, is dropped, the first
    kept. `origins` are traces_origin rows, data by (project id, digest); those that the caller knows to be
    committed may be left out. Returns how many spans were new.

    Raises psycopg.DataError for a value that its column cannot hold, psycopg.OperationalError for a failure
    that may pass.
    """
    distinct = {_primary_key(row): row for row in reversed(rows)}
    ordered = [distinct[key] for key in sorted(distinct)]
    with connection.transaction():
        _origins_store(connection, origins)
        try:
            with connection.transaction(), connection.cursor() as cursor:
                rows_copy(cursor, "traces_span", types=_SPAN_TYPES, rows=ordered)
            stored = [TraceKey(row.project_id, row.trace_id) for row in ordered]
        except psycopg.errors.UniqueViolation:
            stored = _store_new_only(connection, ordered)
        _mark(connection, set(stored))
    return len(stored)


def _origins_store(connection: psycopg.Connection[Any], origins: Mapping[tuple[int, bytes], bytes]) -> None:
    if not origins:
        return
    connection.execute(
        load_sql("origins_store"),
        {
            "project_ids": [project_id for project_id, _ in origins],
            "digests": [digest for _, digest in origins],
            "data": list(origins.values()),
        },
    )


def _store_new_only(connection: psycopg.Connection[Any], rows: Sequence[SpanRow]) -> list[TraceKey]:
    """Store what is new among spans of which some are stored; the trace of each new one."""
    _stage(connection, rows)
    new = connection.execute(load_sql("spans_from_staging")).fetchall()
    return [TraceKey(project_id, bytes(trace_id)) for project_id, trace_id in new]


def _stage(connection: psycopg.Connection[Any], rows: Sequence[SpanRow]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(load_sql("span_staging"))
        cursor.execute("DELETE FROM traces_span_staging")  # of an earlier batch in the caller's transaction
        rows_copy(cursor, "traces_span_staging", types=_SPAN_TYPES, rows=rows)


def spans_update(connection: psycopg.Connection[Any], *, rows: Sequence[SpanRow]) -> None:
    """Give stored spans the columns of these rows, found by their key, and mark their traces.

    All or nothing, as spans_store. Rows whose span is gone are passed over.
    """
    with connection.transaction():
        _stage(connection, rows)
        connection.execute(_UPDATE)
        _mark(connection, {TraceKey(row.project_id, row.trace_id) for row in rows})


_UPDATE = sql.SQL(load_sql("spans_update")).format(
    columns=sql.SQL(", ").join(map(sql.Identifier, MAPPED_COLUMNS)),
    staged=sql.SQL(", ").join(sql.Identifier("staged", column) for column in MAPPED_COLUMNS),
)


def _mark(connection: psycopg.Connection[Any], traces: Collection[TraceKey]) -> None:
    rows = ((*key, slot_of(key.trace_id)) for key in sorted(traces))
    with connection.cursor() as cursor:
        rows_copy(cursor, "traces_mark", types=_MARK_TYPES, rows=rows)
