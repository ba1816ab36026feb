"""Haystack's own tracing: components by their class, agents and tools by the names of their spans.

Usage stands inside a component's output only, as JSON text: in the metadata of its replies.
"""

from traces.semconv.convention import Convention
from traces.semconv.readers import attribute

CONVENTION = Convention(
    name="haystack",
    source="github.com/deepset-ai/haystack, haystack/tracing and components/agents/agent.py",
    fields={
        "tool": ("haystack.tool.name",),
        "tool_call_id": ("haystack.tool.call.id",),
        "arguments": ("haystack.agent.step.tool.input",),
    },
    kind_where_present={
        "haystack.tool.name": "tool",
        "haystack.agent.max_steps": "agent",
        "haystack.agent.hook.human_in_the_loop.strategy.type": "human",
    },
    span_names=(
        ("haystack.pipeline.run", "workflow"),
        ("haystack.async_pipeline.run", "workflow"),
        ("haystack.agent.run", "agent"),
        ("haystack.agent.step.tool", "tool"),
        ("haystack.agent.step.llm", "llm"),
        ("haystack.agent.step", "workflow"),
        ("haystack.chat_generator.run", "llm"),
    ),
    inputs=(
        attribute("haystack.agent.step.tool.input"),
        attribute("haystack.agent.step.llm.input"),
        attribute("haystack.component.input"),
        attribute("haystack.agent.input"),
        attribute("haystack.pipeline.input_data"),
    ),
    outputs=(
        attribute("haystack.agent.step.tool.output"),
        attribute("haystack.agent.step.llm.output"),
        attribute("haystack.component.output"),
        attribute("haystack.agent.output"),
        attribute("haystack.pipeline.output_data"),
    ),
)
