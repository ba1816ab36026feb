"""Values that no instrumentation should send cost a span that value, and nothing else."""

import math
from typing import Any

import pytest

from tests.unit.convention_spans import content, facts
from traces.semconv.call_details import call_settings, finish_reasons
from traces.semconv.registry import PRECEDENCE

CALL = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o"}
SAID = {"kind": "llm", "convention": "gen_ai", "request_model": "gpt-4o"}
HUGE = "x" * 2_000_000
HOSTILE: dict[str, Any] = {
    "empty": "",
    "blank": " \n",
    "nul": "a\0b",
    "huge": HUGE,
    "number": -(2**63),
    "not a number": math.nan,
    "infinite": -math.inf,
    "yes": True,
    "bytes": b"\x00\xff",
    "list": [[{"a": [None]}]],
    "map": {"role": {"content": []}},
    "broken json": '{"a": [1, ',
    "deep json": "[" * 5_000 + "]" * 5_000,
    "deep python": "{'a': " * 150 + "1" + "}" * 150,
    "numbers as keys": '{"1": {"2": 3}}',
    "null": "null",
}
KEYS = sorted(
    {
        key
        for convention in PRECEDENCE
        for key in (
            *(key for keys in convention.fields.values() for key in keys),
            *convention.documents,
            *convention.kinds,
            *convention.kind_where_present,
            *convention.settings_documents,
            *convention.finish_reasons,
        )
    }
)


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_key_of_any_convention_fails_on_a_hostile_value(value: Any) -> None:
    for key in KEYS:
        attributes = {key: value}
        assert facts(attributes)["kind"] in {
            "llm", "embedding", "retrieval", "rerank", "tool", "agent", "workflow",
            "guardrail", "evaluation", "state", "human", "other",
        }  # fmt: skip
        content(
            attributes, [("gen_ai.user.message", {"content": value}), ("gen_ai.choice", {"message": value})]
        )
        call_settings(attributes)
        finish_reasons(attributes)


@pytest.mark.parametrize(
    "count",
    ["many", "-3", "1.5", "٣", "9" * 17, -1, 1.5, math.nan, math.inf, True, 2**60, [5], {"a": 5}, b"5"],
)
def test_what_is_no_count_is_not_reported(count: Any) -> None:
    assert facts({**CALL, "gen_ai.usage.input_tokens": count, "gen_ai.usage.output_tokens": 7}) == {
        **SAID,
        "output_tokens": 7,
    }


@pytest.mark.parametrize("count", [5, 5.0, "5", "005"])
def test_a_count_may_be_written_in_any_way(count: Any) -> None:
    assert facts({**CALL, "gen_ai.usage.input_tokens": count}) == {**SAID, "input_tokens": 5}


@pytest.mark.parametrize("amount", ["free", "", math.nan, math.inf, "NaN", "-1", -1, 0, True, 1e12, [1]])
def test_what_is_no_cost_is_not_reported(amount: Any) -> None:
    assert facts({**CALL, "gen_ai.usage.cost": amount}) == SAID


@pytest.mark.parametrize("wait", [math.nan, math.inf, -0.5, "soon", True, 10**9, [1]])
def test_what_is_no_wait_is_not_reported(wait: Any) -> None:
    assert facts({**CALL, "gen_ai.response.time_to_first_chunk": wait}) == SAID


@pytest.mark.parametrize("status", [0, 99, 600, -1, "teapot", 42.5, True, [404]])
def test_what_is_no_http_status_is_not_reported(status: Any) -> None:
    assert facts({**CALL, "http.response.status_code": status}) == SAID


@pytest.mark.parametrize("name", ["", " ", True, None, b"x", ["x"], {"name": "x"}])
def test_what_is_no_name_is_not_reported(name: Any) -> None:
    spoken = dict.fromkeys(("gen_ai.agent.name", "user.id", "session.id", "gen_ai.provider.name"), name)
    assert facts({**CALL, **spoken}) == SAID


