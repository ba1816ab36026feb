"""Telling the planner of new rows sooner than autovacuum does.

Of a day's new partition it knows nothing for a minute or more, takes it for small, and reads all of it where a few hundred
keys are looked up: at thousands of spans a second that is felt.
"""

from django.db import connection
from psycopg import sql

from traces.sql import load_sql

FEWEST = 5_000
"""Rows that may be read as quickly as looked up."""


def statistics_refresh() -> list[str]:
    """Analyse the tables whose statistics are stale, and return their names. One query and one for each of these."""
    with connection.cursor() as cursor:
        cursor.execute(load_sql("stale_statistics"), {"fewest": FEWEST})
        tables = [name for (name,) in cursor.fetchall()]
        for table in tables:
            cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))
    return tables
