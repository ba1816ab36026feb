"""Langfuse's SDK, which is an OpenTelemetry one: `langfuse.*`.

`usage_details` is a JSON object whose keys are the provider's own (OpenAI's `prompt_tokens` with details), or
Langfuse's, which it adds up: there `input` is without the parts told beside it (`input_cache_read`), and `output` too.
"""

from traces.semconv.convention import Convention
from traces.semconv.readers import quoted_attribute

_OBSERVATION, _USAGE, _COST = (
    "langfuse.observation",
    "langfuse.observation.usage_details",
    "langfuse.observation.cost_details",
)

CONVENTION = Convention(
    name="langfuse",
    source="github.com/langfuse/langfuse-python, langfuse/_client/attributes.py; langfuse.com/docs/opentelemetry",
    quoted=(f"{_OBSERVATION}.metadata.", "langfuse.trace.metadata."),
    fields={
        "provider": (f"{_OBSERVATION}.metadata.ls_provider",),
        "request_model": (f"{_OBSERVATION}.model.name", f"{_OBSERVATION}.metadata.ls_model_name"),
        "prompt_name": (f"{_OBSERVATION}.prompt.name",),
        "prompt_version": (f"{_OBSERVATION}.prompt.version",),
        "session_id": ("langfuse.session.id",),
        "user_id": ("langfuse.user.id",),
        "state": (f"{_OBSERVATION}.metadata.langgraph_node",),
        "thread_id": (f"{_OBSERVATION}.metadata.thread_id", "langfuse.trace.metadata.thread_id"),
        "first_token_at": (f"{_OBSERVATION}.completion_start_time",),
        "environment": ("langfuse.environment",),
        "release": ("langfuse.release",),
        "arguments": (f"{_OBSERVATION}.input",),
    },
    documents={
        _USAGE: {
            "prompt_tokens": "input_tokens",
            "input_tokens": "input_tokens",
            "input": "uncached_input_tokens",
            "completion_tokens": "output_tokens",
            "output_tokens": "output_tokens",
            "output": "unreasoned_output_tokens",
            "total_tokens": "total_tokens",
            "total": "total_tokens",
            "prompt_tokens_details.cached_tokens": "cache_read_input_tokens",
            "input_tokens_details.cached_tokens": "cache_read_input_tokens",
            "cache_read_input_tokens": "cache_read_input_tokens",
            "input_cached_tokens": "cache_read_input_tokens",
            "input_cache_read": "cache_read_input_tokens",
            "cache_creation_input_tokens": "cache_creation_input_tokens",
            "input_cache_creation": "cache_creation_input_tokens",
            "input_ephemeral_5m_input_tokens": "cache_creation_5m_input_tokens",
            "input_ephemeral_1h_input_tokens": "cache_creation_1h_input_tokens",
            "cache_creation_ephemeral_1h_input_tokens": "cache_creation_1h_input_tokens",
            "completion_tokens_details.reasoning_tokens": "reasoning_output_tokens",
            "output_tokens_details.reasoning_tokens": "reasoning_output_tokens",
            "output_reasoning_tokens": "reasoning_output_tokens",
            "output_reasoning": "reasoning_output_tokens",
            "prompt_tokens_details.audio_tokens": "input_audio_tokens",
            "input_audio": "input_audio_tokens",
            "completion_tokens_details.audio_tokens": "output_audio_tokens",
            "output_audio": "output_audio_tokens",
        },
        _COST: {"total": "reported_cost_usd"},
    },
    kinds={
        f"{_OBSERVATION}.type": {
            "generation": "llm",
            "embedding": "embedding",
            "agent": "agent",
            "tool": "tool",
            "chain": "workflow",
            "retriever": "retrieval",
            "evaluator": "evaluation",
            "guardrail": "guardrail",
        }
    },
    inputs=(quoted_attribute(f"{_OBSERVATION}.input"), quoted_attribute("langfuse.trace.input")),
    outputs=(quoted_attribute(f"{_OBSERVATION}.output"), quoted_attribute("langfuse.trace.output")),
    settings_documents=(f"{_OBSERVATION}.model.parameters",),
    redundant=("langfuse.observation.metadata.*max_tokens",),
)
