"""Making the day partitions of the span table."""

import logging
from collections.abc import Iterable
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from traces.domain.partitions import day_bounds_ns, partition_day, partition_name
from traces.sql import load_sql

logger = logging.getLogger(__name__)

_LOCK_KEY = 0x4C53_5041
"""The advisory lock under which partitions are made; any number that nothing else uses."""

_LOCK_WAIT_MS = 250
"""Attaching needs the catch-all for itself. While it waits, readers queue behind it: so it gives up soon."""


def partitions_ensure(connection: psycopg.Connection[Any], *, days: Iterable[int]) -> frozenset[int]:
    """Make the partitions of these days (traces.domain.partitions) that are missing.

    Each in its own short transaction, so call it outside of one. Spans of the day that lie in the catch-all
    move over. Returns the days that have a partition now: a day whose partition could not be made, because
    somebody holds the catch-all, is left out; its spans go to the catch-all until a later call succeeds.
    """
    wanted = frozenset(days)
    existing = _existing_days(connection)
    made = frozenset(day for day in sorted(wanted - existing) if _is_made(connection, day))
    return wanted & existing | made


def _existing_days(connection: psycopg.Connection[Any]) -> frozenset[int]:
    names = connection.execute(load_sql("partition_names")).fetchall()
    return frozenset(day for (name,) in names if (day := partition_day(name)) is not None)


def _is_made(connection: psycopg.Connection[Any], day: int) -> bool:
    """Make one partition; False when a lock was not to be had in time."""
    try:
        with connection.transaction():
            _make(connection, day)
    except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
        logger.info("partition %s has to wait: its spans go to the catch-all for now", partition_name(day))
        return False
    return True


_STEPS: tuple[LiteralString, ...] = (
    # Made beside the table and then attached: that locks less than CREATE TABLE … PARTITION OF.
    "CREATE TABLE {partition} (LIKE traces_span INCLUDING ALL)",
    # Nobody may add to the catch-all between the next two; attaching would take this lock anyhow.
    "LOCK TABLE traces_span_other IN ACCESS EXCLUSIVE MODE",
    "INSERT INTO {partition} SELECT * FROM traces_span_other WHERE start_ns >= {since} AND start_ns < {until}",
    "DELETE FROM traces_span_other WHERE start_ns >= {since} AND start_ns < {until}",
    "ALTER TABLE traces_span ATTACH PARTITION {partition} FOR VALUES FROM ({since}) TO ({until})",
)


def _make(connection: psycopg.Connection[Any], day: int) -> None:
    name = partition_name(day)
    since_ns, until_ns = day_bounds_ns(day)
    connection.execute(sql.SQL("SET LOCAL lock_timeout = {}").format(sql.Literal(_LOCK_WAIT_MS)))
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK_KEY,))
    if connection.execute("SELECT to_regclass(%s)::text", (name,)).fetchone() != (None,):
        return  # another writer made it meanwhile
    for step in _STEPS:
        connection.execute(
            sql.SQL(step).format(
                partition=sql.Identifier(name), since=sql.Literal(since_ns), until=sql.Literal(until_ns)
            )
        )
    logger.info("made partition %s", name)
