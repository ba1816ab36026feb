"""What a span of each convention says, as its instrumentations emit it: every field that it has, and no other."""

from typing import Any

import pytest

from tests.unit.convention_spans import as_json, facts

CLAUDE, DATED_CLAUDE = "claude-haiku-4-5", "claude-haiku-4-5-20251001"
GPT, DATED_GPT = "gpt-4o-mini", "gpt-4o-mini-2024-07-18"
FAILURE = (
    "exception",
    {"exception.type": "openai.RateLimitError", "exception.message": "429", "exception.stacktrace": "at 1"},
)


def check(
    attributes: dict[str, Any],
    expected: dict[str, Any],
    *,
    name: str = "span",
    scope: str = "",
    events: Any = (),
) -> None:
    found = facts(attributes, name=name, scope=scope, events=events)
    found.pop("arguments_digest", None)
    assert found == expected


# --- OpenTelemetry GenAI ------------------------------------------------------------------------------------


def test_a_genai_model_call_says_all_that_the_convention_has_a_word_for() -> None:
    check(
        {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "openai",
            "gen_ai.request.model": GPT,
            "gen_ai.response.model": DATED_GPT,
            "gen_ai.response.id": "chatcmpl-1",
            "gen_ai.agent.name": "planner",
            "gen_ai.agent.id": "asst_1",
            "gen_ai.conversation.id": "conv-7",
            "gen_ai.prompt.name": "desk",
            "gen_ai.prompt.version": "3",
            "user.id": "ann",
            "gen_ai.usage.input_tokens": 40,
            "gen_ai.usage.cache_read.input_tokens": 20,
            "gen_ai.usage.cache_creation.input_tokens": 10,
            "gen_ai.usage.output_tokens": 90,
            "gen_ai.usage.reasoning.output_tokens": 64,
            "openai.response.service_tier": "default",
            "gen_ai.response.time_to_first_chunk": 0.25,
            "http.response.status_code": 200,
        },
        {
            "kind": "llm",
            "convention": "gen_ai",
            "provider": "openai",
            "request_model": GPT,
            "response_model": DATED_GPT,
            "response_id": "chatcmpl-1",
            "agent": "planner",
            "session_id": "conv-7",
            "prompt_name": "desk",
            "prompt_version": "3",
            "user_id": "ann",
            "input_tokens": 40,
            "cache_read_input_tokens": 20,
            "cache_creation_input_tokens": 10,
            "output_tokens": 90,
            "reasoning_output_tokens": 64,
            "service_tier": "default",
            "time_to_first_token_ns": 250_000_000,
            "http_status": 200,
        },
        name=f"chat {GPT}",
    )


def test_the_deprecated_spellings_of_genai_say_the_same() -> None:
    check(
        {
            "gen_ai.operation.name": "chat",
            "gen_ai.system": "az.ai.openai",
            "gen_ai.request.model": GPT,
            "gen_ai.usage.prompt_tokens": 40,
            "gen_ai.usage.completion_tokens": 9,
            "gen_ai.openai.response.service_tier": "flex",
            "enduser.id": "ann",
            "http.status_code": 200,
        },
        {
            "kind": "llm",
            "convention": "gen_ai",
            "provider": "azure.ai.openai",
            "request_model": GPT,
            "input_tokens": 40,
            "output_tokens": 9,
            "service_tier": "flex",
            "user_id": "ann",
            "http_status": 200,
        },
    )


def test_a_genai_tool_says_its_name_its_call_and_its_agent() -> None:
    check(
        {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": "forecast",
            "gen_ai.tool.call.id": "call_1",
            "gen_ai.tool.type": "function",
            "gen_ai.tool.call.arguments": '{"city": "Paris"}',
            "gen_ai.agent.name": "specialist",
            "error.type": "RuntimeError",
        },
        {
            "kind": "tool",
            "convention": "gen_ai",
            "tool": "forecast",
            "tool_call_id": "call_1",
            "agent": "specialist",
            "error_type": "RuntimeError",
        },
        name="execute_tool forecast",
    )


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        ("chat", "llm"),
        ("text_completion", "llm"),
        ("generate_content", "llm"),
        ("embeddings", "embedding"),
        ("retrieval", "retrieval"),
        ("execute_tool", "tool"),
        ("invoke_agent", "agent"),
        ("create_agent", "agent"),
        ("invoke_workflow", "workflow"),
    ],
)
def test_each_operation_of_genai_says_the_kind(operation: str, kind: str) -> None:
    assert facts({"gen_ai.operation.name": operation})["kind"] == kind


def test_a_failed_call_says_the_error_of_its_attribute_before_that_of_its_exception() -> None:
    spoken = {"gen_ai.operation.name": "chat", "error.type": "429", "http.response.status_code": 429}
    assert facts(spoken, events=[FAILURE])["error_type"] == "429"
    assert facts(spoken)["http_status"] == 429
    del spoken["error.type"]
    assert facts(spoken, events=[("log", {}), FAILURE])["error_type"] == "openai.RateLimitError"


