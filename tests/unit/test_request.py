"""Which span is the user's request, in whole traces and in broken ones."""

from tests.unit.spans import make_span
from traces.domain.request import find_request
from traces.domain.summary import summarise
from traces.domain.tree import build_forest

REMOTE = {"has_remote_parent": True}


def request_of(*spans):
    found = find_request(build_forest(spans))
    return None if found is None else found.span.name


def test_the_root_is_the_request_however_long_background_work_lasts():
    late = make_span("upload", "request", start_ns=900_000_000, end_ns=9_000_000_000)
    summary = summarise([make_span("request"), late])
    assert (summary.name, summary.duration_ns, summary.status) == ("request", 1_000_000_000, "ok")


def test_of_several_roots_the_first_that_does_an_agents_work_is_the_request():
    setup = make_span("load settings", start_ns=-10, end_ns=-5)
    agent = make_span("agent", kind="agent")
    flush = make_span("flush", kind="agent", start_ns=2_000_000_000, end_ns=3_000_000_000)
    assert request_of(setup, agent, flush) == "agent"
    assert request_of(setup, make_span("other root")) == "load settings"


def test_without_its_root_a_trace_is_open():
    assert request_of(make_span("call", "missing", kind="llm")) is None


def test_a_caller_outside_leaves_the_first_span_below_it_as_the_request():
    handler = make_span("POST /ask", "outside", details=REMOTE)
    assert request_of(handler, make_span("agent", "POST /ask", kind="agent")) == "POST /ask"


def test_the_caller_takes_the_requests_place_when_it_arrives():
    handler = make_span("POST /ask", "browser", details=REMOTE)
    assert request_of(handler, make_span("browser", start_ns=-5)) == "browser"


def test_a_callers_own_child_says_that_the_caller_still_runs():
    handler = make_span("POST /ask", "outside", details=REMOTE)
    assert request_of(handler, make_span("call", "outside", kind="llm")) is None
