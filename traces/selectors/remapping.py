"""Stored spans whole, in the order of their key."""

from typing import NamedTuple

from psycopg import sql

from projects.models import Project
from traces.domain.span_row import SpanRow
from traces.models import Remapping
from traces.selectors.span_rows import span_row
from traces.selectors.statements import select_rows

_COLUMNS = sql.SQL(", ").join(sql.Identifier("span", name) for name in SpanRow._fields)


class Place(NamedTuple):
    """A span's key within its project."""

    trace_id: bytes
    span_id: bytes
    start_ns: int


def full_spans_after(*, project_id: int, place: Place, limit: int) -> list[SpanRow]:
    """At most `limit` spans of a project behind a place, by key, each with its raw span. One query."""
    parameters = {"project_id": project_id, "limit": limit, **place._asdict()}
    return [span_row(row) for row in select_rows("spans_after", parameters, columns=_COLUMNS)]


def unfinished_remapping(project: Project) -> Remapping | None:
    """The project's remapping that was cut off, if there is one."""
    return project.remappings.filter(finished_at=None).first()