def test_the_anthropic_sdk_says_its_cache_and_counts_no_tokens_as_a_call() -> None:
    sdk = "com.anthropic.sdk.python"
    check(
        {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "anthropic",
            "gen_ai.request.model": CLAUDE,
            "gen_ai.response.model": DATED_CLAUDE,
            "gen_ai.usage.input_tokens": 72,
            "gen_ai.usage.cache_read.input_tokens": 36,
            "gen_ai.usage.cache_write.input_tokens": 18,
            "gen_ai.usage.output_tokens": 10,
            "anthropic.usage.cache_creation.ephemeral_1h_input_tokens": 18,
            "anthropic.usage.cache_creation.ephemeral_5m_input_tokens": 0,
            "anthropic.response.service_tier": "standard",
            "http.response.status_code": 200,
        },
        {
            "kind": "llm",
            "convention": "gen_ai",
            "provider": "anthropic",
            "request_model": CLAUDE,
            "response_model": DATED_CLAUDE,
            "input_tokens": 72,
            "cache_read_input_tokens": 36,
            "cache_creation_input_tokens": 18,
            "cache_creation_1h_input_tokens": 18,
            "output_tokens": 10,
            "service_tier": "standard",
            "http_status": 200,
        },
        name="anthropic.messages.create",
        scope=sdk,
    )
    counting = {
        "anthropic.message.count_tokens.input_tokens": 99,
        "gen_ai.provider.name": "anthropic",
        "gen_ai.request.model": CLAUDE,
    }
    assert facts(counting, scope=sdk) == {
        "kind": "other",
        "convention": "gen_ai",
        "provider": "anthropic",
        "request_model": CLAUDE,
    }


# --- OpenInference ------------------------------------------------------------------------------------------


def test_an_openinference_model_call_says_all_that_the_convention_has_a_word_for() -> None:
    check(
        {
            "openinference.span.kind": "LLM",
            "llm.provider": "google",
            "llm.system": "vertexai",
            "llm.model_name": "gemini-2.5-flash",
            "prompt.id": "weather",
            "llm.prompt_template.version": "v3",
            "session.id": "sess-1",
            "user.id": "ann",
            "metadata": '{"thread_id": "t-1", "langgraph_node": "plan", "lc_agent_name": "desk"}',
            "llm.token_count.prompt": 45,
            "llm.token_count.prompt_details.cache_read": 20,
            "llm.token_count.prompt_details.cache_write": 5,
            "llm.token_count.prompt_details.audio": 3,
            "llm.token_count.completion": 73,
            "llm.token_count.completion_details.reasoning": 64,
            "llm.token_count.completion_details.audio": 2,
            "llm.token_count.total": 118,
            "llm.cost.total": 0.0021,
            "output.value": '{"id": "chatcmpl-9"}',
        },
        {
            "kind": "llm",
            "convention": "openinference",
            "provider": "gcp.gemini",
            "response_model": "gemini-2.5-flash",
            "response_id": "chatcmpl-9",
            "prompt_name": "weather",
            "prompt_version": "v3",
            "session_id": "sess-1",
            "user_id": "ann",
            "thread_id": "t-1",
            "state": "plan",
            "input_tokens": 45,
            "cache_read_input_tokens": 20,
            "cache_creation_input_tokens": 5,
            "input_audio_tokens": 3,
            "output_tokens": 73,
            "reasoning_output_tokens": 64,
            "output_audio_tokens": 2,
            "reported_cost_usd": "0.0021",
        },
    )


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("LLM", "llm"),
        ("EMBEDDING", "embedding"),
        ("RETRIEVER", "retrieval"),
        ("RERANKER", "rerank"),
        ("TOOL", "tool"),
        ("AGENT", "agent"),
        ("CHAIN", "workflow"),
        ("GUARDRAIL", "guardrail"),
        ("EVALUATOR", "evaluation"),
        ("PROMPT", "other"),
        ("UNKNOWN", "other"),
        ("agent", "agent"),
    ],
)
def test_each_span_kind_of_openinference_says_the_kind(said: str, kind: str) -> None:
    found = facts({"openinference.span.kind": said})
    assert (found["kind"], found["convention"]) == (kind, "openinference")


def test_an_openinference_tool_says_its_name_and_its_call() -> None:
    tool = {"openinference.span.kind": "TOOL", "tool.name": "find", "tool.id": "call_1", "input.value": "{}"}
    check(
        tool,
        {"kind": "tool", "convention": "openinference", "tool": "find", "tool_call_id": "call_1"},
        name="FunctionTool.acall",
    )


def test_an_openinference_agent_says_its_name_before_its_node_and_its_node_before_its_span() -> None:
    agent = {"openinference.span.kind": "AGENT", "agent.name": "Triage", "graph.node.id": "n1"}
    assert facts(agent, name="run")["agent"] == "Triage"
    del agent["agent.name"]
    assert facts(agent, name="run")["agent"] == "n1"
    del agent["graph.node.id"]
    assert facts(agent, name="run")["agent"] == "run"


def test_the_agents_sdk_under_openinference_says_workflow_for_an_agent_without_a_name() -> None:
    scope = "openinference.instrumentation.openai_agents"
    assert facts({"openinference.span.kind": "AGENT"}, name="Agent workflow", scope=scope) == {
        "kind": "workflow",
        "convention": "openinference",
    }
    assert facts({"openinference.span.kind": "AGENT", "agent.name": "Triage"}, scope=scope)["kind"] == "agent"


def test_what_llamaindex_does_before_a_call_is_no_call() -> None:
    scope = "openinference.instrumentation.llama_index"
    call = {"openinference.span.kind": "LLM", "llm.model_name": GPT}
    assert facts(call, name="OpenAI._prepare_chat_with_tools", scope=scope)["kind"] == "other"
    assert facts(call, name="OpenAI.achat", scope=scope)["kind"] == "llm"


# --- Vercel AI SDK ------------------------------------------------------------------------------------------


