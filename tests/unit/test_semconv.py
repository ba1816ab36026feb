"""Attributes of every convention end in the same typed columns."""

import pytest

from traces.semconv.content import span_content
from traces.semconv.convention import Convention
from traces.semconv.resolver import resolve
from traces.semconv.tokens import NO_USAGE, Usage, read_count, read_usage


def fields(attributes, *, name="span", events=(), resource=None):
    return resolve(
        name=name, attributes=attributes, events=events, resource=resource or {}, scope_name="test"
    )


@pytest.mark.parametrize(
    ("attributes", "kind"),
    [
        ({"gen_ai.operation.name": "chat"}, "llm"),
        ({"gen_ai.operation.name": "embeddings"}, "embedding"),
        ({"gen_ai.operation.name": "execute_tool"}, "tool"),
        ({"gen_ai.operation.name": "invoke_agent", "gen_ai.request.model": "gpt-4o"}, "agent"),
        ({"gen_ai.operation.name": "something_new", "gen_ai.request.model": "gpt-4o"}, "llm"),
        ({"openinference.span.kind": "RETRIEVER"}, "retrieval"),
        ({"openinference.span.kind": "chain"}, "workflow"),
        ({"ai.operationId": "ai.streamText.doStream"}, "llm"),
        ({"ai.operationId": "ai.streamText"}, "workflow"),
        ({"traceloop.span.kind": "task"}, "workflow"),
        ({"http.request.method": "GET"}, "other"),
        ({}, "other"),
    ],
)
def test_it_tells_the_kind(attributes, kind):
    assert fields(attributes).kind == kind


def test_the_current_spelling_wins_over_the_deprecated_one():
    both = {"gen_ai.usage.prompt_tokens": 1, "gen_ai.usage.input_tokens": 2, "gen_ai.system": "old"}
    assert fields(both).input_tokens == 2
    assert fields({**both, "gen_ai.provider.name": "new"}).provider == "new"


def test_a_value_that_is_no_count_is_not_believed():
    assert (
        fields({"gen_ai.usage.input_tokens": "many", "gen_ai.usage.output_tokens": -3}).input_tokens is None
    )


def test_an_unnamed_agent_or_tool_is_called_as_its_span():
    assert fields({"gen_ai.operation.name": "invoke_agent"}, name="invoke_agent planner").agent == "planner"
    assert fields({"openinference.span.kind": "TOOL"}, name="search").tool == "search"


def test_an_exception_event_names_the_error():
    found = fields({}, events=[("exception", {"exception.type": "TimeoutError"})])
    assert found.error_type == "TimeoutError"


def test_the_resource_names_service_environment_and_release():
    found = fields(
        {},
        resource={"service.name": "desk", "deployment.environment": "prod", "service.version": "1.2"},
    )
    assert (found.service, found.environment, found.release) == ("desk", "prod", "1.2")


@pytest.mark.parametrize(
    ("answer", "response_id"),
    [
        ('{"id": "chatcmpl-1"}', "chatcmpl-1"),
        (
            '{"generations": [[{"message": {"kwargs": {"id": "run-7", "response_metadata": {"id": "r2"}}}}]]}',
            "r2",
        ),
        ('{"id": 5}', None),
        ('{"id": ', None),
        ("plain text", None),
    ],
)
def test_it_finds_the_response_id_inside_the_recorded_answer(answer, response_id):
    assert fields({"openinference.span.kind": "LLM", "output.value": answer}).response_id == response_id


@pytest.mark.parametrize(
    ("found", "usage"),
    [
        ({"input_tokens": 10, "output_tokens": 2}, Usage(10, None, None, 2, None)),
        ({"input_tokens": 0, "output_tokens": 0}, NO_USAGE),
        ({}, NO_USAGE),
        (
            {"input_tokens": 3, "cache_read_input_tokens": 100, "output_tokens": 5},
            Usage(103, 100, None, 5, None),
        ),
        (
            {"input_tokens": 300, "cache_read_input_tokens": 100, "output_tokens": 5},
            Usage(300, 100, None, 5, None),
        ),
        (
            {"input_tokens": 9, "output_tokens": 5, "reasoning_output_tokens": 64},
            Usage(9, None, None, 69, 64),
        ),
    ],
)
def test_usage_takes_the_normal_form(found, usage):
    assert read_usage(found) == usage


@pytest.mark.parametrize(
    ("value", "count"),
    [
        (5, 5),
        (5.0, 5),
        ("5", 5),
        (5.5, None),
        (True, None),
        (-1, None),
        (2**60, None),
        ("", None),
        ([], None),
    ],
)
def test_it_reads_counts(value, count):
    assert read_count(value) == count


def test_a_table_that_names_no_canonical_field_is_refused():
    with pytest.raises(ValueError, match="no canonical field"):
        Convention(name="typo", source="", fields={"modle": ("x",)})


TEXT = [{"role": "user", "parts": [{"type": "text", "content": "hello"}]}]


@pytest.mark.parametrize(
    ("attributes", "events", "expected"),
    [
        (
            {"gen_ai.input.messages": '[{"role":"user","parts":[{"type":"text","content":"hello"}]}]'},
            [],
            TEXT,
        ),
        (
            {"llm.input_messages.0.message.role": "user", "llm.input_messages.0.message.content": "hello"},
            [],
            TEXT,
        ),
        ({"gen_ai.prompt.0.role": "user", "gen_ai.prompt.0.content": "hello"}, [], TEXT),
        ({}, [("gen_ai.user.message", {"content": "hello"})], TEXT),
        ({"input.value": '{"city": "Lyon"}'}, [], {"city": "Lyon"}),
        ({"gen_ai.tool.call.arguments": '{"city": "Lyon"}'}, [], {"city": "Lyon"}),
        ({"input.value": "{broken"}, [], "{broken"),
        ({}, [], None),
    ],
)
def test_it_reads_the_input_of_each_convention(attributes, events, expected):
    assert span_content(attributes=attributes, events=events).input == expected


def test_system_instructions_stand_before_the_messages():
    content = span_content(
        attributes={
            "gen_ai.input.messages": TEXT,
            "gen_ai.system_instructions": '[{"type":"text","content":"Be kind."}]',
        },
        events=[],
    )
    assert [message["role"] for message in content.input] == ["system", "user"]


def test_tool_calls_and_their_answers_are_parts():
    flat = {
        "llm.output_messages.0.message.role": "assistant",
        "llm.output_messages.0.message.tool_calls.0.tool_call.id": "c1",
        "llm.output_messages.0.message.tool_calls.0.tool_call.function.name": "search",
        "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments": '{"q": "x"}',
        "llm.input_messages.0.message.role": "tool",
        "llm.input_messages.0.message.tool_call_id": "c1",
        "llm.input_messages.0.message.content": "found",
    }
    content = span_content(attributes=flat, events=[])
    call = {"type": "tool_call", "id": "c1", "name": "search", "arguments": {"q": "x"}}
    assert content.output == [{"role": "assistant", "parts": [call]}]
    answer = {"type": "tool_call_response", "id": "c1", "response": "found"}
    assert content.input == [{"role": "tool", "parts": [answer]}]
