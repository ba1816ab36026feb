"""Vercel AI SDK telemetry (`experimental_telemetry`): `ai.*` attributes beside a few of `gen_ai.*`.

Source: ai-sdk.dev/docs/ai-sdk-core/telemetry, "Collected data". A call has an outer span (`ai.generateText`: the
whole loop, its usage the sum of its steps) and an inner one for each request (`ai.generateText.doGenerate`).
"""

from traces.semconv.convention import Convention

CONVENTION = Convention(
    name="vercel",
    fields={
        "provider": ("ai.model.provider",),
        "request_model": ("ai.model.id",),
        "response_model": ("ai.response.model",),
        "response_id": ("ai.response.id",),
        "tool": ("ai.toolCall.name",),
        "tool_call_id": ("ai.toolCall.id",),
        "agent": ("ai.telemetry.functionId",),
        "session_id": ("ai.telemetry.metadata.sessionId",),
        "user_id": ("ai.telemetry.metadata.userId",),
        "input_tokens": ("ai.usage.inputTokens", "ai.usage.promptTokens", "ai.usage.tokens"),
        "cache_read_input_tokens": (
            "ai.usage.cachedInputTokens",
            "ai.usage.inputTokenDetails.cacheReadTokens",
        ),
        "cache_creation_input_tokens": ("ai.usage.inputTokenDetails.cacheWriteTokens",),
        "output_tokens": ("ai.usage.outputTokens", "ai.usage.completionTokens"),
        "reasoning_output_tokens": (
            "ai.usage.reasoningTokens",
            "ai.usage.outputTokenDetails.reasoningTokens",
        ),
    },
    kind_key="ai.operationId",
    kinds={
        "ai.generateText": "workflow",
        "ai.streamText": "workflow",
        "ai.generateObject": "workflow",
        "ai.streamObject": "workflow",
        "ai.embed": "workflow",
        "ai.embedMany": "workflow",
        "ai.generateText.doGenerate": "llm",
        "ai.streamText.doStream": "llm",
        "ai.generateObject.doGenerate": "llm",
        "ai.streamObject.doStream": "llm",
        "ai.embed.doEmbed": "embedding",
        "ai.embedMany.doEmbed": "embedding",
        "ai.toolCall": "tool",
    },
    kind_where_present={},
)