def test_a_number_is_a_name_and_spaces_around_a_name_are_none_of_it() -> None:
    assert facts({**CALL, "user.id": 42, "gen_ai.prompt.version": 1.5, "session.id": " s1\n"}) == {
        **SAID,
        "user_id": "42",
        "prompt_version": "1.5",
        "session_id": "s1",
    }


def test_details_lose_their_nul_and_their_length() -> None:
    found = facts({**CALL, "openai.response.service_tier": "a\0b", "langsmith.metadata.thread_id": "t" * 999})
    assert (found["service_tier"], found["thread_id"]) == ("a\ufffdb", "t" * 200)


def test_an_unusable_value_leaves_the_word_to_the_next_convention() -> None:
    assert facts({"gen_ai.operation.name": ["chat"], "openinference.span.kind": "TOOL"}, name="find") == {
        "kind": "tool",
        "convention": "openinference",
        "tool": "find",
    }
    assert facts({**CALL, "gen_ai.request.model": "", "ai.model.id": "gpt-4o"}) == SAID


def test_a_document_that_is_too_large_is_not_read_while_spans_are_stored() -> None:
    answer = f'{{"id": "msg_1", "pad": "{HUGE}"}}'
    large = f'{{"replies": [{{"meta": {{"id": "msg_1"}}}}], "pad": "{HUGE}"}}'
    assert "response_id" not in facts({"haystack.component.type": "X", "haystack.component.output": large})
    assert "response_id" not in facts({"openinference.span.kind": "LLM", "output.value": answer})


def test_a_part_and_a_whole_under_one_key_leave_the_first() -> None:
    attributes = {
        "gen_ai.prompt.0.role": "user",
        "gen_ai.prompt.0.content": "hello",
        "gen_ai.prompt.0.content.0.text": "other",
        "gen_ai.prompt.zero.content": "lost",
    }
    assert content(attributes).input is None
    del attributes["gen_ai.prompt.zero.content"]
    assert content(attributes).input == [{"role": "user", "parts": [{"type": "text", "content": "hello"}]}]


def test_messages_deeper_than_any_request_holds_them_stay_a_document() -> None:
    document: Any = {"role": "user", "content": "hello"}
    for _ in range(6):
        document = {"messages": [document]}
    assert content({"input.value": document}).input == document


@pytest.mark.parametrize(
    "event", [{}, {"exception.type": ""}, {"exception.type": None}, {"exception.type": [1]}]
)
def test_an_exception_without_a_type_says_no_error(event: dict[str, Any]) -> None:
    assert facts(CALL, events=[("exception", event)]) == SAID


@pytest.mark.parametrize("value", ["{{}}", "{[]: 1}", "{'a': {1, 2}}"])
def test_the_text_of_a_python_value_that_cannot_be_is_no_document(value: str) -> None:
    assert facts(CALL | {"metadata": value, "gen_ai.usage.raw": value}) == SAID


def test_what_is_nested_too_deep_to_compare_has_no_digest() -> None:
    assert facts(CALL | {"mlflow.spanInputs": "[" * 300 + "]" * 300}) == SAID


def test_a_quoted_document_is_not_parsed_beyond_its_limit() -> None:
    long = '{"id": "resp_1", "pad": "' + HUGE + '"}'
    assert "response_id" not in facts(CALL | {"mlflow.spanOutputs": long})


@pytest.mark.parametrize(
    "key", ["input.value", "gen_ai.tool.call.arguments", "gen_ai.input.messages", "gen_ai.prompt"]
)
@pytest.mark.parametrize(
    "value",
    ['{"type": ["string", "null"]}', '[{"role": "assistant", "parts": [{"type": "tool_call", "id": [1]}]}]'],
)
def test_types_and_ids_that_are_lists_are_shown(key: str, value: str) -> None:
    assert content({key: value}).input
