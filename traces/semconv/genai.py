"""OpenTelemetry GenAI semantic conventions: current attributes, then the deprecated spellings.

Source: opentelemetry.io/docs/specs/semconv/gen-ai/ and its registry page; the spellings that instrumentations
emit beside it are named where they stand.
"""

from traces.semconv.convention import Convention

CONVENTION = Convention(
    name="gen_ai",
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
        "user_id": ("user.id", "enduser.id"),
        "error_type": ("error.type",),
        "input_tokens": ("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"),
        "cache_read_input_tokens": (
            "gen_ai.usage.cache_read.input_tokens",
            "gen_ai.usage.cache_read_input_tokens",
            "gen_ai.usage.details.cache_read_tokens",  # Pydantic AI before the attribute was standard
        ),
        "cache_creation_input_tokens": (
            "gen_ai.usage.cache_creation.input_tokens",
            "gen_ai.usage.cache_write.input_tokens",  # the anthropic SDK's own spans
            "gen_ai.usage.cache_creation_input_tokens",
            "gen_ai.usage.details.cache_write_tokens",
        ),
        "output_tokens": ("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"),
        "reasoning_output_tokens": (
            "gen_ai.usage.reasoning.output_tokens",
            "gen_ai.usage.reasoning_tokens",  # OpenLLMetry
            "gen_ai.usage.details.reasoning_tokens",  # Pydantic AI
        ),
    },
    kind_key="gen_ai.operation.name",
    kinds={
        "chat": "llm",
        "text_completion": "llm",
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
        "execute_task": "workflow",  # OpenLLMetry's LangChain instrumentation
    },
    kind_where_present={
        "gen_ai.tool.name": "tool",
        "gen_ai.response.model": "llm",
        "gen_ai.request.model": "llm",
        "gen_ai.agent.name": "agent",
    },
)
