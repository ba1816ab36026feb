"""Reading stored spans again with the mapping of today: what a better table knows reaches what came before it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson
import psycopg
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span

from ingest.domain.decode import Origin, SpanRejectedError, span_row
from traces.domain.otlp import attributes_dict
from traces.domain.span_row import SpanRow
from traces.models import Remapping
from traces.selectors.origins import origin_data
from traces.selectors.remapping import Place, full_spans_after
from traces.services.spans import spans_update

BATCH_SPANS = 1_000


def spans_remap(connection: psycopg.Connection[Any], *, remapping: Remapping) -> Iterator[Remapping]:
    """Go on with a remapping to the end of its project's spans; `remapping` with its new figures after each batch.

    Spans are read in the order of their key, BATCH_SPANS at a time. What changed, the marks of the touched traces
    and the place that was reached are one transaction a batch, so a run that was cut off goes on where it stood and
    does nothing twice. Spans that arrive meanwhile are mapped by today's tables anyhow.
    """
    origins = _Origins(remapping.project_id)
    place = Place(bytes(remapping.trace_id), bytes(remapping.span_id), remapping.start_ns)
    while rows := full_spans_after(project_id=remapping.project_id, place=place, limit=BATCH_SPANS):
        origins.learn(rows)
        changed = [again for row in rows if (again := _map_again(row, origins)) != row]
        last = rows[-1]
        place = Place(last.trace_id, last.span_id, last.start_ns)
        remapping.trace_id, remapping.span_id, remapping.start_ns = place
        remapping.seen_count += len(rows)
        remapping.changed_count += len(changed)
        with connection.transaction():
            if changed:
                spans_update(connection, rows=changed)
            remapping.save()
        yield remapping


class _Origins:
    """Resources and scopes of a project by digest, decoded once."""

    def __init__(self, project_id: int) -> None:
        self._project_id = project_id
        self._data: dict[bytes, bytes] = {}
        self._resources: dict[bytes, Mapping[str, Any]] = {}
        self._scopes: dict[bytes, str] = {}

    def learn(self, rows: Sequence[SpanRow]) -> None:
        digests = {digest for row in rows for digest in (row.resource_digest, row.scope_digest)}
        self._data |= origin_data(project_id=self._project_id, digests=digests - self._data.keys())

    def of(self, row: SpanRow) -> Origin:
        return Origin(
            project_id=row.project_id,
            resource=self._resource(row.resource_digest),
            resource_digest=row.resource_digest,
            scope_name=self._scope(row.scope_digest),
            scope_digest=row.scope_digest,
        )

    def _resource(self, digest: bytes) -> Mapping[str, Any]:
        if digest not in self._resources:
            message = ResourceSpans.FromString(self._data.get(digest, b""))
            self._resources[digest] = attributes_dict(message.resource.attributes)
        return self._resources[digest]

    def _scope(self, digest: bytes) -> str:
        if digest not in self._scopes:
            self._scopes[digest] = ScopeSpans.FromString(self._data.get(digest, b"")).scope.name
        return self._scopes[digest]


def _map_again(row: SpanRow, origins: _Origins) -> SpanRow:
    """The row as it would be stored today; as it is where today's rules would not take it."""
    try:
        again = span_row(Span.FromString(row.raw), raw=row.raw, origin=origins.of(row))
    except SpanRejectedError:
        return row
    # As the column gives it back: JSON knows no tuples.
    return again._replace(details=again.details and orjson.loads(orjson.dumps(again.details)))