def test_a_vercel_model_call_says_all_that_the_convention_has_a_word_for() -> None:
    check(
        {
            "ai.operationId": "ai.streamText.doStream",
            "ai.model.provider": "openai.responses",
            "ai.model.id": "gpt-5-mini",
            "ai.response.model": "gpt-5-mini-2025-08-07",
            "ai.response.id": "resp_1",
            "ai.response.msToFirstChunk": 77.5,
            "ai.response.providerMetadata": '{"openai": {"responseId": "resp_1", "serviceTier": "default"}}',
            "ai.telemetry.functionId": "writer",
            "ai.telemetry.metadata.sessionId": "sess-1",
            "ai.telemetry.metadata.threadId": "t-1",
            "ai.telemetry.metadata.userId": "ann",
            "ai.telemetry.metadata.promptName": "plan",
            "ai.telemetry.metadata.promptVersion": "3",
            "ai.usage.inputTokens": 42,
            "ai.usage.cachedInputTokens": 21,
            "ai.usage.outputTokens": 86,
            "ai.usage.reasoningTokens": 64,
            "ai.usage.totalTokens": 128,
            "gen_ai.system": "openai.responses",
            "gen_ai.usage.input_tokens": 42,
        },
        {
            "kind": "llm",
            "convention": "vercel",
            "provider": "openai",
            "request_model": "gpt-5-mini",
            "response_model": "gpt-5-mini-2025-08-07",
            "response_id": "resp_1",
            "agent": "writer",
            "session_id": "sess-1",
            "thread_id": "t-1",
            "user_id": "ann",
            "prompt_name": "plan",
            "prompt_version": "3",
            "input_tokens": 42,
            "cache_read_input_tokens": 21,
            "output_tokens": 86,
            "reasoning_output_tokens": 64,
            "service_tier": "default",
            "time_to_first_token_ns": 77_500_000,
        },
    )


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        ("ai.generateText", "workflow"),
        ("ai.generateText.doGenerate", "llm"),
        ("ai.streamObject", "workflow"),
        ("ai.streamObject.doStream", "llm"),
        ("ai.embedMany", "workflow"),
        ("ai.embedMany.doEmbed", "embedding"),
        ("ai.toolCall", "tool"),
    ],
)
def test_each_operation_of_vercel_says_the_kind(operation: str, kind: str) -> None:
    assert facts({"ai.operationId": operation})["kind"] == kind


def test_a_vercel_tool_says_its_name_its_call_and_the_function_around_it() -> None:
    check(
        {
            "ai.operationId": "ai.toolCall",
            "ai.toolCall.name": "getWeather",
            "ai.toolCall.id": "call_1",
            "ai.toolCall.args": '{"city":"Paris"}',
            "ai.telemetry.functionId": "plan-trip",
        },
        {
            "kind": "tool",
            "convention": "vercel",
            "tool": "getWeather",
            "tool_call_id": "call_1",
            "agent": "plan-trip",
        },
        name="ai.toolCall",
    )


def test_version_7_of_vercel_says_its_step_and_its_context() -> None:
    check(
        {
            "gen_ai.operation.name": "agent_step",
            "ai.settings.context.sessionId": "sess-1",
            "ai.settings.context.userId": "ann",
        },
        {"kind": "workflow", "convention": "vercel", "session_id": "sess-1", "user_id": "ann"},
        name="step 1",
    )


# --- OpenLLMetry --------------------------------------------------------------------------------------------


def test_an_old_traceloop_model_call_says_its_counts_and_its_association() -> None:
    check(
        {
            "llm.request.type": "chat",
            "gen_ai.system": "Anthropic",
            "gen_ai.request.model": CLAUDE,
            "gen_ai.response.model": DATED_CLAUDE,
            "gen_ai.response.id": "msg_1",
            "gen_ai.usage.prompt_tokens": 40,
            "gen_ai.usage.completion_tokens": 29,
            "gen_ai.usage.cache_read_input_tokens": 20,
            "gen_ai.usage.cache_creation_input_tokens": 10,
            "llm.usage.total_tokens": 69,
            "traceloop.association.properties.session_id": "sess-1",
            "traceloop.association.properties.user_id": "ann",
            "traceloop.association.properties.thread_id": "t-1",
            "traceloop.association.properties.langgraph_node": "plan",
            "traceloop.entity.agent": "booker",
            "traceloop.prompt.key": "trip",
            "traceloop.prompt.version": 3,
        },
        {
            "kind": "llm",
            "convention": "traceloop",
            "provider": "anthropic",
            "request_model": CLAUDE,
            "response_model": DATED_CLAUDE,
            "response_id": "msg_1",
            "input_tokens": 40,
            "cache_read_input_tokens": 20,
            "cache_creation_input_tokens": 10,
            "output_tokens": 29,
            "session_id": "sess-1",
            "user_id": "ann",
            "thread_id": "t-1",
            "state": "plan",
            "agent": "booker",
            "prompt_name": "trip",
            "prompt_version": "3",
            "is_rough": True,
        },
        name="anthropic.chat",
        scope="opentelemetry.instrumentation.anthropic",
    )


@pytest.mark.parametrize(
    ("said", "kind"), [("workflow", "workflow"), ("task", "workflow"), ("agent", "agent"), ("tool", "tool")]
)
def test_each_decorator_of_traceloop_says_the_kind(said: str, kind: str) -> None:
    assert facts({"traceloop.span.kind": said})["kind"] == kind


def test_traceloop_says_a_query_of_a_vector_store() -> None:
    assert facts({"db.vector.query.top_k": 3}, name="chroma.query")["kind"] == "retrieval"


# --- Langfuse -----------------------------------------------------------------------------------------------


