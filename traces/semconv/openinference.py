"""OpenInference semantic conventions.

`llm.model_name` is the served model where the answer named one (OpenAI, LangChain), so it stands under
response_model. What a LangGraph node is called stands in `metadata`, a JSON object.
"""

from traces.semconv.convention import Convention
from traces.semconv.readers import attribute, openinference_list, openinference_messages

CONVENTION = Convention(
    name="openinference",
    source="github.com/Arize-ai/openinference, spec/semantic_conventions.md, and its instrumentations",
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
        "state": ("graph.node.name", "graph.node.id"),
        "agent_node": ("graph.node.name", "graph.node.id"),
        "input_tokens": ("llm.token_count.prompt",),
        "cache_read_input_tokens": ("llm.token_count.prompt_details.cache_read",),
        "cache_creation_input_tokens": ("llm.token_count.prompt_details.cache_write",),
        "output_tokens": ("llm.token_count.completion",),
        "reasoning_output_tokens": ("llm.token_count.completion_details.reasoning",),
        "total_tokens": ("llm.token_count.total",),
        "input_audio_tokens": ("llm.token_count.prompt_details.audio",),
        "output_audio_tokens": ("llm.token_count.completion_details.audio",),
        "reported_cost_usd": ("llm.cost.total",),
        "arguments": ("input.value",),
    },
    documents={
        "metadata": {
            "thread_id": "thread_id",
            "langgraph_node": "state",
            "user_id": "user_id",
            "lc_agent_name": "agent_node",
        }
    },
    kinds={
        "openinference.span.kind": {
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
        }
    },
    kind_where_present={"llm.model_name": "llm", "embedding.model_name": "embedding"},
    named_agents=("openinference.instrumentation.openai_agents",),
    # LlamaIndex marks what it does before a call as a call.
    corrections=(("openinference.instrumentation.llama_index", "*._prepare_chat_with_tools", "other"),),
    inputs=(
        openinference_messages("llm.input_messages"),
        openinference_list("llm.prompts", item="prompt"),
        attribute("reranker.query"),
        openinference_list("embedding.embeddings", item="embedding"),
        attribute("input.value"),
    ),
    outputs=(
        openinference_messages("llm.output_messages"),
        openinference_list("retrieval.documents", item="document"),
        openinference_list("reranker.output_documents", item="document"),
        attribute("output.value"),
    ),
    settings_documents=("llm.invocation_parameters", "embedding.invocation_parameters"),
    finish_reasons=("llm.finish_reason",),
)
