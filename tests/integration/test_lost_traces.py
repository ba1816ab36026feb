"""A trace whose root never comes is open, then lost, and its root may still save it."""

from datetime import timedelta

import pytest

from core import clock
from tests.integration.received import receive
from tests.unit.spans import make_span
from traces.domain.filters import parse_filter
from traces.models import Trace
from traces.selectors.spans import span_nodes
from traces.selectors.traces import TraceQuery, trace_list
from traces.serializers.traces import trace_json
from traces.services.lost import silent_traces_close

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("span_tables")]


@pytest.fixture
def arrive(project):
    """Receives spans; the trace's status afterwards."""

    def arrive(*rows):
        receive(project, rows)
        return Trace.objects.get().status

    return arrive


CALL = make_span("call", "root", kind="llm", input_tokens=10, output_tokens=1, response_model="gpt-4o")


def close(after):
    return silent_traces_close(now=clock.now() + after, limit=10)


def test_it_is_closed_after_the_silence_that_its_project_sets(arrive, project):
    project.lost_after_ns = 600 * 10**9
    project.save()
    assert arrive(CALL) == "open"
    assert close(timedelta(seconds=590)) == []
    assert len(close(timedelta(seconds=610))) == 1
    assert Trace.objects.get().status == "lost"
    assert close(timedelta(seconds=620)) == []


def test_a_late_span_recomputes_and_does_not_reopen(arrive):
    arrive(CALL)
    close(timedelta(days=1))
    late = make_span("late", "root", kind="llm", input_tokens=5, output_tokens=1, response_model="gpt-4o")
    assert arrive(late) == "lost"
    assert Trace.objects.get().llm_call_count == 2


def test_the_root_decides_whenever_it_comes(arrive):
    arrive(CALL)
    close(timedelta(days=1))
    assert arrive(make_span("root", kind="agent", status=2)) == "error"


def test_a_pending_root_keeps_the_trace_open_under_its_name(arrive):
    pending = make_span("pending", "root", details={"pending_parent_id": ""}, end_ns=0)
    assert arrive(pending._replace(name="handle request"), CALL) == "open"
    assert Trace.objects.get().name == "handle request"
    assert shown() == [("root", None), ("call", "root")]
    assert arrive(make_span("root", kind="agent")) == "ok"
    assert Trace.objects.get().span_count == 2
    assert shown() == [("root", None), ("call", "root")]


def shown():
    trace = Trace.objects.get()
    nodes = span_nodes(project_id=trace.project_id, trace_id=bytes(trace.trace_id))
    return sorted(
        (
            (node.span_id.decode().strip(), node.parent_span_id and node.parent_span_id.decode().strip())
            for node in nodes
        ),
        key=lambda names: names[1] or "",
    )


def test_it_is_an_error_in_rest_and_found_as_one(arrive, project):
    arrive(CALL)
    close(timedelta(days=1))

    def found(text):
        query = TraceQuery(expression=parse_filter(text))
        return trace_list(project_id=project.pk, query=query).results

    assert trace_json(found("status = error")[0])["status"] == "error"
    assert found("status = lost")
    assert not found("status != error")
    assert not found("status = open")
