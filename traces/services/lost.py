"""Traces whose root never comes."""

from datetime import datetime, timedelta

from django.db import connection

from core.clock import NS_PER_MS
from projects.selectors import project_patience
from traces.domain.trace_key import TraceKey
from traces.sql import load_sql


def silent_traces_close(*, now: datetime, limit: int) -> list[TraceKey]:
    """Close as lost, at most `limit`, open traces of which nothing arrived for as long as their project waits.

    A span that arrives later recomputes the figures; only the root changes the status again. Two queries.
    """
    patience = project_patience()
    parameters: dict[str, list[int] | list[datetime] | datetime | int] = {
        "project_ids": list(patience),
        "silent_since": [now - timedelta(milliseconds=ns // NS_PER_MS) for ns in patience.values()],
        "now": now,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(load_sql("traces_lose"), parameters)
        return sorted(TraceKey(project_id, bytes(trace_id)) for project_id, trace_id in cursor.fetchall())
