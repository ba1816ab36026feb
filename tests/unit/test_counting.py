"""Which report of a model call is counted, by the evidence there is."""

import pytest

from tests.unit.spans import make_span
from traces.domain.call_reports import Reason, collect_reports
from traces.domain.counting import count_calls
from traces.domain.tree import build_forest

TOKENS = {"input_tokens": 100, "output_tokens": 10}


def decide(*spans):
    """{span name: (counted, reason)}"""
    return {
        decision.span.name: (decision.is_counted, decision.reason)
        for decision in count_calls(collect_reports(build_forest(spans)))
    }


def total_input(*spans):
    return sum(
        d.usage.input_tokens for d in count_calls(collect_reports(build_forest(spans))) if d.is_counted
    )


def test_it_counts_a_lone_call():
    assert decide(make_span("call", kind="llm", **TOKENS)) == {"call": (True, Reason.CALL)}


def test_it_counts_one_of_two_spans_with_one_response_id():
    decided = decide(
        make_span("root", kind="agent"),
        make_span("one", "root", kind="llm", scope="a", response_id="r1", **TOKENS),
        make_span(
            "two", "root", kind="llm", scope="b", response_id="r1", cache_read_input_tokens=5, **TOKENS
        ),
    )
    assert decided == {"one": (False, Reason.SAME_RESPONSE), "two": (True, Reason.CALL)}


def test_it_counts_one_of_a_wrapper_and_the_sdks_span_below_it():
    decided = decide(
        make_span("outer", kind="llm", scope="framework", **TOKENS),
        make_span("inner", "outer", kind="llm", scope="sdk", **TOKENS),
    )
    assert decided == {"outer": (False, Reason.SAME_CALL_NESTED), "inner": (True, Reason.CALL)}


def test_it_unites_tokens_of_the_outer_and_the_cache_split_of_the_inner_report():
    outer = make_span("outer", kind="llm", scope="framework", **TOKENS)
    inner = make_span("inner", "outer", kind="llm", scope="sdk", cache_read_input_tokens=40)
    (counted,) = [d for d in count_calls(collect_reports(build_forest([outer, inner]))) if d.is_counted]
    assert (counted.usage.input_tokens, counted.usage.cache_read_input_tokens) == (100, 40)


def test_it_keeps_calls_of_an_agent_that_a_streaming_call_ran_as_its_tool():
    spans = (
        make_span("stream", kind="llm", scope="framework", **TOKENS),
        make_span("tool", "stream", kind="tool"),
        make_span("subcall", "tool", kind="llm", scope="sdk", **TOKENS),
    )
    assert total_input(*spans) == 200


def test_it_matches_siblings_that_enclose_one_another_in_time_one_to_one():
    def pair(place, tokens):
        begin = place * 10
        usage = {"input_tokens": tokens, "output_tokens": 1}
        return (
            make_span(f"f{place}", kind="llm", scope="f", start_ns=begin, end_ns=begin + 10**9, **usage),
            make_span(
                f"s{place}", kind="llm", scope="s", start_ns=begin + 2, end_ns=begin + 10**9 - 2, **usage
            ),
        )

    assert total_input(*pair(0, 100), *pair(1, 200), *pair(2, 400)) == 700


def test_it_keeps_parallel_calls_of_one_instrumentation_apart():
    spans = [make_span(f"call{n}", kind="llm", **TOKENS) for n in range(5)]
    assert total_input(*spans) == 500


@pytest.mark.parametrize(
    "difference",
    [
        {"response_id": "other"},
        {"response_id": None, "input_tokens": 99},
        {"response_id": None, "request_model": "claude-sonnet-4-5"},
        {"response_id": None, "kind": "embedding"},
        {"response_id": None, "status": 2},
    ],
    ids=str,
)
def test_it_keeps_reports_apart_that_contradict_one_another(difference):
    told = {"kind": "llm", "response_id": "r1", "request_model": "gpt-4o", **TOKENS}
    outer = make_span("outer", scope="framework", **told)
    inner = make_span("inner", scope="sdk", **{**told, "start_ns": 1, **difference})
    decided = count_calls(collect_reports(build_forest([outer, inner])))
    assert [decision.is_call for decision in decided] == [True, True]


