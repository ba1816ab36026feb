"""Bringing spans in from files."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import psycopg

from ingest.domain.decode import Decoded, MalformedRequestError, decode_json, decode_protobuf
from traces.domain.partitions import partition_days
from traces.services.partitions import partitions_ensure
from traces.services.spans import spans_store


@dataclass(frozen=True, slots=True)
class FileRequest:
    """One export request of a file: where it stands, and how it is read for a project id."""

    place: str
    body: bytes
    decode: Callable[..., Decoded]


@dataclass(frozen=True, slots=True)
class RequestOutcome:
    """What became of one request. `problems` says for each rejected span, or for the whole, what is wrong."""

    stored_count: int = 0
    repeated_count: int = 0
    rejected_count: int = 0
    problems: tuple[str, ...] = ()


def requests_read(source: BinaryIO, *, name: str) -> Iterator[FileRequest]:
    """The requests of a file: lines of OTLP JSON where it begins with a brace, else one protobuf request.

    No protobuf request begins with a brace: that byte would open a group of field 15, which there is none.
    """
    first = source.readline()
    if not first.startswith(b"{"):
        yield FileRequest(name, first + source.read(), decode_protobuf)
        return
    yield FileRequest(f"{name}, line 1", first, decode_json)
    for number, line in enumerate(source, start=2):
        if line.strip():
            yield FileRequest(f"{name}, line {number}", line, decode_json)


def spans_import(
    connection: psycopg.Connection[Any],
    *,
    project_id: int,
    requests: Iterable[FileRequest],
    now_ns: int,
) -> Iterator[RequestOutcome]:
    """Store the spans of each request in a transaction of its own; an outcome for each, as it is done.

    Idempotent: spans that are stored already are counted as repeated. A request that cannot be read is an
    outcome too, and the next one is tried.
    """
    for request in requests:
        try:
            decoded = request.decode(request.body, project_id=project_id)
        except MalformedRequestError as error:
            yield RequestOutcome(problems=(f"{request.place}: {error}",))
            continue
        days = partition_days((row.start_ns for row in decoded.rows), now_ns=now_ns)
        partitions_ensure(connection, days=days)
        stored_count = spans_store(connection, rows=decoded.rows, origins=decoded.origins)
        yield RequestOutcome(
            stored_count=stored_count,
            repeated_count=len(decoded.rows) - stored_count,
            rejected_count=decoded.rejected_count,
            problems=tuple(f"{request.place}: {rejection}" for rejection in decoded.rejections),
        )