def test_a_langfuse_generation_says_all_that_the_convention_has_a_word_for() -> None:
    check(
        {
            "langfuse.observation.type": "generation",
            "langfuse.observation.model.name": DATED_GPT,
            "langfuse.observation.prompt.name": "desk-prompt",
            "langfuse.observation.prompt.version": 7,
            "langfuse.observation.metadata.langgraph_node": '"plan"',
            "langfuse.observation.metadata.thread_id": '"thread-9"',
            "langfuse.observation.usage_details": as_json(
                {
                    "prompt_tokens": 37,
                    "prompt_tokens_details": {"cached_tokens": 18, "audio_tokens": 2},
                    "completion_tokens": 75,
                    "completion_tokens_details": {"reasoning_tokens": 64, "audio_tokens": 1},
                    "total_tokens": 112,
                }
            ),
            "langfuse.observation.cost_details": '{"input": 0.0001, "total": 0.0005}',
            "langfuse.environment": "lab",
            "langfuse.release": "v1.4.2",
            "session.id": "sess-1",
            "user.id": "ann",
        },
        {
            "kind": "llm",
            "convention": "langfuse",
            "request_model": DATED_GPT,
            "prompt_name": "desk-prompt",
            "prompt_version": "7",
            "state": "plan",
            "thread_id": "thread-9",
            "input_tokens": 37,
            "cache_read_input_tokens": 18,
            "input_audio_tokens": 2,
            "output_tokens": 75,
            "reasoning_output_tokens": 64,
            "output_audio_tokens": 1,
            "reported_cost_usd": "0.0005",
            "environment": "lab",
            "release": "v1.4.2",
            "session_id": "sess-1",
            "user_id": "ann",
        },
    )


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("generation", "llm"),
        ("embedding", "embedding"),
        ("agent", "agent"),
        ("tool", "tool"),
        ("chain", "workflow"),
        ("retriever", "retrieval"),
        ("evaluator", "evaluation"),
        ("guardrail", "guardrail"),
    ],
)
def test_each_observation_of_langfuse_says_the_kind(said: str, kind: str) -> None:
    assert facts({"langfuse.observation.type": said})["kind"] == kind


def test_langfuse_says_when_the_first_token_came() -> None:
    found = facts(
        {
            "langfuse.observation.type": "generation",
            "langfuse.observation.completion_start_time": '"2026-01-01T00:00:01.250000Z"',
        },
        start_ns=1_767_225_600 * 10**9,
    )
    assert found["time_to_first_token_ns"] == 1_250_000_000


# --- LangSmith ----------------------------------------------------------------------------------------------


def test_a_langsmith_run_says_its_details_as_the_text_of_a_python_dict() -> None:
    check(
        {
            "langsmith.span.kind": "llm",
            "gen_ai.operation.name": "chat",
            "gen_ai.system": "langchain",
            "langsmith.metadata.ls_provider": "openai",
            "langsmith.metadata.ls_model_name": "o3-mini",
            "gen_ai.response.model": "o3-mini-2025-01-31",
            "gen_ai.response.id": "resp_1",
            "gen_ai.response.service_tier": "default",
            "gen_ai.usage.input_tokens": 42,
            "gen_ai.usage.input_token_details": "{'cache_read': 21, 'audio': 2}",
            "gen_ai.usage.output_tokens": 75,
            "gen_ai.usage.output_token_details": "{'reasoning': 64}",
            "gen_ai.usage.total_tokens": 117,
            "gen_ai.usage.total_cost": 0.0004,
            "langsmith.metadata.session_id": "sess-1",
            "langsmith.metadata.thread_id": "t-1",
            "langsmith.metadata.user_id": "ann",
            "langsmith.metadata.langgraph_node": "model",
        },
        {
            "kind": "llm",
            "convention": "langsmith",
            "provider": "openai",
            "request_model": "o3-mini",
            "response_model": "o3-mini-2025-01-31",
            "response_id": "resp_1",
            "service_tier": "default",
            "input_tokens": 42,
            "cache_read_input_tokens": 21,
            "input_audio_tokens": 2,
            "output_tokens": 75,
            "reasoning_output_tokens": 64,
            "reported_cost_usd": "0.0004",
            "session_id": "sess-1",
            "thread_id": "t-1",
            "user_id": "ann",
            "state": "model",
        },
        name="ChatOpenAI",
    )


@pytest.mark.parametrize(
    ("said", "operation", "kind"),
    [
        ("llm", "chat", "llm"),
        ("prompt", "chat", "other"),
        ("retriever", "embeddings", "retrieval"),
        ("tool", "execute_tool", "tool"),
        ("chain", "chain", "workflow"),
        ("parser", "chain", "other"),
    ],
)
def test_langsmiths_own_kind_is_believed_before_the_operation_it_derives(
    said: str, operation: str, kind: str
) -> None:
    assert facts({"langsmith.span.kind": said, "gen_ai.operation.name": operation})["kind"] == kind


# --- MLflow -------------------------------------------------------------------------------------------------


def test_an_mlflow_model_call_says_all_of_its_quoted_values() -> None:
    check(
        {
            "mlflow.spanType": '"CHAT_MODEL"',
            "mlflow.llm.provider": '"anthropic"',
            "mlflow.llm.model": f'"{CLAUDE}"',
            "mlflow.spanOutputs": as_json({"id": "msg_1", "model": DATED_CLAUDE, "content": []}),
            "mlflow.chat.tokenUsage": as_json(
                {
                    "input_tokens": 49,
                    "output_tokens": 22,
                    "total_tokens": 71,
                    "cache_read_input_tokens": 9,
                    "cache_creation_input_tokens": 12,
                    "cache_creation_input_tokens_above_1hr": 5,
                }
            ),
            "mlflow.llm.cost": '{"input_cost": 0.0001, "total_cost": 0.0003}',
            "mlflow.trace.session": '"sess-1"',
            "mlflow.trace.user": '"ann"',
            "mlflow.linkedPrompts": as_json(as_json([{"name": "desk-prompt", "version": "1"}])),
        },
        {
            "kind": "llm",
            "convention": "mlflow",
            "provider": "anthropic",
            "request_model": CLAUDE,
            "response_model": DATED_CLAUDE,
            "response_id": "msg_1",
            "input_tokens": 49,
            "cache_read_input_tokens": 9,
            "cache_creation_input_tokens": 12,
            "cache_creation_1h_input_tokens": 5,
            "output_tokens": 22,
            "reported_cost_usd": "0.0003",
            "session_id": "sess-1",
            "user_id": "ann",
            "prompt_name": "desk-prompt",
            "prompt_version": "1",
        },
        name="Messages.create",
    )


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("LLM", "llm"),
        ("CHAT_MODEL", "llm"),
        ("EMBEDDING", "embedding"),
        ("RERANKER", "rerank"),
        ("RETRIEVER", "retrieval"),
        ("TOOL", "tool"),
        ("AGENT", "agent"),
        ("CHAIN", "workflow"),
        ("MEMORY", "state"),
        ("PARSER", "other"),
    ],
)
def test_each_span_type_of_mlflow_says_the_kind_quoted_and_in_its_genai_form(said: str, kind: str) -> None:
    assert facts({"mlflow.spanType": f'"{said}"'})["kind"] == kind
    assert facts({"gen_ai.operation.name": said})["kind"] == kind


