"""OpenLLMetry (Traceloop SDK): `traceloop.*` for workflows, agents and tools; model calls in `gen_ai.*`, with the
prompt flattened into `gen_ai.prompt.N.*`.
"""

from traces.semconv.convention import Convention
from traces.semconv.readers import attribute, flattened_messages

_PROPERTY = "traceloop.association.properties."

CONVENTION = Convention(
    name="traceloop",
    source="github.com/traceloop/openllmetry, opentelemetry-semantic-conventions-ai and its decorators",
    fields={
        "agent": ("traceloop.entity.agent",),
        "session_id": (f"{_PROPERTY}session_id", f"{_PROPERTY}conversation_id", f"{_PROPERTY}thread_id"),
        "user_id": (f"{_PROPERTY}user_id",),
        "thread_id": (f"{_PROPERTY}thread_id",),
        "state": (f"{_PROPERTY}langgraph_node",),
        "prompt_name": ("traceloop.prompt.key",),
        "prompt_version": ("traceloop.prompt.version",),
        "input_tokens": ("llm.usage.prompt_tokens",),
        "output_tokens": ("llm.usage.completion_tokens",),
        "total_tokens": ("llm.usage.total_tokens",),
        "cache_read_input_tokens": ("llm.usage.cache_read_input_tokens",),
        "cache_creation_input_tokens": ("llm.usage.cache_creation_input_tokens",),
        "reasoning_output_tokens": ("llm.usage.reasoning_tokens",),
        "own_name": ("traceloop.entity.name",),
        "arguments": ("traceloop.entity.input",),
    },
    kinds={
        "traceloop.span.kind": {"workflow": "workflow", "task": "workflow", "agent": "agent", "tool": "tool"},
        "llm.request.type": {
            "chat": "llm",
            "completion": "llm",
            "embedding": "embedding",
            "rerank": "rerank",
        },
    },
    kind_where_present={"db.vector.query.top_k": "retrieval"},
    # Of a stream it adds the count of the first event to the cumulative one of the last.
    rough_counts=("opentelemetry.instrumentation.anthropic",),
    inputs=(flattened_messages("gen_ai.prompt"), attribute("traceloop.entity.input")),
    outputs=(flattened_messages("gen_ai.completion"), attribute("traceloop.entity.output")),
    settings=("llm.request.",),
    finish_reasons=(
        "llm.response.finish_reason",
        "llm.response.stop_reason",
        "gen_ai.completion.0.finish_reason",
    ),
    redundant=("anthropic.usage.cache_creation.ephemeral_5m_input_tokens",),
)
