"""The demo's programs leave traces that Lineside understands in full."""

from collections import Counter

import pytest

from demo.models import CHAT_MODELS, RERANK
from demo.programs.registry import EVERYDAY, RUNAWAY
from tests.demo_runs import play
from traces.domain.span_row import MODEL_CALL_KINDS, STATUS_ERROR
from traces.domain.summary import summarise
from traces.domain.tree import build_forest, walk

TIMES = 12
ALL = [*EVERYDAY, RUNAWAY]


@pytest.fixture(scope="module", params=ALL, ids=lambda program: program.service)
def program(request):
    return request.param


@pytest.fixture(scope="module")
def traces(program):
    return play(program, times=TIMES).traces()


def shape(recorder):
    """Everything of the spans but their ids, which are the SDK's own."""
    return [(span.name, span.start_time, span.end_time, dict(span.attributes)) for span in recorder.spans()]


def test_the_same_seed_tells_the_same_story(program):
    assert shape(play(program, seed=4, times=3)) == shape(play(program, seed=4, times=3))


def test_another_seed_tells_another_story(program):
    assert shape(play(program, seed=4)) != shape(play(program, seed=5))


def test_each_run_is_one_whole_tree(traces):
    assert len(traces) == TIMES
    for spans in traces:
        forest = build_forest(spans)
        assert len(forest) == 1
        assert not any(node.is_orphan for node in walk(forest))


def test_no_span_sticks_out_of_the_one_above(traces):
    for spans in traces:
        for node in walk(build_forest(spans)):
            for child in node.children:
                assert node.span.start_ns <= child.span.start_ns <= child.span.end_ns <= node.span.end_ns


def test_each_span_that_belongs_to_an_agent_has_a_kind(traces):
    unknown = {span.name for spans in traces for span in spans if span.kind == "other"}
    assert all(name.startswith("SELECT ") for name in unknown), unknown


def test_each_model_call_that_succeeded_names_its_model_and_has_a_price(traces):
    for spans in traces:
        for call in summarise(spans).calls:
            assert call.span.request_model
            assert call.span.provider
            if call.decision.is_counted:
                assert call.price is not None, call.span


def test_each_run_names_its_user_session_service_environment_and_release(traces):
    for spans in traces:
        summary = summarise(spans)
        assert summary.user_id
        assert summary.session_id
        assert summary.service
        assert summary.environment
        assert summary.release


def test_each_chat_has_a_prompt_with_its_version(traces):
    chats = [span for spans in traces for span in spans if span.kind == "llm"]
    assert all(span.prompt_name and span.prompt_version for span in chats)
    assert all(span.response_id for span in chats if span.status != STATUS_ERROR)


def test_no_call_is_counted_twice(traces):
    """One instrumentation alone tells of each call, so each model span is a call of its own."""
    for spans in traces:
        model_spans = [span for span in spans if span.kind in MODEL_CALL_KINDS]
        assert summarise(spans).llm_call_count == len(model_spans)


@pytest.mark.parametrize("everyday", EVERYDAY, ids=lambda program: program.service)
def test_an_everyday_run_costs_cents_and_lasts_seconds(everyday):
    for spans in play(everyday, times=20).traces():
        summary = summarise(spans)
        assert (summary.cost_usd or 0) < 1
        assert summary.duration_ns < 130 * 10**9


def program_of(service):
    return next(program for program in ALL if program.service == service)


def test_workers_run_beside_each_other():
    spans = play(program_of("trip-planner")).traces()[0]
    flights, hotels, activities = (
        next(span for span in spans if span.agent == f"{name}_worker" and span.kind == "agent")
        for name in ("flight", "hotel", "activity")
    )
    assert flights.start_ns == hotels.start_ns == activities.start_ns
    assert len({flights.end_ns, hotels.end_ns, activities.end_ns}) == 3


def test_a_run_passes_through_its_states():
    summary = summarise(play(program_of("trip-planner")).traces()[0])
    assert [state["state"] for state in summary.behaviour.states][:3] == [
        "Planning",
        "Executing",
        "Reflecting",
    ]


@pytest.mark.parametrize(
    "kind", ["human", "guardrail", "evaluation", "retrieval", "rerank", "embedding", "state"]
)
def test_every_kind_of_step_occurs(kind):
    traces = [spans for program in EVERYDAY for spans in play(program, times=TIMES).traces()]
    assert any(span.kind == kind for spans in traces for span in spans)


def test_a_call_tells_its_cached_and_its_reasoning_tokens():
    spans = [span for spans in play(program_of("insight-agent"), times=TIMES).traces() for span in spans]
    assert any(span.cache_read_input_tokens for span in spans)
    assert any(span.cache_creation_input_tokens for span in spans)
    assert any(span.reasoning_output_tokens for span in spans)


def test_an_overloaded_provider_is_tried_again_and_then_replaced():
    provider = CHAT_MODELS[0].provider
    recorder = play(program_of("code-review-bot"), times=TIMES, overloaded_provider=provider)
    events = [event.name for span in recorder.spans() for event in span.events]
    assert {"retry", "fallback"} <= set(events)
    failed = [span for spans in recorder.traces() for span in spans if span.error_type == "overloaded_error"]
    (most, _), *_ = Counter(span.provider for span in failed if span.kind == "llm").most_common()
    assert most == provider


def test_a_failing_tool_records_the_exception_that_it_raised():
    recorder = play(program_of("insight-agent"), times=TIMES)
    failed = [span for span in recorder.spans() if span.name == "execute_tool run_sql" and span.events]
    event = failed[0].events[0]
    assert event.attributes["exception.type"] == "sqlite3.OperationalError"
    assert "no such" in event.attributes["exception.message"]
    assert "_run_sql" in event.attributes["exception.stacktrace"]
    assert failed[0].start_time <= event.timestamp <= failed[0].end_time


def test_a_search_is_billed_without_tokens_and_so_unmetered():
    summary = summarise(play(program_of("research-assistant")).traces()[0])
    reranks = [call for call in summary.calls if call.span.request_model == RERANK.name]
    assert summary.unmetered_call_count == len(reranks) > 0
