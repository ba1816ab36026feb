"""What went into a span and what came out of it, in one form whatever convention and provider wrote it."""

from typing import Any

import pytest

from tests.unit.convention_spans import answer, as_json, call, content, text

FORECAST = call("c1", "forecast", {"city": "Paris"})
CALLING = {"role": "assistant", "parts": [FORECAST]}
ANSWERED = {"role": "tool", "parts": [answer("c1", "sunny")]}
TALK = [text("system", "Be brief."), text("user", "Weather?"), CALLING, ANSWERED]
DETAILS = "gen_ai.client.inference.operation.details"

GENAI_INPUT = as_json(
    [
        {"role": "user", "parts": [{"type": "text", "content": "Weather?"}]},
        {
            "role": "assistant",
            "parts": [
                {"type": "tool_call", "id": "c1", "name": "forecast", "arguments": '{"city": "Paris"}'}
            ],
        },
        {"role": "tool", "parts": [{"type": "tool_call_response", "id": "c1", "response": "sunny"}]},
    ]
)
GENAI_SYSTEM = as_json([{"type": "text", "content": "Be brief."}])
OPENAI_CALL: dict[str, Any] = {
    "id": "c1",
    "type": "function",
    "function": {"name": "forecast", "arguments": '{"city": "Paris"}'},
}
OPENAI: list[dict[str, Any]] = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Weather?"},
    {"role": "assistant", "content": None, "tool_calls": [OPENAI_CALL]},
    {"role": "tool", "tool_call_id": "c1", "content": "sunny"},
]
ANTHROPIC: list[dict[str, Any]] = [
    {"role": "user", "content": "Weather?"},
    {
        "role": "assistant",
        "content": [{"type": "tool_use", "id": "c1", "name": "forecast", "input": {"city": "Paris"}}],
    },
    {
        "role": "user",
        "content": [
            {"type": "tool_result", "tool_use_id": "c1", "content": [{"type": "text", "text": "sunny"}]}
        ],
    },
]
GEMINI: list[dict[str, Any]] = [
    {"role": "user", "parts": [{"text": "Weather?"}]},
    {
        "role": "model",
        "parts": [{"functionCall": {"id": "c1", "name": "forecast", "args": {"city": "Paris"}}}],
    },
    {
        "role": "user",
        "parts": [{"function_response": {"id": "c1", "name": "forecast", "response": {"sky": 1}}}],
    },
]
BEDROCK: list[dict[str, Any]] = [
    {"role": "user", "content": [{"text": "Weather?"}]},
    {
        "role": "assistant",
        "content": [
            {"reasoningContent": {"reasoningText": {"text": "Look it up.", "signature": "x"}}},
            {"toolUse": {"toolUseId": "c1", "name": "forecast", "input": {"city": "Paris"}}},
        ],
    },
    {"role": "user", "content": [{"toolResult": {"toolUseId": "c1", "content": [{"text": "sunny"}]}}]},
]
RESPONSES: list[dict[str, Any]] = [
    {"role": "user", "content": [{"type": "input_text", "text": "Weather?"}]},
    {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "Look it up."}]},
    {
        "type": "function_call",
        "id": "fc_1",
        "call_id": "c1",
        "name": "forecast",
        "arguments": '{"city": "Paris"}',
    },
    {"type": "function_call_output", "call_id": "c1", "output": "sunny"},
    {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Sunny."}]},
]
VERCEL: list[dict[str, Any]] = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": [{"type": "text", "text": "Weather?"}]},
    {
        "role": "assistant",
        "content": [
            {"type": "reasoning", "text": "Look it up."},
            {"type": "tool-call", "toolCallId": "c1", "toolName": "forecast", "input": {"city": "Paris"}},
        ],
    },
    {
        "role": "tool",
        "content": [
            {
                "type": "tool-result",
                "toolCallId": "c1",
                "toolName": "forecast",
                "output": {"type": "text", "value": "sunny"},
            }
        ],
    },
]
THOUGHT = {"type": "reasoning", "content": "Look it up."}


