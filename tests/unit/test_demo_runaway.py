"""The incident: 47 model calls, the twelfth refused, twenty minutes, some dollars, and nobody told."""

import pytest

from demo.programs.registry import RUNAWAY
from tests.demo_runs import play
from traces.domain.span_row import STATUS_ERROR
from traces.domain.summary import summarise

MINUTE = 60 * 10**9


@pytest.fixture(scope="module")
def recorder():
    return play(RUNAWAY)


@pytest.fixture(scope="module")
def spans(recorder):
    (found,) = recorder.traces()
    return found


@pytest.fixture(scope="module")
def calls(spans):
    return sorted((span for span in spans if span.kind == "llm"), key=lambda span: span.start_ns)


def test_it_makes_47_model_calls(spans, calls):
    assert len(calls) == summarise(spans).llm_call_count == 47


def test_the_twelfth_call_and_no_other_hits_the_rate_limit(recorder, calls):
    assert [number for number, call in enumerate(calls, start=1) if call.status == STATUS_ERROR] == [12]
    assert calls[11].error_type == "rate_limit_error"
    (refused,) = [
        span for span in recorder.spans() if span.attributes.get("http.response.status_code") == 429
    ]
    assert refused.context.span_id == int.from_bytes(calls[11].span_id, "big")


def test_it_spins_for_twenty_minutes_in_a_state_of_its_own(spans, calls):
    summary = summarise(spans)
    assert 20 * MINUTE <= summary.duration_ns < 21 * MINUTE
    assert [state["state"] for state in summary.behaviour.states] == ["Planning", "Executing", "Retrying"]
    retrying = next(span for span in spans if span.state == "Retrying")
    assert sum(retrying.start_ns <= call.start_ns for call in calls) == 35
    assert retrying.end_ns - retrying.start_ns > 18 * MINUTE


def test_each_call_sends_more_than_the_last_one(calls):
    sent = [call.input_tokens for call in calls if call.input_tokens is not None]
    assert sent == sorted(sent)
    assert sent[-1] > 4 * sent[0]


def test_it_costs_dollars_and_fails(spans):
    summary = summarise(spans)
    assert 4 < summary.cost_usd < 9
    assert summary.status == "error"
    assert "closed the connection after 20 minutes" in summary.error_message