def test_an_mlflow_tool_is_called_as_its_span() -> None:
    tool = {"mlflow.spanType": '"TOOL"', "mlflow.spanInputs": '{"city": "Paris"}'}
    check(tool, {"kind": "tool", "convention": "mlflow", "tool": "get_weather"}, name="get_weather")


# --- Pydantic AI and Logfire --------------------------------------------------------------------------------


def test_a_pydantic_ai_agent_says_its_aggregated_usage() -> None:
    check(
        {
            "agent_name": "fares",
            "model_name": GPT,
            "pydantic_ai.all_messages": "[]",
            "gen_ai.conversation.id": "conv-1",
            "gen_ai.aggregated_usage.input_tokens": 181,
            "gen_ai.aggregated_usage.cache_read.input_tokens": 32,
            "gen_ai.aggregated_usage.cache_creation.input_tokens": 8,
            "gen_ai.aggregated_usage.output_tokens": 103,
            "gen_ai.aggregated_usage.details.reasoning_tokens": 64,
        },
        {
            "kind": "agent",
            "convention": "logfire",
            "agent": "fares",
            "request_model": GPT,
            "session_id": "conv-1",
            "input_tokens": 181,
            "cache_read_input_tokens": 32,
            "cache_creation_input_tokens": 8,
            "output_tokens": 103,
            "reasoning_output_tokens": 64,
        },
        name="agent run",
        scope="pydantic-ai",
    )


def test_a_pydantic_ai_call_says_gemini_thoughts_and_what_it_cost() -> None:
    check(
        {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "google-gla",
            "gen_ai.request.model": "gemini-2.5-flash",
            "gen_ai.usage.input_tokens": 30,
            "gen_ai.usage.details.cached_content_tokens": 15,
            "gen_ai.usage.output_tokens": 75,
            "gen_ai.usage.details.thoughts_tokens": 64,
            "operation.cost": 1.44e-05,
        },
        {
            "kind": "llm",
            "convention": "gen_ai",
            "provider": "gcp.gemini",
            "request_model": "gemini-2.5-flash",
            "input_tokens": 30,
            "cache_read_input_tokens": 15,
            "output_tokens": 75,
            "reasoning_output_tokens": 64,
            "reported_cost_usd": "0.0000144",
        },
    )


@pytest.mark.parametrize(
    ("name", "kind"), [("running 2 tools", "workflow"), ("running tools", "workflow"), ("agent run", "agent")]
)
def test_the_names_of_pydantic_ais_spans_say_the_kind(name: str, kind: str) -> None:
    assert facts({}, name=name, scope="pydantic-ai") == {"kind": kind, "convention": "logfire"}


def test_a_deferred_tool_of_pydantic_ai_says_why_it_waits() -> None:
    check(
        {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": "wire_money",
            "gen_ai.tool.call.id": "call_7",
            "tool_arguments": '{"amount": 3}',
            "pydantic_ai.tool.deferral.name": "ApprovalRequired",
        },
        {
            "kind": "tool",
            "convention": "gen_ai",
            "tool": "wire_money",
            "tool_call_id": "call_7",
            "deferral": "ApprovalRequired",
        },
    )


def test_logfire_says_which_span_still_runs_and_how_long_a_stream_took() -> None:
    assert (
        facts({"logfire.pending_parent_id": "0xEB76CDFEFE39F468"})["pending_parent_id"] == "eb76cdfefe39f468"
    )
    assert facts({"logfire.pending_parent_id": "0" * 16})["pending_parent_id"] == ""
    assert facts({"duration": 0.055098062})["concluded_duration_ns"] == 55_098_062


def test_logfire_keeps_the_providers_own_usage() -> None:
    raw = {
        "prompt_tokens_details": {"cached_tokens": 16, "audio_tokens": 1},
        "completion_tokens_details": {"reasoning_tokens": 64, "audio_tokens": 2},
    }
    check(
        {
            "gen_ai.operation.name": "chat",
            "gen_ai.usage.input_tokens": 44,
            "gen_ai.usage.output_tokens": 80,
            "gen_ai.usage.raw": as_json(raw),
        },
        {
            "kind": "llm",
            "convention": "gen_ai",
            "input_tokens": 44,
            "cache_read_input_tokens": 16,
            "input_audio_tokens": 1,
            "output_tokens": 80,
            "reasoning_output_tokens": 64,
            "output_audio_tokens": 2,
        },
    )


# --- OpenLIT ------------------------------------------------------------------------------------------------