def constructor(name: str, **kwargs: Any) -> dict[str, Any]:
    """A message as LangChain serialises it."""
    return {"lc": 1, "type": "constructor", "id": ["langchain", "schema", "messages", name], "kwargs": kwargs}


LANGCHAIN = [
    constructor("SystemMessage", content="Be brief."),
    constructor("HumanMessage", content="Weather?"),
    constructor(
        "AIMessage", content="", tool_calls=[{"name": "forecast", "args": {"city": "Paris"}, "id": "c1"}]
    ),
    constructor("ToolMessage", content="sunny", tool_call_id="c1"),
]


@pytest.mark.parametrize(
    ("document", "messages"),
    [
        pytest.param(OPENAI, TALK, id="openai"),
        pytest.param({"model": "gpt-4o", "messages": OPENAI}, TALK, id="openai, in its request"),
        pytest.param(
            {"system": "Be brief.", "messages": ANTHROPIC},
            [
                *TALK[:3],
                {"role": "user", "parts": [answer("c1", [{"type": "text", "text": "sunny"}])]},
            ],
            id="anthropic",
        ),
        pytest.param(
            {"system_instruction": "Be brief.", "contents": GEMINI},
            [*TALK[:3], {"role": "user", "parts": [answer("c1", {"sky": 1})]}],
            id="gemini",
        ),
        pytest.param(
            {"system": [{"text": "Be brief."}], "messages": BEDROCK},
            [
                *TALK[:2],
                {"role": "assistant", "parts": [THOUGHT, FORECAST]},
                {"role": "user", "parts": [answer("c1", [{"text": "sunny"}])]},
            ],
            id="bedrock converse",
        ),
        pytest.param(
            RESPONSES,
            [
                TALK[1],
                {
                    "role": "assistant",
                    "parts": [
                        {"type": "reasoning", "content": [{"type": "summary_text", "text": "Look it up."}]}
                    ],
                },
                CALLING,
                ANSWERED,
                text("assistant", "Sunny."),
            ],
            id="openai responses",
        ),
        pytest.param(
            VERCEL,
            [
                *TALK[:2],
                {"role": "assistant", "parts": [THOUGHT, FORECAST]},
                {"role": "tool", "parts": [answer("c1", {"type": "text", "value": "sunny"})]},
            ],
            id="vercel",
        ),
        pytest.param({"messages": [LANGCHAIN]}, TALK, id="langchain"),
        pytest.param(
            {"choices": [{"index": 0, "message": OPENAI[2], "finish_reason": "tool_calls"}]},
            [CALLING],
            id="openai, an answer",
        ),
        pytest.param(
            {"id": "msg_1", **ANTHROPIC[1], "stop_reason": "tool_use"}, [CALLING], id="anthropic, an answer"
        ),
        pytest.param(
            {"generations": [[{"text": "Sunny.", "message": constructor("AIMessage", content="Sunny.")}]]},
            [text("assistant", "Sunny.")],
            id="langchain, an answer",
        ),
        pytest.param(
            [{"role": "assistant", "reasoning_content": "Look it up.", "content": "Sunny."}],
            [{"role": "assistant", "parts": [THOUGHT, {"type": "text", "content": "Sunny."}]}],
            id="reasoning beside the content",
        ),
        pytest.param(
            [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}],
            [{"role": "user", "parts": [{"type": "image_url", "image_url": {"url": "x"}}]}],
            id="a part that nobody knows stays",
        ),
    ],
)
def test_each_provider_says_its_messages_in_one_form(document: Any, messages: list[Any]) -> None:
    assert content({"input.value": as_json(document)}).input == messages
    assert content({"output.value": as_json(document)}).output == messages


# --- OpenTelemetry GenAI: attributes, and its three forms of events -----------------------------------------


