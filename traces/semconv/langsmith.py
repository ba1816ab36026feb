"""LangSmith's OpenTelemetry exporter: LangSmith runs as spans, with `gen_ai.*` derived from them.

Its `gen_ai.operation.name` is coarser than its `langsmith.span.kind` and partly wrong (a prompt template becomes
`chat`, a retriever `embeddings`), so the latter is believed first. Inputs and outputs stand as JSON in
`gen_ai.prompt` and `gen_ai.completion`; the details of usage are the text of a Python dict.
"""

from traces.semconv.convention import Convention

_METADATA = "langsmith.metadata."
_IN, _OUT = "gen_ai.usage.input_token_details", "gen_ai.usage.output_token_details"

CONVENTION = Convention(
    name="langsmith",
    source="github.com/langchain-ai/langsmith-sdk, python/langsmith/_internal/otel/_otel_exporter.py",
    fields={
        "provider": (f"{_METADATA}ls_provider",),
        "request_model": (f"{_METADATA}ls_model_name",),
        "session_id": (f"{_METADATA}session_id", f"{_METADATA}thread_id", f"{_METADATA}conversation_id"),
        "user_id": (f"{_METADATA}user_id",),
        "thread_id": (f"{_METADATA}thread_id",),
        "state": (f"{_METADATA}langgraph_node",),
        "service_tier": ("gen_ai.response.service_tier",),
        "reported_cost_usd": ("gen_ai.usage.total_cost",),
        "arguments": ("gen_ai.prompt",),
    },
    documents={
        f"{_METADATA}usage_metadata": {
            "input_tokens": "input_tokens",
            "output_tokens": "output_tokens",
            "total_tokens": "total_tokens",
            "input_token_details.cache_read": "cache_read_input_tokens",
            "input_token_details.cache_creation": "cache_creation_input_tokens",
            "input_token_details.ephemeral_5m_input_tokens": "cache_creation_5m_input_tokens",
            "input_token_details.ephemeral_1h_input_tokens": "cache_creation_1h_input_tokens",
            "input_token_details.audio": "input_audio_tokens",
            "output_token_details.reasoning": "reasoning_output_tokens",
            "output_token_details.audio": "output_audio_tokens",
        },
        _IN: {
            "cache_read": "cache_read_input_tokens",
            "cache_creation": "cache_creation_input_tokens",
            "audio": "input_audio_tokens",
        },
        _OUT: {"reasoning": "reasoning_output_tokens", "audio": "output_audio_tokens"},
    },
    kinds={
        "langsmith.span.kind": {
            "llm": "llm",
            "tool": "tool",
            "retriever": "retrieval",
            "embedding": "embedding",
            "chain": "workflow",
            "prompt": "other",
            "parser": "other",
        }
    },
    named_settings={
        f"{_METADATA}ls_temperature": "temperature",
        f"{_METADATA}ls_max_tokens": "max_tokens",
        f"{_METADATA}ls_stop": "stop",
    },
    redundant=("langsmith.metadata.*max_tokens",),
)
