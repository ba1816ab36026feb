"""Storing spans: each once, whatever is sent again, with a mark for every trace that has something new."""

import threading

import psycopg
import pytest
from django.db import connection, connections

from ingest.domain.decode import decode_protobuf
from tests.integration.processes import database_url
from tests.otlp_requests import make_request, make_span
from traces.domain.slots import slot_of
from traces.models import Mark, Origin, Span
from traces.services.spans import spans_store

pytestmark = pytest.mark.django_db


def decode(project, *spans):
    return decode_protobuf(make_request(*spans).SerializeToString(), project_id=project.pk)


def store(decoded, *, rows=None):
    connection.ensure_connection()
    return spans_store(
        connection.connection, rows=decoded.rows if rows is None else rows, origins=decoded.origins
    )


def marked():
    return sorted(bytes(trace_id) for trace_id in Mark.objects.values_list("trace_id", flat=True))


def test_every_column_comes_back_as_it_was_stored(project):
    span = make_span(
        name="chat", attributes={"gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 2**40}
    )
    decoded = decode(project, span)
    assert store(decoded) == 1
    (stored,) = Span.objects.filter(project_id=project.pk).values_list(*decoded.rows[0]._fields)
    plain = [bytes(value) if isinstance(value, memoryview) else value for value in stored]
    assert plain == list(decoded.rows[0])


def test_resources_and_scopes_are_stored_once(project):
    decoded = decode(project, make_span(), make_span())
    store(decoded)
    store(decode(project, make_span()))
    stored = {bytes(origin.digest): bytes(origin.data) for origin in Origin.objects.all()}
    assert stored == {digest: data for (_, digest), data in decoded.origins.items()}


def test_the_same_batch_again_changes_nothing(project):
    decoded = decode(project, make_span(), make_span())
    assert [store(decoded), store(decoded)] == [2, 0]
    assert Span.objects.count() == 2
    assert Mark.objects.count() == 2


def test_of_a_batch_that_overlaps_only_the_new_spans_are_stored_and_marked(project):
    old, new = make_span(), make_span()
    store(decode(project, old))
    Mark.objects.all().delete()
    assert store(decode(project, old, new)) == 1
    assert marked() == [new.trace_id]


def test_a_span_that_stands_twice_in_a_batch_is_stored_once(project):
    first = make_span(name="first")
    second = make_span(trace_id=first.trace_id, span_id=first.span_id, name="second")
    assert store(decode(project, first, second)) == 1
    assert Span.objects.get().name == "first"


def test_each_touched_trace_is_marked_once_in_its_slot(project):
    trace_id = bytes(15) + b"\x07"
    store(decode(project, make_span(trace_id=trace_id), make_span(trace_id=trace_id)))
    mark = Mark.objects.get()
    assert (bytes(mark.trace_id), mark.project_id, mark.slot) == (trace_id, project.pk, slot_of(trace_id))


def test_one_trace_id_in_two_projects_is_two_traces(project, other_project):
    span = make_span()
    assert store(decode(project, span)) == 1
    assert store(decode(other_project, span)) == 1


def test_a_value_that_no_column_holds_leaves_nothing_behind(project):
    decoded = decode(project, make_span(), make_span())
    rows = [decoded.rows[0], decoded.rows[1]._replace(trace_id=b"short" * 4)]
    with pytest.raises(psycopg.IntegrityError):
        store(decoded, rows=rows)
    assert not Span.objects.exists()
    assert not Origin.objects.exists()
    assert not Mark.objects.exists()


def test_an_empty_batch_is_nothing(project):
    assert store(decode(project)) == 0


@pytest.mark.django_db(transaction=True)
def test_two_writers_of_the_same_spans_store_each_once(project, span_tables):
    decoded = decode(project, *(make_span() for _ in range(300)))
    counts = []

    def write(rows):
        try:
            connection.ensure_connection()
            counts.append(spans_store(connection.connection, rows=rows, origins=decoded.origins))
        finally:
            connections.close_all()

    writers = [threading.Thread(target=write, args=(rows,)) for rows in (decoded.rows, decoded.rows[::-1])]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(counts) == [0, 300]
    assert Span.objects.count() == 300


@pytest.mark.django_db(transaction=True)
def test_a_connection_without_djangos_adapters_will_do(project, span_tables):
    decoded = decode(project, make_span())
    with psycopg.connect(database_url()) as plain:
        for _ in range(7):  # past the point where the driver prepares statements
            spans_store(plain, rows=decoded.rows, origins=decoded.origins)
    assert Span.objects.count() == 1
