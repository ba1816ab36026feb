"""OpenInference semantic conventions.

Source: the specification in Arize-ai/openinference, spec/semantic_conventions.md, and what its Python
instrumentations emit. `llm.model_name` is the served model where the answer named one (OpenAI, LangChain), so
it stands under response_model.
"""

from traces.semconv.convention import Convention

CONVENTION = Convention(
    name="openinference",
    fields={
        "provider": ("llm.provider", "llm.system"),
        "request_model": ("llm.request.model_name",),
        "response_model": (
            "llm.response.model_name",
            "llm.model_name",
            "embedding.model_name",
            "reranker.model_name",
        ),
        "agent": ("agent.name",),
        "tool": ("tool.name",),
        "tool_call_id": ("tool.id", "tool_call.id"),
        "prompt_name": ("prompt.id",),
        "prompt_version": ("llm.prompt_template.version",),
        "session_id": ("session.id",),
        "user_id": ("user.id",),
        "input_tokens": ("llm.token_count.prompt",),
        "cache_read_input_tokens": ("llm.token_count.prompt_details.cache_read",),
        "cache_creation_input_tokens": ("llm.token_count.prompt_details.cache_write",),
        "output_tokens": ("llm.token_count.completion",),
        "reasoning_output_tokens": ("llm.token_count.completion_details.reasoning",),
    },
    kind_key="openinference.span.kind",
    kinds={
        "LLM": "llm",
        "EMBEDDING": "embedding",
        "RETRIEVER": "retrieval",
        "RERANKER": "rerank",
        "TOOL": "tool",
        "AGENT": "agent",
        "CHAIN": "workflow",
        "GUARDRAIL": "guardrail",
        "EVALUATOR": "evaluation",
        "PROMPT": "other",
        "UNKNOWN": "other",
    },
    kind_where_present={"llm.model_name": "llm", "embedding.model_name": "embedding"},
)