def test_genai_attributes_say_the_instructions_before_the_messages() -> None:
    attributes = {"gen_ai.input.messages": GENAI_INPUT, "gen_ai.system_instructions": GENAI_SYSTEM}
    assert content({**attributes, "gen_ai.output.messages": as_json([CALLING])}) == (TALK, [CALLING])


def test_the_details_event_says_the_same() -> None:
    details = {
        "gen_ai.system_instructions": GENAI_SYSTEM,
        "gen_ai.input.messages": GENAI_INPUT,
        "gen_ai.output.messages": as_json([text("assistant", "Sunny.")]),
    }
    assert content({}, [("other", {}), (DETAILS, details)]) == (TALK, [text("assistant", "Sunny.")])


def test_input_and_output_may_stand_in_details_events_of_their_own() -> None:
    asked = (DETAILS, {"gen_ai.input.messages": as_json([text("user", "Weather?")])})
    told = (DETAILS, {"gen_ai.output.messages": as_json([CALLING])})
    assert content({}, [asked, told]) == ([text("user", "Weather?")], [CALLING])


def test_one_event_a_message_says_each_role() -> None:
    events: list[tuple[str, dict[str, Any]]] = [
        ("gen_ai.system.message", {"content": "Be brief."}),
        ("gen_ai.user.message", {"content": "Weather?", "gen_ai.system": "openai"}),
        ("gen_ai.assistant.message", {"tool_calls": as_json([OPENAI_CALL])}),
        ("gen_ai.tool.message", {"id": "c1", "content": "sunny"}),
        ("gen_ai.choice", {"index": 0, "finish_reason": "stop", "message": '{"content": "Sunny."}'}),
        ("gen_ai.choice", {"index": 1, "finish_reason": "stop", "message": '{"content": "Clear."}'}),
    ]
    assert content({}, events) == (TALK, [text("assistant", "Sunny."), text("assistant", "Clear.")])


def test_strands_says_the_content_blocks_of_bedrock_in_its_events() -> None:
    events: list[tuple[str, dict[str, Any]]] = [
        ("gen_ai.user.message", {"content": as_json([{"text": "Weather?"}])}),
        ("gen_ai.choice", {"finish_reason": "tool_use", "message": as_json(BEDROCK[1]["content"])}),
    ]
    thinking = {"role": "assistant", "parts": [THOUGHT, FORECAST]}
    assert content({}, events) == ([text("user", "Weather?")], [thinking])


def test_the_oldest_events_hold_whole_prompts() -> None:
    events: list[tuple[str, dict[str, Any]]] = [
        ("gen_ai.content.prompt", {"gen_ai.prompt": as_json(OPENAI)}),
        ("gen_ai.content.completion", {"gen_ai.completion": "Sunny."}),
    ]
    assert content({}, events) == (TALK, "Sunny.")


def test_attributes_are_believed_before_events() -> None:
    attributes = {"gen_ai.input.messages": as_json([text("user", "new")])}
    assert content(attributes, [("gen_ai.user.message", {"content": "old"})]).input == [text("user", "new")]


# --- Messages that are flattened into attributes ------------------------------------------------------------


def test_openllmetry_says_its_flattened_messages_in_the_order_of_their_numbers() -> None:
    prompts = {f"gen_ai.prompt.{n}.{key}": value for n in range(11) for key, value in (("role", "user"),)}
    prompts |= {f"gen_ai.prompt.{n}.content": str(n) for n in reversed(range(11))}
    assert content(prompts).input == [text("user", str(n)) for n in range(11)]


