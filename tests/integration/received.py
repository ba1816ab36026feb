"""Spans of unit tests, stored and summarised as if they had been received."""

from collections.abc import Iterable

from django.db import connection

from core import clock
from projects.models import Project
from traces.domain.slots import MARK_SLOTS
from traces.domain.span_row import SpanRow
from traces.models import Mark
from traces.services.spans import spans_store
from traces.services.summaries import touched_summarise


def receive(project: Project, rows: Iterable[SpanRow]) -> None:
    """Store spans and summarise until nothing is touched."""
    store(project, rows)
    summarise_all()


def store(project: Project, rows: Iterable[SpanRow]) -> None:
    """Store spans made by tests.unit.spans, whose short ids are filled up."""
    connection.ensure_connection()
    owned = [
        row._replace(
            project_id=project.pk,
            span_id=row.span_id.ljust(8),
            parent_span_id=row.parent_span_id and row.parent_span_id.ljust(8),
        )
        for row in rows
    ]
    spans_store(connection.connection, rows=owned, origins={})


def summarise_all() -> None:
    """Summarise every touched trace, and those that this touches."""
    while Mark.objects.exists():
        for slot in range(MARK_SLOTS):
            touched_summarise(slot=slot, limit=100, now=clock.now())
