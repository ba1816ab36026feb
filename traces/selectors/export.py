"""Reading all spans of a project, however many: a stream, never a list."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection, transaction

from traces.domain.otlp import StoredSpan
from traces.selectors.origins import origin_data
from traces.sql import load_sql

CHUNK_SPANS = 500
"""Rows fetched at a time; some megabytes when their content is long."""

_INT64_MAX = 2**63 - 1


def span_stream(
    *, project_id: int, since_ns: int | None = None, until_ns: int | None = None
) -> Iterator[StoredSpan]:
    """The spans of a project that start in [since_ns, until_ns), trace by trace, as they came.

    One snapshot, read through a server-side cursor: memory stays small. Runs in a transaction that stays open
    until the stream is exhausted or closed. A query for each CHUNK_SPANS spans, and one for the resources and
    scopes among them that were not seen before.
    """
    parameters = {
        "project_id": project_id,
        "first_ns": 0 if since_ns is None else since_ns,
        "last_ns": _INT64_MAX if until_ns is None else until_ns - 1,
    }
    origins: dict[bytes, bytes] = {}
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(load_sql("span_export"), parameters)
        while chunk := cursor.fetchmany(CHUNK_SPANS):
            new = _digests(chunk).difference(origins)
            origins |= origin_data(project_id=project_id, digests=new)
            for resource_digest, scope_digest, raw in chunk:
                yield StoredSpan(
                    raw=bytes(raw),
                    resource=origins.get(bytes(resource_digest), b""),
                    scope=origins.get(bytes(scope_digest), b""),
                )


def _digests(chunk: Iterable[Any]) -> set[bytes]:
    return {bytes(digest) for row in chunk for digest in row[:2]}
