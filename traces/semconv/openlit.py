"""OpenLIT: its own names beside `gen_ai.*`."""

from traces.semconv.convention import Convention
from traces.semconv.readers import attribute, plain_attribute

CONVENTION = Convention(
    name="openlit",
    source="github.com/openlit/openlit, sdk/python/src/openlit/semcov/__init__.py",
    fields={
        "cache_read_input_tokens": ("gen_ai.usage.prompt_tokens_details.cached_tokens",),
        "cache_creation_input_tokens": ("gen_ai.usage.prompt_tokens_details.cache_creation_tokens",),
        "reasoning_output_tokens": ("gen_ai.usage.completion_tokens_details.reasoning_tokens",),
        "output_audio_tokens": ("gen_ai.usage.completion_tokens_details.audio_tokens",),
        "reported_cost_usd": ("gen_ai.usage.cost",),
        "time_to_first_token_s": ("gen_ai.server.ttft",),
        "environment": ("gen_ai.environment",),
        "arguments": ("gen_ai.tool.input", "gen_ai.tool.args"),
    },
    kinds={
        "gen_ai.operation.name": {
            "vectordb": "retrieval",
            "framework": "workflow",
            "agent": "agent",
            "task": "workflow",
            "user_prompt_processing": "workflow",
            "model_request": "workflow",
            "tool_coordination": "workflow",
        }
    },
    scopes=("openlit.instrumentation",),
    span_names=(("chat *", "llm"), ("embeddings *", "embedding")),
    inputs=(
        plain_attribute("gen_ai.tool.input"),
        plain_attribute("gen_ai.tool.args"),
        attribute("gen_ai.workflow.input"),
        attribute("gen_ai.retrieval.query"),
        attribute("db.query.text"),
    ),
    outputs=(plain_attribute("gen_ai.tool.output"), attribute("gen_ai.workflow.output")),
    redundant=("gen_ai.client.token.usage",),
)
