"""Binary COPY: the fast way to write many rows, and the only one for spans and what is made of them."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from psycopg import sql


def rows_copy(cursor: Any, table: str, *, types: Mapping[str, str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Append rows to a table; `types` are the columns of each row in its order, and their PostgreSQL types.

    Raises psycopg.DataError for a value that its column cannot hold.
    """
    with cursor.copy(_statement(table, tuple(types))) as copy:
        copy.set_types(list(types.values()))
        for row in rows:
            copy.write_row(row)


@cache
def _statement(table: str, columns: tuple[str, ...]) -> sql.Composed:
    return sql.SQL("COPY {table} ({columns}) FROM STDIN (FORMAT BINARY)").format(
        table=sql.Identifier(table), columns=sql.SQL(", ").join(map(sql.Identifier, columns))
    )
