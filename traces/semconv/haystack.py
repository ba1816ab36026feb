"""Haystack's own tracing: components by their class, agents and tools by the names of their spans.

Usage stands inside a component's output only, as JSON text: in the metadata of its replies.
"""

from traces.semconv.convention import Convention
from traces.semconv.readers import attribute

_USAGE = "replies.0.meta.usage"
_REPLY = {
    "replies.0.meta.model": "response_model",
    "replies.0.meta.id": "response_id",
    f"{_USAGE}.prompt_tokens": "input_tokens",
    f"{_USAGE}.input_tokens": "input_tokens",
    f"{_USAGE}.completion_tokens": "output_tokens",
    f"{_USAGE}.output_tokens": "output_tokens",
    f"{_USAGE}.total_tokens": "total_tokens",
    f"{_USAGE}.prompt_tokens_details.cached_tokens": "cache_read_input_tokens",
    f"{_USAGE}.input_tokens_details.cached_tokens": "cache_read_input_tokens",
    f"{_USAGE}.cache_read_input_tokens": "cache_read_input_tokens",
    f"{_USAGE}.cache_creation_input_tokens": "cache_creation_input_tokens",
    f"{_USAGE}.completion_tokens_details.reasoning_tokens": "reasoning_output_tokens",
    f"{_USAGE}.output_tokens_details.reasoning_tokens": "reasoning_output_tokens",
    "meta.model": "response_model",  # of an embedder, beside its embeddings
    "meta.usage.prompt_tokens": "input_tokens",
}
"""Where a generator's answer says what it used. Later inputs and the outputs around it repeat it; they are not read."""

CONVENTION = Convention(
    name="haystack",
    source="github.com/deepset-ai/haystack, haystack/tracing and components/agents/agent.py",
    fields={
        "tool": ("haystack.tool.name",),
        "tool_call_id": ("haystack.tool.call.id",),
        "arguments": (
            "haystack.agent.step.tool.input",
            "haystack.agent.step.llm.input",
            "haystack.component.input",
        ),
    },
    documents={
        "haystack.agent.step.llm.output": _REPLY,
        "haystack.component.output": _REPLY,
    },
    kinds={
        "haystack.component.type": {
            "*ChatGenerator": "llm",
            "*Generator": "llm",
            "*Embedder": "embedding",
            "*Retriever": "retrieval",
            "*Ranker": "rerank",
            "*": "workflow",
        }
    },
    kind_where_present={
        "haystack.agent.hook.human_in_the_loop.strategy.type": "human",
        "haystack.agent.hook.point": "workflow",
        "haystack.tool.name": "tool",
        "haystack.agent.max_steps": "agent",
    },
    nameless=("haystack.*",),
    span_names=(
        ("haystack.pipeline.run", "workflow"),
        ("haystack.async_pipeline.run", "workflow"),
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
    answers=(("haystack.component.output", "replies"), ("haystack.agent.step.llm.output", "replies")),
)