def test_an_openlit_model_call_says_its_details_and_hides_the_tools_that_it_calls() -> None:
    check(
        {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "openai",
            "gen_ai.request.model": GPT,
            "gen_ai.request.user": "ann",
            "gen_ai.tool.name": "get_weather, book_table",
            "gen_ai.usage.input_tokens": 34,
            "gen_ai.usage.prompt_tokens_details.cached_tokens": 17,
            "gen_ai.usage.output_tokens": 90,
            "gen_ai.usage.completion_tokens_details.reasoning_tokens": 64,
            "gen_ai.usage.completion_tokens_details.audio_tokens": 4,
            "gen_ai.usage.cost": 2.5e-05,
            "gen_ai.server.time_to_first_token": 0.067,
            "gen_ai.environment": "lab",
        },
        {
            "kind": "llm",
            "convention": "gen_ai",
            "provider": "openai",
            "request_model": GPT,
            "user_id": "ann",
            "input_tokens": 34,
            "cache_read_input_tokens": 17,
            "output_tokens": 90,
            "reasoning_output_tokens": 64,
            "output_audio_tokens": 4,
            "reported_cost_usd": "0.000025",
            "time_to_first_token_ns": 67_000_000,
            "environment": "lab",
        },
        scope="openlit.instrumentation.openai",
    )


@pytest.mark.parametrize(
    ("operation", "kind"),
    [("vectordb", "retrieval"), ("framework", "workflow"), ("agent", "agent"), ("task", "workflow")],
)
def test_each_operation_of_openlit_says_the_kind(operation: str, kind: str) -> None:
    told = facts({"gen_ai.operation.name": operation})
    assert (told["kind"], told["convention"]) == (kind, "openlit")


# --- Names that are believed of some alone -------------------------------------------------------------------


def test_a_plain_name_is_the_agents_in_logfires_spans_alone() -> None:
    attributes = {"gen_ai.operation.name": "invoke_agent", "name": "Refund desk", "group_id": "talk-7"}
    logfires = facts(attributes, name="Agent run", scope="logfire.openai_agents")
    others = facts(attributes, name="invoke_agent desk", scope="mine")
    assert (logfires["agent"], logfires["session_id"]) == ("Refund desk", "talk-7")
    assert (others["agent"], others.get("session_id")) == ("desk", None)


@pytest.mark.parametrize(
    ("settings", "model"),
    [
        ('{"model": "gpt-4o-mini", "temperature": 0}', "gpt-4o-mini"),
        ('{"model_name": "claude-haiku-4-5"}', "claude-haiku-4-5"),
        ('{"model": {"name": "x"}}', None),
        ("no object", None),
    ],
)
def test_a_failed_call_of_openinference_names_its_model_in_its_settings(settings: str, model: str) -> None:
    told = facts({"openinference.span.kind": "LLM", "llm.invocation_parameters": settings})
    assert told.get("request_model") == model


def test_a_model_that_stands_anywhere_else_is_believed_before_the_settings() -> None:
    told = facts(
        {
            "openinference.span.kind": "LLM",
            "llm.model_name": "gpt-4o-2024-08-06",
            "llm.invocation_parameters": '{"model": "gpt-4o"}',
        }
    )
    assert (told.get("request_model"), told["response_model"]) == (None, "gpt-4o-2024-08-06")


def test_a_python_class_as_an_errors_type_is_its_name() -> None:
    told = facts({"gen_ai.operation.name": "chat", "error.type": "<class 'openai.RateLimitError'>"})
    assert told["error_type"] == "openai.RateLimitError"


@pytest.mark.parametrize(
    ("name", "kind", "called"),
    [
        ("get_weather.__call__", "TOOL", "get_weather"),
        ("get_weather.acall", "TOOL", "get_weather"),
        ("researcher.run", "AGENT", "researcher"),
    ],
)
def test_a_method_that_is_wrapped_is_no_part_of_a_name(name: str, kind: str, called: str) -> None:
    told = facts({"openinference.span.kind": kind}, name=name)
    assert told[kind.lower()] == called


def test_semantic_kernel_has_names_of_its_own() -> None:
    told = facts({"gen_ai.operation.name": "text_completions", "gen_ai.system": "googleai"})
    assert (told["kind"], told["provider"]) == ("llm", "gcp.gemini")


def test_no_messages_are_nothing_that_was_asked() -> None:
    assert "arguments_digest" not in facts({"gen_ai.operation.name": "chat", "gen_ai.input.messages": "[]"})


def test_langfuse_keeps_what_langchain_says_of_the_model() -> None:
    told = facts(
        {
            "langfuse.observation.type": "generation",
            "langfuse.observation.metadata.ls_provider": "anthropic",
            "langfuse.observation.metadata.ls_model_name": "claude-haiku-4-5",
        }
    )
    assert (told["provider"], told["request_model"]) == ("anthropic", "claude-haiku-4-5")


# --- Google ADK ---------------------------------------------------------------------------------------------


def test_an_adk_model_call_says_its_session_and_no_provider() -> None:
    check(
        {
            "gen_ai.system": "gcp.vertex.agent",
            "gen_ai.request.model": "gemini-2.5-flash",
            "gcp.vertex.agent.session_id": "sess-1",
            "gen_ai.usage.input_tokens": 158,
            "gen_ai.usage.experimental.cached_tokens": 79,
            "gen_ai.usage.output_tokens": 82,
            "gen_ai.usage.reasoning.output_tokens": 64,
        },
        {
            "kind": "llm",
            "convention": "gen_ai",
            "request_model": "gemini-2.5-flash",
            "session_id": "sess-1",
            "input_tokens": 158,
            "cache_read_input_tokens": 79,
            "output_tokens": 82,
            "reasoning_output_tokens": 64,
        },
        name="call_llm",
        scope="gcp.vertex.agent",
    )


