"""Google's Agent Development Kit: `gcp.vertex.agent.*` beside `gen_ai.*`.

`call_llm` is a span of the flow around the model's own `generate_content`.
"""

from traces.semconv.convention import Convention
from traces.semconv.readers import attribute, plain_attribute

CONVENTION = Convention(
    name="google_adk",
    source="github.com/google/adk-python, src/google/adk/telemetry/tracing.py",
    fields={
        "session_id": ("gcp.vertex.agent.session_id",),
        "reasoning_output_tokens": ("gen_ai.usage.experimental.reasoning_tokens",),
        "cache_read_input_tokens": ("gen_ai.usage.experimental.cached_tokens",),
        "arguments": ("gcp.vertex.agent.tool_call_args", "gcp.vertex.agent.llm_request"),
    },
    scopes=("gcp.vertex.agent",),
    span_names=(("invocation", "workflow"), ("agent_run *", "agent"), ("call_llm", "llm")),
    inputs=(plain_attribute("gcp.vertex.agent.tool_call_args"), attribute("gcp.vertex.agent.llm_request")),
    outputs=(plain_attribute("gcp.vertex.agent.tool_response"), attribute("gcp.vertex.agent.llm_response")),
)