def test_openllmetry_says_tool_calls_and_their_answers() -> None:
    attributes = {
        "gen_ai.prompt.0.role": "system",
        "gen_ai.prompt.0.content": as_json([{"type": "text", "text": "Be brief."}]),
        "gen_ai.prompt.1.role": "user",
        "gen_ai.prompt.1.content": "Weather?",
        "gen_ai.prompt.2.role": "assistant",
        "gen_ai.prompt.2.tool_calls.0.id": "c1",
        "gen_ai.prompt.2.tool_calls.0.name": "forecast",
        "gen_ai.prompt.2.tool_calls.0.arguments": '{"city": "Paris"}',
        "gen_ai.prompt.3.role": "tool",
        "gen_ai.prompt.3.tool_call_id": "c1",
        "gen_ai.prompt.3.content": "sunny",
        "gen_ai.completion.0.content": "Sunny.",
        "gen_ai.completion.0.finish_reason": "stop",
    }
    assert content(attributes) == (TALK, [text("assistant", "Sunny.")])


def test_openinference_says_tool_calls_answers_and_parts() -> None:
    prefix = "llm.input_messages"
    attributes = {
        f"{prefix}.0.message.role": "system",
        f"{prefix}.0.message.content": "Be brief.",
        f"{prefix}.1.message.role": "user",
        f"{prefix}.1.message.contents.0.message_content.type": "text",
        f"{prefix}.1.message.contents.0.message_content.text": "Weather?",
        f"{prefix}.2.message.role": "model",
        f"{prefix}.2.message.tool_calls.0.tool_call.id": "c1",
        f"{prefix}.2.message.tool_calls.0.tool_call.function.name": "forecast",
        f"{prefix}.2.message.tool_calls.0.tool_call.function.arguments": '{"city": "Paris"}',
        f"{prefix}.3.message.role": "tool",
        f"{prefix}.3.message.tool_call_id": "c1",
        f"{prefix}.3.message.content": "sunny",
        "llm.output_messages.0.message.role": "assistant",
        "llm.output_messages.0.message.function_call_name": "forecast",
        "llm.output_messages.0.message.function_call_arguments_json": '{"city": "Paris"}',
        "input.value": "whatever",
        "output.value": "whatever",
    }
    old_call = {"role": "assistant", "parts": [call(None, "forecast", {"city": "Paris"})]}
    assert content(attributes) == (TALK, [old_call])


def test_openinference_says_what_was_embedded_retrieved_and_ranked() -> None:
    document = {"document.id": "d1", "document.content": "Paris is mild.", "document.score": 0.7}
    found = {"document.metadata": '{"page": 3}', **document}
    shown = {
        "document.id": "d1",
        "document.content": "Paris is mild.",
        "document.score": 0.7,
        "document.metadata": {"page": 3},
    }
    expected = [{key.removeprefix("document."): value for key, value in shown.items()}]
    for prefix in ("retrieval.documents", "reranker.output_documents"):
        flat = {f"{prefix}.0.{key}": value for key, value in found.items()}
        assert content({"reranker.query": "weather", **flat}) == ("weather", expected)
    embedded = {"embedding.embeddings.0.embedding.text": "Lyon", "input.value": "{}"}
    assert content(embedded).input == [{"text": "Lyon"}]


# --- Tools, agents and workflows ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("gen_ai.tool.call.arguments", "gen_ai.tool.call.result"),
        ("input.value", "output.value"),
        ("ai.toolCall.args", "ai.toolCall.result"),
        ("traceloop.entity.input", "traceloop.entity.output"),
        ("langfuse.observation.input", "langfuse.observation.output"),
        ("langfuse.trace.input", "langfuse.trace.output"),
        ("gen_ai.prompt", "gen_ai.completion"),
        ("mlflow.spanInputs", "mlflow.spanOutputs"),
        ("tool_arguments", "tool_response"),
        ("gen_ai.tool.input", "gen_ai.tool.output"),
        ("gen_ai.workflow.input", "gen_ai.workflow.output"),
        ("gcp.vertex.agent.tool_call_args", "gcp.vertex.agent.tool_response"),
        ("haystack.agent.step.tool.input", "haystack.agent.step.tool.output"),
        ("haystack.component.input", "haystack.component.output"),
        ("haystack.pipeline.input_data", "haystack.pipeline.output_data"),
        ("crewai.task.description", "crewai.task.result"),
        ("request_data", "response_data"),
    ],
)
def test_each_convention_says_its_arguments_and_its_result(asked: str, told: str) -> None:
    assert content({asked: '{"city": "Paris"}', told: '{"sky": [1, null]}'}) == (
        {"city": "Paris"},
        {"sky": [1, None]},
    )
    assert content({asked: "Paris", told: "sunny"}) == ("Paris", "sunny")


