"""Runs the named statements of traces/sql."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection
from psycopg import sql

from traces.sql import load_sql

LOWEST_NS = -(2**63)
HIGHEST_NS = 2**63 - 1
"""Bounds of bigint, for ranges of time without an end."""


def select_rows(name: str, parameters: Mapping[str, Any], **parts: sql.Composable) -> list[tuple[Any, ...]]:
    """All rows of sql/NAME.sql, its braces filled with `parts`. One query. jsonb columns come as text."""
    statement = sql.SQL(load_sql(name)).format(**parts)
    with connection.cursor() as cursor:
        cursor.execute(statement, dict(parameters))
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def array_text(values: Iterable[int | str | bytes | None]) -> str:
    """An array as PostgreSQL reads it, for a parameter with a cast: `%(ids)s::bigint[]`.

    psycopg adapts the elements of a list one by one in Python; for thousands of them that costs more than the lookup.
    """
    return "{" + ",".join(map(_element_text, values)) + "}"


def _element_text(value: int | str | bytes | None) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, bytes):
        return f'"\\\\x{value.hex()}"'
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def column_list(*names: str) -> sql.Composable:
    """Columns for a part: plain names, or `table.name`."""
    return sql.SQL(", ").join(sql.Identifier(*name.split(".")) for name in names)


def bounded(limit: int, *, most: int) -> int:
    """A limit between 1 and `most`."""
    return max(1, min(limit, most))
