"""Microsoft Agent Framework: workflows around the `gen_ai.*` spans of its agents, by the names of their spans."""

from traces.semconv.convention import Convention

CONVENTION = Convention(
    name="agent_framework",
    source="github.com/microsoft/agent-framework, python/packages/core/agent_framework/observability.py",
    fields={"state": ("executor.id",), "session_id": ("agent_framework.session.id",)},
    kind_where_present={
        "executor.id": "workflow",
        "edge_group.id": "workflow",
        "message.source_id": "workflow",
        "workflow.id": "workflow",
        "workflow.name": "workflow",
    },
)
