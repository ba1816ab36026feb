"""One model call told in two traces counts in one of them, whichever arrives first."""

import pytest

from core import clock
from tests.integration.received import receive, store, summarise_all
from tests.unit.spans import make_span
from traces.domain.slots import slot_of
from traces.models import Call, Mark, Trace
from traces.selectors.reports import reports_elsewhere
from traces.services.summaries import touched_summarise

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("span_tables")]

SECOND = 1_000_000_000
AGENT, LONE, SECOND_LONE = (bytes([letter]) * 16 for letter in b"abc")


def told(trace_id, name, parent=None, **columns):
    return make_span(name, parent, trace_id=trace_id, **columns)


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


def counted_calls():
    return [
        (bytes(call.trace_id), call.input_tokens, call.cache_read_input_tokens, call.agent)
        for call in Call.objects.filter(is_counted=True)
    ]


@pytest.mark.parametrize("order", [("framework", "sdk"), ("sdk", "framework")], ids=" ".join)
def test_it_counts_where_the_caller_is_known_and_unites_what_both_say(project, evidence, order):
    batches = {"framework": by_the_framework(**evidence), "sdk": by_the_sdk(**evidence)}
    for name in order:
        receive(project, batches[name])

    assert counted_calls() == [(AGENT, 100, 40, "planner")]
    assert Trace.objects.get(trace_id=LONE).llm_call_count == 0
    second = Call.objects.get(trace_id=LONE)
    assert (bytes(second.same_as_trace_id), bytes(second.same_as_span_id)) == (AGENT, b"call    ")


def test_both_in_one_batch_end_the_same(project, evidence):
    receive(project, [*by_the_framework(**evidence), *by_the_sdk(**evidence)])

    assert counted_calls() == [(AGENT, 100, 40, "planner")]


def test_two_lone_reports_of_one_answer_count_in_the_earlier_trace(project):
    first, second = by_the_sdk(response_id="r1"), by_the_sdk(SECOND_LONE, response_id="r1")
    receive(project, [*(span._replace(start_ns=500) for span in first), *second])

    assert [call[0] for call in counted_calls()] == [LONE]


def test_lone_calls_of_one_instrumentation_are_calls_of_their_own(project):
    receive(project, [*by_the_sdk(), *by_the_sdk(SECOND_LONE)])

    assert sorted(call[0] for call in counted_calls()) == [LONE, SECOND_LONE]


def test_calls_of_two_projects_never_meet(project, other_project):
    receive(project, by_the_framework(response_id="r1"))
    receive(other_project, by_the_sdk(response_id="r1"))

    assert Call.objects.filter(is_counted=True).count() == 2


def test_a_report_that_became_visible_while_the_batch_was_summarised_is_found_after_it(
    project, evidence, monkeypatch
):
    """Two workers, each with one of the two traces: neither sees the other's before it commits."""
    receive(project, by_the_sdk(**evidence))
    with monkeypatch.context() as blind:
        blind.setattr("traces.services.summaries.reports_elsewhere", blind_at_first())
        store(project, by_the_framework(**evidence))
        touched_summarise(slot=slot_of(AGENT), limit=100, now=clock.now())

    assert {bytes(mark.trace_id) for mark in Mark.objects.all()} == {AGENT, LONE}
    summarise_all()
    assert counted_calls() == [(AGENT, 100, 40, "planner")]


def blind_at_first():
    """Looks that find nothing the first time."""
    looks = []

    def look(looked_for):
        looks.append(looked_for)
        return [] if len(looks) == 1 else reports_elsewhere(looked_for)

    return look
