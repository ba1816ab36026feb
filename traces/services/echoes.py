"""Marks that ask for a trace to be summarised again although no span of its own is new."""

from collections import defaultdict
from collections.abc import Iterable

from django.db import connection

from traces.domain.slots import slot_of
from traces.domain.trace_key import TraceKey
from traces.sql import load_sql


def echoes_mark(traces: Iterable[TraceKey]) -> None:
    """Mark traces as told of elsewhere, or priced anew. In the order of the keys; one query a project."""
    by_project: dict[int, list[bytes]] = defaultdict(list)
    for project_id, trace_id in sorted(traces):
        by_project[project_id].append(trace_id)
    with connection.cursor() as cursor:
        for project_id, trace_ids in by_project.items():
            slots = [slot_of(trace_id) for trace_id in trace_ids]
            cursor.execute(
                load_sql("marks_echo"), {"project_id": project_id, "trace_ids": trace_ids, "slots": slots}
            )