def test_a_gateway_that_gives_ids_of_its_own_is_a_wrapper_of_the_call_below():
    decided = decide(
        make_span("gateway", kind="llm", scope="gateway", response_id="own", **TOKENS),
        make_span("sdk", "gateway", kind="llm", scope="sdk", response_id="provider", **TOKENS),
    )
    assert decided == {"gateway": (False, Reason.WRAPPER), "sdk": (True, Reason.CALL)}


def test_it_does_not_count_an_agent_that_repeats_the_sum_of_its_calls():
    decided = decide(
        make_span("agent", kind="agent", input_tokens=200, output_tokens=20),
        make_span("one", "agent", kind="llm", **TOKENS),
        make_span("two", "agent", kind="llm", **TOKENS),
    )
    assert decided["agent"] == (False, Reason.WRAPPER)


def test_it_counts_an_agents_usage_that_no_call_explains():
    assert decide(make_span("agent", kind="agent", **TOKENS)) == {"agent": (True, Reason.ONLY_REPORT)}


def test_it_counts_a_model_span_over_several_calls_as_their_wrapper():
    decided = decide(
        make_span("loop", kind="llm", scope="a", input_tokens=200, output_tokens=20),
        make_span("one", "loop", kind="llm", scope="b", **TOKENS),
        make_span("two", "loop", kind="llm", scope="b", start_ns=5, **TOKENS),
    )
    assert decided["loop"] == (False, Reason.WRAPPER)


def test_a_failed_call_is_a_call_but_not_counted():
    (decision,) = count_calls(collect_reports(build_forest([make_span("call", kind="llm", status=2)])))
    assert (decision.is_call, decision.is_counted, decision.reason) == (True, False, Reason.FAILED)


def test_a_success_without_usage_is_unmetered():
    assert decide(make_span("call", kind="llm", status=1)) == {"call": (False, Reason.UNMETERED)}


def test_two_reports_of_a_failure_are_one_call():
    spans = [
        make_span("outer", kind="llm", scope="framework", status=2),
        make_span("inner", "outer", kind="llm", scope="sdk", status=2),
    ]
    assert sum(d.is_call for d in count_calls(collect_reports(build_forest(spans)))) == 1


def test_it_decides_10000_parallel_calls_quickly_enough_to_finish():
    spans = [make_span(f"call{n}", kind="llm", **TOKENS) for n in range(10_000)]
    assert len(count_calls(collect_reports(build_forest(spans)))) == 10_000


@pytest.mark.parametrize("scopes", [("framework", "gateway", "sdk"), ("one", "one", "one")])
@pytest.mark.parametrize("middle", [TOKENS, {}])
def test_three_nested_reports_tell_one_call(scopes, middle):
    spans = (
        make_span("outer", kind="llm", scope=scopes[0], **TOKENS),
        make_span("middle", "outer", kind="llm", scope=scopes[1], **middle),
        make_span("inner", "middle", kind="llm", scope=scopes[2], **TOKENS),
    )
    assert total_input(*spans) == TOKENS["input_tokens"]
    assert sum(is_counted for is_counted, _ in decide(*spans).values()) == 1


def test_parallel_calls_of_two_models_of_one_line_stay_apart():
    spans = (
        make_span("run", kind="agent"),
        make_span("big", "run", kind="llm", scope="a", request_model="gpt-4o", **TOKENS),
        make_span("small", "run", kind="llm", scope="b", request_model="gpt-4o-mini", **TOKENS),
    )
    assert total_input(*spans) == 2 * TOKENS["input_tokens"]


def test_a_model_call_over_others_that_has_not_their_sum_is_a_call_of_its_own():
    spans = (
        make_span("outer", kind="llm", input_tokens=200, output_tokens=500),
        make_span("one", "outer", kind="llm", **TOKENS),
        make_span("two", "outer", kind="llm", **TOKENS),
    )
    assert total_input(*spans) == 400
