"""OpenLLMetry (Traceloop SDK): `traceloop.*` for workflows, agents and tools; model calls in `gen_ai.*`.

Source: traceloop/openllmetry, opentelemetry-semantic-conventions-ai, and its decorators.
"""

from traces.semconv.convention import Convention

CONVENTION = Convention(
    name="traceloop",
    fields={
        "session_id": (
            "traceloop.association.properties.session_id",
            "traceloop.association.properties.thread_id",
        ),
        "user_id": ("traceloop.association.properties.user_id",),
        "prompt_name": ("traceloop.prompt.key",),
        "prompt_version": ("traceloop.prompt.version",),
        "input_tokens": ("llm.usage.prompt_tokens",),
        "output_tokens": ("llm.usage.completion_tokens",),
        "cache_read_input_tokens": ("llm.usage.cache_read_input_tokens",),
        "cache_creation_input_tokens": ("llm.usage.cache_creation_input_tokens",),
    },
    kind_key="traceloop.span.kind",
    kinds={"workflow": "workflow", "task": "workflow", "agent": "agent", "tool": "tool"},
    kind_where_present={},
)