@pytest.mark.parametrize(
    ("name", "kind"), [("invocation", "workflow"), ("agent_run [desk]", "agent"), ("call_llm", "llm")]
)
def test_the_names_of_adks_spans_say_the_kind(name: str, kind: str) -> None:
    found = facts({}, name=name, scope="gcp.vertex.agent")
    assert (found["kind"], found["convention"]) == (kind, "google_adk")


# --- Strands, Agent Framework, CrewAI -----------------------------------------------------------------------


def test_a_strands_agent_says_that_its_usage_is_a_running_total() -> None:
    check(
        {
            "gen_ai.operation.name": "invoke_agent",
            "gen_ai.system": "strands-agents",
            "gen_ai.agent.name": "concierge",
            "gen_ai.agent.id": "a1",
            "session.id": "sess-1",
            "user.id": "ann",
            "gen_ai.usage.prompt_tokens": 92,
            "gen_ai.usage.completion_tokens": 27,
            "gen_ai.usage.cache_read_input_tokens": 40,
            "gen_ai.usage.cache_write_input_tokens": 12,
            "gen_ai.usage.total_tokens": 119,
        },
        {
            "kind": "agent",
            "convention": "gen_ai",
            "agent": "concierge",
            "session_id": "sess-1",
            "user_id": "ann",
            "input_tokens": 92,
            "cache_read_input_tokens": 40,
            "cache_creation_input_tokens": 12,
            "output_tokens": 27,
            "running_total_of": "a1",
        },
        scope="strands.telemetry.tracer",
    )


def test_a_strands_model_call_says_its_wait_in_milliseconds() -> None:
    call = {"gen_ai.operation.name": "chat", "gen_ai.server.time_to_first_token": 43}
    assert facts(call)["time_to_first_token_ns"] == 43_000_000


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        ("execute_event_loop_cycle", "workflow"),
        ("invoke_graph", "workflow"),
        ("invoke_swarm", "workflow"),
        ("memory.search", "retrieval"),
        ("memory.add", "state"),
    ],
)
def test_each_operation_of_strands_says_the_kind(operation: str, kind: str) -> None:
    found = facts({"gen_ai.operation.name": operation})
    assert (found["kind"], found["convention"]) == (kind, "strands")


def test_the_agent_framework_says_its_executor_and_names_itself_no_provider() -> None:
    check(
        {"executor.id": "writer_agent", "executor.type": "AgentExecutor", "agent_framework.session.id": "s1"},
        {
            "kind": "workflow",
            "convention": "agent_framework",
            "state": "writer_agent",
            "session_id": "s1",
        },
        name="executor.process writer_agent",
        scope="agent_framework",
    )
    check(
        {
            "gen_ai.operation.name": "invoke_agent",
            "gen_ai.provider.name": "microsoft.agent_framework",
            "gen_ai.agent.name": "kb",
            "gen_ai.conversation.id": "resp_dc55",
        },
        {"kind": "agent", "convention": "gen_ai", "agent": "kb"},
    )


@pytest.mark.parametrize("key", ["edge_group.id", "message.source_id", "workflow.id"])
def test_every_part_of_the_agent_frameworks_workflow_says_workflow(key: str) -> None:
    assert facts({key: "x"}) == {"kind": "workflow", "convention": "agent_framework"}


def test_a_crew_says_workflow_although_it_calls_itself_an_agent() -> None:
    crew = {"gen_ai.operation.name": "invoke_agent", "gen_ai.provider.name": "crewai"}
    check(
        {**crew, "crewai.crew.process": "Process.sequential"},
        {"kind": "workflow", "convention": "crewai"},
        name="crewai.workflow",
    )
    check({**crew, "traceloop.span.kind": "task"}, {"kind": "workflow", "convention": "traceloop"})
    check(
        {
            **crew,
            "traceloop.span.kind": "agent",
            "crewai.agent.role": "Scout",
            "gen_ai.request.model": GPT,
            "gen_ai.usage.input_tokens": 193,
        },
        {
            "kind": "agent",
            "convention": "traceloop",
            "agent": "Scout",
            "request_model": GPT,
            "input_tokens": 193,
            "running_total_of": "",
        },
        scope="opentelemetry.instrumentation.crewai.instrumentation",
    )


# --- Haystack, LiteLLM, AgentCore, and what people write by hand --------------------------------------------


@pytest.mark.parametrize(
    ("key", "component"),
    [("haystack.component.output", "OpenAIChatGenerator"), ("haystack.agent.step.llm.output", "")],
)
def test_a_haystack_generator_says_what_stands_in_its_reply(key: str, component: str) -> None:
    meta = {
        "model": DATED_GPT,
        "id": "chatcmpl-1",
        "usage": {
            "prompt_tokens": 43,
            "prompt_tokens_details": {"cached_tokens": 20},
            "completion_tokens": 96,
            "completion_tokens_details": {"reasoning_tokens": 64},
            "total_tokens": 139,
        },
    }
    check(
        {
            "haystack.component.type": component,
            key: as_json({"replies": [{"role": "assistant", "meta": meta}]}),
        },
        {
            "kind": "llm",
            "convention": "haystack",
            "response_model": DATED_GPT,
            "response_id": "chatcmpl-1",
            "input_tokens": 43,
            "cache_read_input_tokens": 20,
            "output_tokens": 96,
            "reasoning_output_tokens": 64,
        },
        name="haystack.agent.step.llm",
    )


@pytest.mark.parametrize(
    ("component", "kind"),
    [
        ("OpenAIChatGenerator", "llm"),
        ("HuggingFaceLocalGenerator", "llm"),
        ("OpenAIDocumentEmbedder", "embedding"),
        ("InMemoryBM25Retriever", "retrieval"),
        ("TransformersSimilarityRanker", "rerank"),
        ("DocumentWriter", "workflow"),
    ],
)
def test_each_component_of_haystack_says_the_kind(component: str, kind: str) -> None:
    assert facts({"haystack.component.type": component})["kind"] == kind