def test_quoted_texts_lose_their_quotes() -> None:
    assert content({"mlflow.spanInputs": '"Paris"', "mlflow.spanOutputs": '"sunny"'}) == ("Paris", "sunny")
    assert content({"langfuse.observation.input": '"Paris"'}).input == "Paris"


def test_logfire_says_the_message_of_an_sdks_answer() -> None:
    answered = as_json({"message": OPENAI[2], "usage": {}})
    assert content({"request_data": as_json({"messages": OPENAI}), "response_data": answered}) == (
        TALK,
        [CALLING],
    )


def test_a_pydantic_ai_agent_says_its_messages_and_its_result() -> None:
    attributes = {"pydantic_ai.all_messages": GENAI_INPUT, "final_result": "Sunny."}
    assert content(attributes) == (TALK[1:], "Sunny.")


def test_vercel_says_an_object_before_the_calls_and_a_text_before_the_object() -> None:
    attributes = {"ai.prompt": as_json({"prompt": "Weather?"}), "ai.response.text": ""}
    attributes["ai.response.object"] = '{"sky": "clear"}'
    assert content(attributes) == ({"prompt": "Weather?"}, {"sky": "clear"})
    assert content({**attributes, "ai.response.text": "Sunny."}).output == "Sunny."


def test_haystack_says_calls_in_its_own_form() -> None:
    called = {
        "tool_call": {"tool_name": "forecast", "arguments": {"city": "Paris"}, "id": "c1", "extra": None}
    }
    messages = [
        {"role": "system", "meta": {}, "name": None, "content": [{"text": "Be brief."}]},
        {"role": "user", "meta": {}, "name": None, "content": [{"text": "Weather?"}]},
        {"role": "assistant", "meta": {}, "name": None, "content": [called]},
    ]
    assert content({"haystack.agent.step.llm.input": as_json({"messages": messages})}).input == TALK[:3]


def test_strands_says_what_its_memory_was_asked_and_what_it_held() -> None:
    events: list[tuple[str, dict[str, Any]]] = [
        ("memory.query", {"content": "what do I like?"}),
        ("memory.content", {"content": "the sea"}),
    ]
    assert content({}, events) == ([text("user", "what do I like?")], [text("assistant", "the sea")])


def test_a_retrieval_says_its_query_in_each_form() -> None:
    for key in ("gen_ai.retrieval.query.text", "gen_ai.retrieval.query", "db.query.text"):
        assert content({key: "refunds"}).input == "refunds"


def test_what_nobody_wrote_is_nothing() -> None:
    assert content({"gen_ai.request.model": "gpt-4o"}, [("exception", {})]) == (None, None)
    assert content({"input.value": "", "gen_ai.input.messages": "[]", "output.value": None}) == (None, None)


def test_azure_says_each_message_as_json_in_its_event() -> None:
    events = [
        ("gen_ai.user.message", {"gen_ai.event.content": '{"role": "user", "content": "hi"}'}),
        (
            "gen_ai.choice",
            {
                "gen_ai.event.content": '{"message": {"content": "hello"}, "finish_reason": "stop", "index": 0}'
            },
        ),
    ]
    assert content({}, events) == ([text("user", "hi")], [text("assistant", "hello")])


