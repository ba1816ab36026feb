"""MLflow Tracing: `mlflow.*`, every value a JSON text."""

from traces.semconv.convention import Convention
from traces.semconv.readers import quoted_attribute

_TYPES = {
    "LLM": "llm",
    "CHAT_MODEL": "llm",
    "EMBEDDING": "embedding",
    "RERANKER": "rerank",
    "RETRIEVER": "retrieval",
    "TOOL": "tool",
    "AGENT": "agent",
    "CHAIN": "workflow",
    "WORKFLOW": "workflow",
    "TASK": "workflow",
    "GUARDRAIL": "guardrail",
    "EVALUATOR": "evaluation",
    "MEMORY": "state",
    "PARSER": "other",
}
"""MLflow's span types; in its GenAI form they stand in `gen_ai.operation.name`."""

_SETTINGS = (
    "temperature",
    "top_p",
    "top_k",
    "max_tokens",
    "max_completion_tokens",
    "max_output_tokens",
    "stop",
    "seed",
    "n",
    "frequency_penalty",
    "presence_penalty",
)
"""Arguments of the call that its autologging writes as attributes of their own."""

CONVENTION = Convention(
    name="mlflow",
    source="github.com/mlflow/mlflow, mlflow/tracing/constant.py and mlflow/entities/span.py",
    quoted=("mlflow.",),
    fields={
        "provider": ("mlflow.llm.provider",),
        "request_model": ("mlflow.llm.model",),
        "session_id": ("mlflow.trace.session",),
        "user_id": ("mlflow.trace.user",),
        "arguments": ("mlflow.spanInputs",),
    },
    documents={
        "mlflow.chat.tokenUsage": {
            "input_tokens": "input_tokens",
            "output_tokens": "output_tokens",
            "total_tokens": "total_tokens",
            "cache_read_input_tokens": "cache_read_input_tokens",
            "cache_creation_input_tokens": "cache_creation_input_tokens",
            "cache_creation_input_tokens_above_1hr": "cache_creation_1h_input_tokens",
        },
        "mlflow.llm.cost": {"total_cost": "reported_cost_usd"},
        "mlflow.spanInputs": {"model": "request_model"},
        "mlflow.spanOutputs": {
            "id": "response_id",
            "model": "response_model",
            # The provider's own usage has what the one above leaves out.
            "usage.prompt_tokens": "input_tokens",
            "usage.completion_tokens_details.reasoning_tokens": "reasoning_output_tokens",
            "usage.output_tokens_details.reasoning_tokens": "reasoning_output_tokens",
        },
        "mlflow.linkedPrompts": {"0.name": "prompt_name", "0.version": "prompt_version"},
    },
    kinds={"mlflow.spanType": _TYPES, "gen_ai.operation.name": _TYPES},
    inputs=(quoted_attribute("mlflow.spanInputs"),),
    outputs=(quoted_attribute("mlflow.spanOutputs"),),
    named_settings={name: name for name in _SETTINGS},
    answers=(("mlflow.spanOutputs", "choices"),),
)