def test_a_haystack_tool_says_its_name_and_a_person_who_confirms_it_is_no_tool() -> None:
    tool = {"haystack.tool.name": "get_weather", "haystack.tool.call.id": "call_5"}
    named = {"convention": "haystack", "tool": "get_weather", "tool_call_id": "call_5"}
    check(tool, {"kind": "tool", **named}, name="haystack.agent.step.tool")
    check({**tool, "haystack.agent.hook.human_in_the_loop.strategy.type": "X"}, {"kind": "human", **named})


def test_litellm_says_its_user_its_cost_its_cache_and_the_status_of_its_error() -> None:
    check(
        {
            "gen_ai.operation.name": "acompletion",
            "gen_ai.system": "litellm",
            "gen_ai.request.model": GPT,
            "llm.request.type": "acompletion",
            "llm.user": "ann",
            "litellm.cache_hit": "True",
            "litellm.response.service_tier": "default",
            "gen_ai.cost.total_cost": 2.325e-05,
            "error.code": "429",
            "gen_ai.usage.input_tokens": 51,
            "gen_ai.usage.output_tokens": 26,
        },
        {
            "kind": "llm",
            "convention": "gen_ai",
            "request_model": GPT,
            "user_id": "ann",
            "is_cache_hit": True,
            "service_tier": "default",
            "reported_cost_usd": "0.00002325",
            "http_status": 429,
            "input_tokens": 51,
            "output_tokens": 26,
        },
        name="litellm_request",
    )


def test_the_second_report_of_litellm_says_nothing_that_is_counted() -> None:
    raw = {"llm.openai.usage": "{'completion_tokens': 26}", "llm.openai.model": GPT, "llm.openai.id": "c1"}
    check(raw, {"kind": "other"}, name="raw_gen_ai_request", scope="litellm")


def test_agentcore_says_its_agent_its_session_and_its_invocation() -> None:
    check(
        {
            "aws.operation.name": "InvokeAgentRuntime",
            "aws.agent.name": "desk",
            "aws.bedrock.agentcore.session.id": "sess-1",
        },
        {"kind": "workflow", "convention": "agentcore", "agent": "desk", "session_id": "sess-1"},
    )


def test_names_written_by_hand_are_believed_last() -> None:
    by_hand = {"session_id": "s1", "conversation_id": "c1", "thread_id": "t1", "user_id": "ann"}
    check(by_hand, {"kind": "other", "session_id": "s1", "thread_id": "t1", "user_id": "ann"})
    assert facts({**by_hand, "session.id": "s2", "user.id": "bob"})["session_id"] == "s2"
    assert facts({**by_hand, "user.id": "bob"})["user_id"] == "bob"


@pytest.mark.parametrize("kind", ["state", "human", "guardrail", "evaluation"])
def test_our_own_attributes_say_the_kind_and_the_state(kind: str) -> None:
    check(
        {"lineside.span.kind": kind, "lineside.state": "Planning", "openinference.span.kind": "CHAIN"},
        {"kind": kind, "convention": "lineside", "state": "Planning"},
    )


# --- No convention ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("ApprovalNode", "human"),
        ("input_guardrail", "guardrail"),
        ("judge answer", "evaluation"),
        ("rerank_documents", "rerank"),
        ("retrieve_context", "retrieval"),
        ("tool: search", "tool"),
        ("SupervisorAgent.run", "agent"),
        ("my-pipeline", "workflow"),
        ("save checkpoint", "state"),
        ("toolbox", "other"),
        ("chat gpt-4o", "other"),
        ("", "other"),
    ],
)
def test_a_span_without_a_convention_says_only_what_its_name_suggests(name: str, kind: str) -> None:
    assert facts({"my.key": 1}, name=name) == {"kind": kind}


@pytest.mark.parametrize("key", ["http.route", "db.system", "rpc.method", "messaging.system"])
def test_infrastructure_says_nothing_of_agents_by_its_name(key: str) -> None:
    assert facts({key: "x"}, name="POST /agents") == {"kind": "other"}


@pytest.mark.parametrize(
    ("name", "scope", "attributes", "kind", "named"),
    [
        ("agent_run [desk]", "gcp.vertex.agent", {}, "agent", "desk"),
        ("kb.tool", "", {"traceloop.span.kind": "tool", "traceloop.entity.name": "kb"}, "tool", "kb"),
        (
            "resolver.agent",
            "",
            {"traceloop.span.kind": "agent", "traceloop.entity.name": "resolver"},
            "agent",
            "resolver",
        ),
        ("Function: {name}", "logfire.openai_agents", {"name": "flaky"}, "tool", "flaky"),
        ("Agent run: {name!r}", "logfire.openai_agents", {"name": "judge"}, "agent", "judge"),
    ],
)
def test_a_name_is_read_without_its_decoration(
    name: str, scope: str, attributes: dict[str, Any], kind: str, named: str
) -> None:
    told = facts(attributes, name=name, scope=scope)
    assert (told["kind"], told[kind]) == (kind, named)


def test_a_turn_of_an_agent_called_judge_is_no_evaluation() -> None:
    told = facts({"agent_name": "judge"}, name="Turn {turn} for agent judge", scope="logfire.openai_agents")
    assert (told["kind"], told["agent"]) == ("workflow", "judge")


def test_amounts_that_no_convention_knows_are_kept_as_examples() -> None:
    told = facts(
        {
            "acme.usage.thinking_tokens": 7,
            "acme.max_tokens": 9,
            "acme.token": "secret",
            "gen_ai.client.token.usage": 3,
        }
    )
    assert told["unknown_usage"] == {"acme.usage.thinking_tokens": "7"}
