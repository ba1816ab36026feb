"""OpenTelemetry GenAI semantic conventions: current attributes, then the deprecated spellings.

Spellings that single instrumentations emit beside the registry's are named where they stand.
"""

from traces.semconv.convention import Convention
from traces.semconv.readers import (
    attribute,
    event_attribute,
    message_events,
    messages_with_instructions,
    plain_attribute,
    tool_event_arguments,
)

DETAILS_EVENT = "gen_ai.client.inference.operation.details"
"""The event that carries content since version 1.37."""

CONVENTION = Convention(
    name="gen_ai",
    source="opentelemetry.io/docs/specs/semconv/registry/attributes/gen-ai, deprecated ones included",
    fields={
        "provider": ("gen_ai.provider.name", "gen_ai.system"),
        "request_model": ("gen_ai.request.model",),
        "response_model": ("gen_ai.response.model",),
        "response_id": ("gen_ai.response.id",),
        "agent": ("gen_ai.agent.name",),
        "tool": ("gen_ai.tool.name",),
        "tool_call_id": ("gen_ai.tool.call.id",),
        "prompt_name": ("gen_ai.prompt.name",),
        "prompt_version": ("gen_ai.prompt.version",),
        "session_id": ("gen_ai.conversation.id", "session.id"),
        "user_id": ("user.id", "enduser.id", "gen_ai.request.user"),
        "error_type": ("error.type",),
        "http_status": ("http.response.status_code", "http.status_code"),
        "input_tokens": ("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"),
        "cache_read_input_tokens": (
            "gen_ai.usage.cache_read.input_tokens",
            "gen_ai.usage.cache_read_input_tokens",
            "gen_ai.usage.details.cache_read_tokens",  # Pydantic AI before the attribute was standard
            "gen_ai.usage.details.cached_tokens",
            "gen_ai.usage.details.cache_read_input_tokens",
            "gen_ai.usage.details.cached_content_tokens",
        ),
        "cache_creation_input_tokens": (
            "gen_ai.usage.cache_write.input_tokens",
            "gen_ai.usage.cache_creation.input_tokens",  # its name until 2026
            "gen_ai.usage.cache_creation_input_tokens",
            "gen_ai.usage.cache_write_input_tokens",  # Strands before the attribute was standard
            "gen_ai.usage.details.cache_write_tokens",
            "gen_ai.usage.details.cache_creation_input_tokens",
        ),
        "output_tokens": ("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"),
        "reasoning_output_tokens": (
            "gen_ai.usage.reasoning.output_tokens",
            "gen_ai.usage.reasoning_tokens",  # OpenLLMetry
            "gen_ai.usage.details.reasoning_tokens",  # Pydantic AI
            "gen_ai.usage.details.thoughts_tokens",
        ),
        "input_audio_tokens": ("gen_ai.usage.details.input_audio_tokens",),
        "cache_audio_read_tokens": ("gen_ai.usage.details.cache_audio_read_tokens",),
        "output_audio_tokens": ("gen_ai.usage.details.output_audio_tokens",),
        "total_tokens": ("gen_ai.usage.total_tokens",),
        "service_tier": (
            "openai.response.service_tier",
            "gen_ai.openai.response.service_tier",
            "anthropic.response.service_tier",
            "openai.request.service_tier",
            "gen_ai.openai.request.service_tier",
        ),
        "cache_creation_1h_input_tokens": ("anthropic.usage.cache_creation.ephemeral_1h_input_tokens",),
        "time_to_first_token": ("gen_ai.server.time_to_first_token",),
        "time_to_first_token_s": (
            "gen_ai.response.time_to_first_chunk",
            "gen_ai.client.operation.time_to_first_chunk",
        ),
        "arguments": ("gen_ai.tool.call.arguments", "gen_ai.input.messages"),
        "agent_id": ("gen_ai.agent.id",),
    },
    documents={
        # The provider's own usage, as Logfire's instrumentations of the SDKs keep it.
        "gen_ai.usage.raw": {
            "input_tokens_details.cached_tokens": "cache_read_input_tokens",
            "prompt_tokens_details.cached_tokens": "cache_read_input_tokens",
            "output_tokens_details.reasoning_tokens": "reasoning_output_tokens",
            "completion_tokens_details.reasoning_tokens": "reasoning_output_tokens",
            "prompt_tokens_details.audio_tokens": "input_audio_tokens",
            "completion_tokens_details.audio_tokens": "output_audio_tokens",
        }
    },
    kinds={
        "gen_ai.operation.name": {
            "chat": "llm",
            "text_completion": "llm",
            "text_completions": "llm",  # Semantic Kernel
            "generate_content": "llm",
            "completion": "llm",  # LiteLLM names the function that was called
            "acompletion": "llm",
            "responses": "llm",
            "aresponses": "llm",
            "embeddings": "embedding",
            "embedding": "embedding",
            "aembedding": "embedding",
            "rerank": "rerank",
            "arerank": "rerank",
            "retrieval": "retrieval",
            "execute_tool": "tool",
            "invoke_agent": "agent",
            "create_agent": "agent",
            "invoke_workflow": "workflow",
            "interactions.create": "llm",  # Gemini's stateful API
            "fetch_response": "other",  # reads a stored answer again: no call
            "execute_task": "workflow",  # OpenLLMetry's LangChain instrumentation
        },
        # The anthropic SDK's own spans: counting tokens names a model, costs nothing and is no call.
        "anthropic.message.count_tokens.input_tokens": {"*": "other"},
    },
    kind_where_present={
        "gen_ai.tool.name": "tool",
        "gen_ai.response.model": "llm",
        "gen_ai.request.model": "llm",
        "gen_ai.agent.name": "agent",
    },
    inputs=(
        messages_with_instructions("gen_ai.input.messages", "gen_ai.system_instructions"),
        event_attribute(DETAILS_EVENT, "gen_ai.input.messages", instructions="gen_ai.system_instructions"),
        tool_event_arguments("gen_ai.tool.message"),
        message_events(
            {
                "gen_ai.system.message": "system",
                "gen_ai.user.message": "user",
                "gen_ai.assistant.message": "assistant",
                "gen_ai.tool.message": "tool",
            }
        ),
        event_attribute("gen_ai.content.prompt", "gen_ai.prompt"),
        plain_attribute("gen_ai.tool.call.arguments"),
        attribute("gen_ai.retrieval.query.text"),
        attribute("gen_ai.prompt"),
    ),
    outputs=(
        attribute("gen_ai.output.messages"),
        event_attribute(DETAILS_EVENT, "gen_ai.output.messages"),
        message_events({"gen_ai.choice": "assistant"}),
        event_attribute("gen_ai.content.completion", "gen_ai.completion"),
        plain_attribute("gen_ai.tool.call.result"),
        attribute("gen_ai.retrieval.documents"),
        attribute("gen_ai.completion"),
    ),
    settings=("gen_ai.request.", "gen_ai.openai.request.", "openai.request."),
    finish_reasons=(
        "gen_ai.response.finish_reasons",
        "gen_ai.response.finish_reason",  # Semantic Kernel: FinishReason.STOP,FinishReason.TOOL_CALLS
        "anthropic.message.stop_reason",
    ),
    answers=(("gen_ai.output.messages", ""),),
    redundant=(
        "gen_ai.request.*",
        "gen_ai.server.*",
        "gen_ai.usage.details.*_prediction_tokens",
        "gen_ai.usage.details.text_*",
        "gen_ai.usage.text.*",
        "gen_ai.usage.image.*",
        "gen_ai.usage.video.*",
        "gen_ai.usage.document.*",
        "gen_ai.usage.details.input_tokens",
        "gen_ai.usage.details.output_tokens",
        "gen_ai.usage.details.audio_tokens",
    ),
)
