"""Touched traces become summaries, whatever happens on the way."""

import threading

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from core import clock
from tests.integration.received import receive
from tests.recordings import spans_by_trace
from tests.unit.spans import make_span
from traces.domain import summary as summary_module
from traces.domain.slots import MARK_SLOTS
from traces.domain.summary import summarise
from traces.models import Call, Mark, Trace
from traces.services.spans import spans_store
from traces.services.summaries import touched_summarise

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("span_tables")]
RUN = "oi_openai_agents_double"
SECOND = 1_000_000_000


def store(rows):
    connection.ensure_connection()
    spans_store(connection.connection, rows=rows, origins={})


def summarise_all():
    return [
        key for slot in range(MARK_SLOTS) for key in touched_summarise(slot=slot, limit=100, now=clock.now())
    ]


@pytest.fixture
def recorded(project):
    return spans_by_trace(RUN, project_id=project.pk)


def rows_of(recorded):
    return [row for rows in recorded.values() for row in rows]


def test_every_touched_trace_is_summarised_once(recorded):
    store(rows_of(recorded))
    assert {key.trace_id for key in summarise_all()} == recorded.keys()
    assert summarise_all() == []
    assert not Mark.objects.exists()


def test_the_stored_summary_is_the_pure_functions(recorded):
    store(rows_of(recorded))
    summarise_all()
    for trace_id, rows in recorded.items():
        expected = summarise(rows)
        stored = Trace.objects.get(trace_id=trace_id)
        assert stored.status == expected.status
        assert stored.cost_usd == expected.cost_usd
        assert stored.latency == expected.latency
        assert stored.input_tokens == expected.usage.input_tokens
        assert stored.agent_names == expected.agent_names
        calls = Call.objects.filter(trace_id=trace_id)
        assert calls.count() == len(expected.calls)
        assert sum(call.cost_usd or 0 for call in calls.filter(is_counted=True)) == (stored.cost_usd or 0)


def test_spans_that_come_one_by_one_and_twice_end_in_the_same_summary(recorded):
    rows = rows_of(recorded)
    store(rows)
    summarise_all()
    at_once = list(
        Trace.objects.order_by("trace_id").values_list("trace_id", "status", "cost_usd", "latency")
    )
    Trace.objects.all().delete()
    connection.cursor().execute("TRUNCATE traces_span")
    for row in [*reversed(rows), *rows[:5]]:
        store([row])
        summarise_all()
    one_by_one = list(
        Trace.objects.order_by("trace_id").values_list("trace_id", "status", "cost_usd", "latency")
    )
    assert one_by_one == at_once


def test_a_trace_is_open_until_its_root_arrives(recorded):
    trace_id, rows = max(recorded.items(), key=lambda item: len(item[1]))
    store([row for row in rows if row.parent_span_id])
    summarise_all()
    assert Trace.objects.get(trace_id=trace_id).status == Trace.Status.OPEN
    store(rows)
    summarise_all()
    assert Trace.objects.get(trace_id=trace_id).status == Trace.Status.OK


def test_a_slot_belongs_to_one_worker_at_a_time(recorded):
    store(rows_of(recorded))
    with psycopg.connect(**_connection_parameters()) as other:
        for slot in range(MARK_SLOTS):
            other.execute("SELECT pg_advisory_xact_lock(%s, %s)", [0x11E51DE, slot])
        assert {touched_summarise(slot=slot, limit=9, now=clock.now()) for slot in range(MARK_SLOTS)} == {
            None
        }
        other.rollback()
    assert len(summarise_all()) == len(recorded)


def test_a_worker_that_dies_leaves_its_marks(recorded, monkeypatch):
    store(rows_of(recorded))
    monkeypatch.setattr("traces.services.summaries.summaries_write", lambda *args, **kwargs: 1 / 0)
    for slot in range(MARK_SLOTS):
        if Mark.objects.filter(slot=slot).exists():
            with pytest.raises(ZeroDivisionError):
                touched_summarise(slot=slot, limit=100, now=clock.now())
    monkeypatch.undo()
    assert len(summarise_all()) == len(recorded)


def test_one_trace_that_cannot_be_summarised_does_not_stop_the_others(recorded, monkeypatch, caplog):
    store(rows_of(recorded))
    broken = min(recorded)

    def fail_on_one(tree, **others):
        if tree.nodes[0].span.trace_id == broken:
            raise ValueError("a defect")
        return summary_module.summarise_tree(tree, **others)

    monkeypatch.setattr("traces.services.summaries.summarise_tree", fail_on_one)
    summarise_all()
    assert set(Trace.objects.values_list("trace_id", flat=True)) == recorded.keys() - {broken}
    assert broken.hex() in caplog.text


def test_two_workers_at_once_summarise_everything_once(recorded):
    store(rows_of(recorded))
    done = []

    def work():
        try:
            for _ in range(20):
                for slot in range(MARK_SLOTS):
                    done.extend(touched_summarise(slot=slot, limit=1, now=clock.now()) or ())
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(key.trace_id for key in done) == sorted(recorded)


def _connection_parameters():
    database = settings.DATABASES["default"]
    return {
        "host": database["HOST"],
        "port": database["PORT"],
        "user": database["USER"],
        "password": database["PASSWORD"],
        "dbname": connection.settings_dict["NAME"],
    }


def test_two_calls_of_one_span_id_are_both_kept(project):
    usage = {
        "kind": "llm",
        "request_model": "gpt-4o",
        "provider": "openai",
        "input_tokens": 5,
        "output_tokens": 1,
    }
    receive(
        project,
        [
            make_span("run", kind="agent", end_ns=9 * SECOND),
            make_span("call", "run", start_ns=1 * SECOND, end_ns=2 * SECOND, **usage),
            make_span("call", "run", start_ns=3 * SECOND, end_ns=4 * SECOND, **usage),
        ],
    )
    assert Trace.objects.get().llm_call_count == 2
    assert Call.objects.filter(is_counted=True).count() == 2
