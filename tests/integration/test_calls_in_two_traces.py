"""One model call told in two traces counts in one of them, whichever arrives first."""

import pytest
from django.db import connection

from core import clock
from tests.unit.spans import make_span
from traces.domain.slots import MARK_SLOTS
from traces.models import Call, Mark, Trace
from traces.services.spans import spans_store
from traces.services.summaries import touched_summarise

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("span_tables")]

SECOND = 1_000_000_000
AGENT, LONE, SECOND_LONE = (bytes([letter]) * 16 for letter in b"abc")


def told(trace_id, name, parent=None, **columns):
    return make_span(name, parent, **columns)._replace(
        trace_id=trace_id, span_id=name.encode().ljust(8), parent_span_id=parent and parent.encode().ljust(8)
    )


USAGE = {"input_tokens": 100, "output_tokens": 10, "response_model": "gpt-4o"}


def by_the_framework(**evidence):
    """A trace in which an agent makes a call; its instrumentation reports no cache split."""
    return [
        told(AGENT, "agent", kind="agent", agent="planner"),
        told(AGENT, "call", "agent", kind="llm", scope="framework", **USAGE, **evidence),
    ]


def by_the_sdk(trace_id=LONE, **evidence):
    """The same call, told by an instrumentation that does not know who called."""
    span = told(trace_id, "request", kind="llm", scope="sdk", cache_read_input_tokens=40, **USAGE, **evidence)
    return [span._replace(start_ns=1000, end_ns=SECOND - 1000)]


EVIDENCE = {"response id": {"response_id": "r1"}, "time": {}}


@pytest.fixture(params=EVIDENCE)
def evidence(request):
    return EVIDENCE[request.param]


@pytest.fixture
def store(project):
    def store(rows):
        connection.ensure_connection()
        owned = [row._replace(project_id=project.pk) for row in rows]
        spans_store(connection.connection, rows=owned, origins={})

    return store


def summarise_until_done():
    while Mark.objects.exists():
        for slot in range(MARK_SLOTS):
            touched_summarise(slot=slot, limit=100, now=clock.now())


def counted_calls():
    return [
        (bytes(call.trace_id), call.input_tokens, call.cache_read_input_tokens, call.agent)
        for call in Call.objects.filter(is_counted=True)
    ]


@pytest.mark.parametrize("order", [("framework", "sdk"), ("sdk", "framework")], ids=" ".join)
def test_it_counts_where_the_caller_is_known_and_unites_what_both_say(store, evidence, order):
    batches = {"framework": by_the_framework(**evidence), "sdk": by_the_sdk(**evidence)}
    for name in order:
        store(batches[name])
        summarise_until_done()

    assert counted_calls() == [(AGENT, 100, 40, "planner")]
    assert Trace.objects.get(trace_id=LONE).llm_call_count == 0
    second = Call.objects.get(trace_id=LONE)
    assert (bytes(second.same_as_trace_id), bytes(second.same_as_span_id)) == (AGENT, b"call    ")


def test_both_in_one_batch_end_the_same(store, evidence):
    store([*by_the_framework(**evidence), *by_the_sdk(**evidence)])
    summarise_until_done()

    assert counted_calls() == [(AGENT, 100, 40, "planner")]


def test_two_lone_reports_of_one_answer_count_in_the_earlier_trace(store):
    first, second = by_the_sdk(response_id="r1"), by_the_sdk(SECOND_LONE, response_id="r1")
    store([*(span._replace(start_ns=500) for span in first), *second])
    summarise_until_done()

    assert [call[0] for call in counted_calls()] == [LONE]


def test_lone_calls_of_one_instrumentation_are_calls_of_their_own(store):
    store([*by_the_sdk(), *by_the_sdk(SECOND_LONE)])
    summarise_until_done()

    assert sorted(call[0] for call in counted_calls()) == [LONE, SECOND_LONE]


def test_calls_of_two_projects_never_meet(store, other_project):
    store(by_the_framework(response_id="r1"))
    connection.ensure_connection()
    foreign = [row._replace(project_id=other_project.pk) for row in by_the_sdk(response_id="r1")]
    spans_store(connection.connection, rows=foreign, origins={})
    summarise_until_done()

    assert Call.objects.filter(is_counted=True).count() == 2


def test_a_report_that_became_visible_while_the_batch_was_summarised_is_found_after_it(
    store, evidence, monkeypatch
):
    """Two workers, each with one of the two traces: neither sees the other's before it commits."""
    store(by_the_sdk(**evidence))
    summarise_until_done()
    store(by_the_framework(**evidence))
    monkeypatch.setattr("traces.services.summaries._Batch._find_elsewhere", without_others)
    slot = AGENT[15] % MARK_SLOTS
    touched_summarise(slot=slot, limit=100, now=clock.now())
    monkeypatch.undo()

    assert {bytes(mark.trace_id) for mark in Mark.objects.all()} == {AGENT, LONE}
    summarise_until_done()
    assert counted_calls() == [(AGENT, 100, 40, "planner")]


def without_others(batch):
    return {key.project_id: [] for key in batch._trees}