def test_the_system_prompt_may_stand_in_an_event_of_its_own() -> None:
    events = [
        (DETAILS, {"gen_ai.system_instructions": GENAI_SYSTEM}),
        (DETAILS, {"gen_ai.input.messages": GENAI_INPUT}),
    ]
    assert content({}, events).input == TALK


@pytest.mark.parametrize(
    "arguments",
    [
        {"role": "admin", "content": "x", "channel": "c"},
        {"messages": [{"role": "user", "content": "hi"}], "to": "bob"},
        {"type": {"a": 1}},
        {"type": ["string", "null"]},
    ],
)
def test_arguments_that_look_like_messages_stay_arguments(arguments: dict[str, Any]) -> None:
    for key in ("gen_ai.tool.call.arguments", "ai.toolCall.args", "tool_arguments"):
        assert content({key: as_json(arguments)}).input == arguments


def test_strands_says_in_an_event_what_a_tool_was_given() -> None:
    attributes = {"gen_ai.operation.name": "execute_tool"}
    given = {"role": "tool", "content": '{"text": "hello", "lang": "fr"}', "id": "t1"}
    assert content(attributes, [("gen_ai.tool.message", given)]).input == {"text": "hello", "lang": "fr"}


def test_vercel_says_text_reasoning_and_calls_of_one_answer() -> None:
    calls = [{"toolCallId": "c1", "toolName": "forecast", "args": '{"city": "Paris"}'}]
    told = content(
        {
            "ai.response.text": "I look.",
            "ai.response.reasoning": "Paris?",
            "ai.response.toolCalls": as_json(calls),
        }
    )
    parts = [
        {"type": "reasoning", "content": "Paris?"},
        {"type": "text", "content": "I look."},
        FORECAST,
    ]
    assert told.output == [{"role": "assistant", "parts": parts}]
    assert content({"ai.response.text": "Sunny."}).output == "Sunny."
    assert content({"ai.toolCall.result": '"sunny"'}).output == "sunny"


def test_pydantic_ai_listed_the_answer_among_its_events() -> None:
    events = [
        {"event.name": "gen_ai.user.message", "role": "user", "content": "hi"},
        {"event.name": "gen_ai.choice", "index": 0, "message": {"role": "assistant", "content": "hello"}},
    ]
    told = content({"events": as_json(events)})
    assert told == ([text("user", "hi")], [text("assistant", "hello")])


def test_the_adk_says_its_system_prompt_in_the_configuration() -> None:
    request = {
        "model": "gemini-2.5-flash",
        "config": {"system_instruction": "Be brief."},
        "contents": [{"role": "user", "parts": [{"text": "Weather?"}]}],
    }
    reply = {"content": {"role": "model", "parts": [{"text": "Sunny."}]}}
    told = content(
        {"gcp.vertex.agent.llm_request": as_json(request), "gcp.vertex.agent.llm_response": as_json(reply)}
    )
    assert told == (TALK[:2], [text("assistant", "Sunny.")])


@pytest.mark.parametrize(
    "reply",
    [
        {
            "candidates": [
                {"content": {"role": "model", "parts": [{"text": "Sunny."}]}, "finishReason": "STOP"}
            ]
        },
        {"replies": [{"role": "assistant", "content": [{"text": "Sunny."}]}]},
        {"id": "r", "output": [{"type": "message", "role": "assistant", "content": [{"text": "Sunny."}]}]},
    ],
    ids=["gemini", "haystack", "responses"],
)
def test_answers_of_every_provider_are_messages(reply: dict[str, Any]) -> None:
    assert content({"output.value": as_json(reply)}).output == [text("assistant", "Sunny.")]


def test_langchain_lists_what_tools_answered() -> None:
    listed = [
        {"type": "human", "content": "Weather?"},
        {"type": "tool", "content": "sunny", "tool_call_id": "c1", "name": "forecast"},
    ]
    assert content({"input.value": as_json({"messages": listed})}).input == [TALK[1], ANSWERED]
