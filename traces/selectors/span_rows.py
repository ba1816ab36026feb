"""Stored spans as SpanRow, without what they carry."""

from collections.abc import Collection, Iterable
from typing import Any

import orjson
from psycopg import sql

from traces.domain.span_row import SpanRow
from traces.selectors.statements import array_text, select_rows

_DETAILS_AT = SpanRow._fields.index("details")

SPAN_COLUMNS = sql.SQL(", ").join(
    sql.SQL("''::bytea") if name == "raw" else sql.Identifier("span", name) for name in SpanRow._fields
)
"""The columns of SpanRow from a table called `span`, with an empty `raw`."""


def span_row(columns: Iterable[Any]) -> SpanRow:
    """A SpanRow from SPAN_COLUMNS; jsonb comes as text."""
    values = list(columns)
    if values[_DETAILS_AT] is not None:
        values[_DETAILS_AT] = orjson.loads(values[_DETAILS_AT])
    return SpanRow._make(values)


def spans_of_traces(*, keys: Collection[tuple[int, bytes]]) -> list[SpanRow]:
    """All spans of these traces, (project id, trace id), in no order. One query."""
    parameters = {
        "project_ids": array_text({project_id for project_id, _ in keys}),
        "trace_ids": array_text({trace_id for _, trace_id in keys}),
    }
    wanted = frozenset(keys)
    rows = select_rows("spans_of_traces", parameters, columns=SPAN_COLUMNS)
    return [span for row in rows if ((span := span_row(row)).project_id, span.trace_id) in wanted]


def spans_at(*, project_id: int, places: Collection[tuple[bytes, bytes, int]]) -> list[SpanRow]:
    """The project's spans at these keys, (trace id, span id, start), in no order. One query."""
    parameters = {
        "project_id": project_id,
        "trace_ids": array_text({trace_id for trace_id, _, _ in places}),
        "starts_ns": array_text({start_ns for _, _, start_ns in places}),
    }
    wanted = frozenset(places)
    rows = select_rows("spans_at", parameters, columns=SPAN_COLUMNS)
    return [span for row in rows if ((span := span_row(row)).trace_id, span.span_id, span.start_ns) in wanted]
