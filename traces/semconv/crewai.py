"""CrewAI: what OpenLLMetry's and OpenInference's instrumentations say of crews and tasks beside their conventions.

In OpenLLMetry's, crew and task spans call themselves `invoke_agent` too, and an agent's usage is a running total of
all its tasks.
"""

from traces.semconv.convention import Convention
from traces.semconv.readers import attribute

CONVENTION = Convention(
    name="crewai",
    source="github.com/traceloop/openllmetry and github.com/Arize-ai/openinference, their crewai instrumentations",
    fields={"agent": ("crewai.agent.role",), "state": ("flow.node.name", "task_name")},
    kinds={"crewai.crew.process": {"*": "workflow"}, "crewai.crew.tasks": {"*": "workflow"}},
    nameless=("crewai.workflow",),
    running_totals=("opentelemetry.instrumentation.crewai",),
    inputs=(attribute("crewai.task.description"), attribute("crewai.crew.tasks")),
    outputs=(
        attribute("crewai.crew.result"),
        attribute("crewai.task.result"),
        attribute("crewai.agent.result"),
    ),
    redundant=("tool.current_usage_count",),
)
