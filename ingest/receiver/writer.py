"""The thread that writes: one database connection, one transaction for each group of batches."""

import logging
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

import django.db
import psycopg
from django.db import connection

from core.clock import now_ns
from ingest.receiver.group_commit import Batch, BatchRefusedError, StoreUnavailableError
from traces.domain.partitions import partition_days
from traces.domain.span_row import SpanRow
from traces.services.partitions import partitions_ensure
from traces.services.spans import spans_store

logger = logging.getLogger(__name__)

MOST_KNOWN_ORIGINS = 10_000

_PASSING = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    django.db.OperationalError,
    django.db.InterfaceError,
)
_BATCH_AT_FAULT = (psycopg.DataError, psycopg.IntegrityError)


class SpanWriter:
    """Stores groups of batches; lives in one thread, whose Django connection it uses.

    `announce` is called after each commit that stored something new.
    """

    def __init__(self, *, announce: Callable[[], None], clock_ns: Callable[[], int] = now_ns) -> None:
        self._announce = announce
        self._clock_ns = clock_ns
        self._known_origins: set[tuple[int, bytes]] = set()
        self._known_days: frozenset[int] = frozenset()
        self._is_away = False

    def store(self, batches: Sequence[Batch]) -> None:
        """Commit these batches in one transaction.

        A connection that broke since the last commit is replaced, and two writers that blocked each other are
        untangled, by a second try. Raises StoreUnavailableError, or BatchRefusedError when a batch is at fault.
        """
        try:
            stored_count = self._store_once(batches, is_last_try=False)
            if stored_count is None:
                stored_count = self._store_once(batches, is_last_try=True) or 0
        except _BATCH_AT_FAULT as error:
            # Without the details: they quote the row, which may be long.
            raise BatchRefusedError(f"the database refuses a value: {error.diag.message_primary}") from error
        except (psycopg.Error, django.db.Error) as error:
            self._note_failure(error)
            raise StoreUnavailableError(str(error)) from error
        if self._is_away:
            self._is_away = False
            logger.warning("the database takes spans again")
        if stored_count:
            self._announce()

    def _store_once(self, batches: Sequence[Batch], *, is_last_try: bool) -> int | None:
        """How many spans were new; None when it failed in a way that a second try may mend."""
        connection.ensure_connection()
        raw: psycopg.Connection[Any] = connection.connection
        try:
            return self._write(raw, batches)
        except _PASSING as error:
            is_broken = raw.broken or raw.closed
            if is_broken:
                connection.close()
            if is_last_try or not (is_broken or isinstance(error, psycopg.errors.DeadlockDetected)):
                raise
            return None

    def _write(self, raw: psycopg.Connection[Any], batches: Sequence[Batch]) -> int:
        rows = list(chain.from_iterable(batch.rows for batch in batches))
        self._ensure_partitions(raw, rows)
        origins = {
            key: data
            for batch in batches
            for key, data in batch.origins.items()
            if key not in self._known_origins
        }
        stored_count = spans_store(raw, rows=rows, origins=origins)
        if len(self._known_origins) + len(origins) > MOST_KNOWN_ORIGINS:
            self._known_origins.clear()
        self._known_origins.update(origins)
        return stored_count

    def _ensure_partitions(self, raw: psycopg.Connection[Any], rows: Sequence[SpanRow]) -> None:
        days = partition_days((row.start_ns for row in rows), now_ns=self._clock_ns())
        if not days <= self._known_days:
            self._known_days |= partitions_ensure(raw, days=days)

    def _note_failure(self, error: Exception) -> None:
        """One line when the database goes away, not one for each group that finds it so."""
        if not self._is_away:
            self._is_away = True
            logger.warning("the database does not take spans: %s", str(error).strip())
