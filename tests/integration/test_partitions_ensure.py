"""Day partitions are made when they are needed, and take what came before them."""

import threading

import psycopg
import pytest
from django.db import connection

from core.clock import NS_PER_DAY
from ingest.domain.decode import decode_protobuf
from tests.integration.processes import database_url
from tests.otlp_requests import make_request, make_span
from traces.models import Span
from traces.services.partitions import partitions_ensure
from traces.services.spans import spans_store

DAY = 20_650  # 2026-07-16
NAME = "traces_span_p20260716"

pytestmark = pytest.mark.django_db


def ensure(*days):
    connection.ensure_connection()
    return partitions_ensure(connection.connection, days=days)


def store_at(project, *starts_ns):
    spans = [make_span(start_time_unix_nano=start_ns) for start_ns in starts_ns]
    decoded = decode_protobuf(make_request(*spans).SerializeToString(), project_id=project.pk)
    connection.ensure_connection()
    return spans_store(connection.connection, rows=decoded.rows, origins=decoded.origins), decoded


def homes():
    with connection.cursor() as cursor:
        cursor.execute("SELECT start_ns, tableoid::regclass::text FROM traces_span ORDER BY start_ns")
        return cursor.fetchall()


def test_a_day_gets_its_partition_once(project):
    assert ensure(DAY) == {DAY}
    assert ensure(DAY) == {DAY}
    store_at(project, DAY * NS_PER_DAY, (DAY + 1) * NS_PER_DAY - 1, (DAY + 1) * NS_PER_DAY)
    assert [name for _, name in homes()] == [NAME, NAME, "traces_span_other"]


def test_spans_that_came_before_their_partition_move_into_it(project):
    starts = [DAY * NS_PER_DAY - 1, DAY * NS_PER_DAY, DAY * NS_PER_DAY + 5, (DAY + 1) * NS_PER_DAY]
    _, decoded = store_at(project, *starts)
    assert {name for _, name in homes()} == {"traces_span_other"}
    ensure(DAY)
    assert homes() == [
        (starts[0], "traces_span_other"),
        (starts[1], NAME),
        (starts[2], NAME),
        (starts[3], "traces_span_other"),
    ]
    assert spans_store(connection.connection, rows=decoded.rows, origins={}) == 0


def test_a_partition_carries_the_key_and_the_checks(project):
    ensure(DAY)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT contype, count(*) FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('p', 'c')"
            " GROUP BY contype ORDER BY contype",
            [NAME],
        )
        assert cursor.fetchall() == [("c", 2), ("p", 1)]


@pytest.mark.django_db(transaction=True)
def test_while_somebody_holds_the_catch_all_a_day_waits_and_nothing_is_lost(project, span_tables):
    is_held, may_end = threading.Event(), threading.Event()

    def hold():
        with psycopg.connect(database_url()) as reader:
            reader.execute("SELECT count(*) FROM traces_span_other")
            is_held.set()
            may_end.wait(20)

    holder = threading.Thread(target=hold)
    holder.start()
    is_held.wait(10)
    try:
        assert ensure(DAY) == frozenset()
        assert store_at(project, DAY * NS_PER_DAY)[0] == 1
    finally:
        may_end.set()
        holder.join()
    try:
        assert ensure(DAY) == {DAY}
        assert homes() == [(DAY * NS_PER_DAY, NAME)]
        assert Span.objects.count() == 1
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {NAME}")
