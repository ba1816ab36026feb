"""Vercel AI SDK telemetry (`experimental_telemetry`): `ai.*` attributes beside a few of `gen_ai.*`.

A call has an outer span (`ai.generateText`: the whole loop, its usage the sum of its steps) and an inner one for
each request (`ai.generateText.doGenerate`).
"""

from traces.semconv.convention import Convention
from traces.semconv.readers import attribute

_METADATA, _CONTEXT = "ai.telemetry.metadata.", "ai.settings.context."
"""What a program says of its calls: until version 6, and since version 7."""
_LOOPS = (
    "ai.generateText",
    "ai.streamText",
    "ai.generateObject",
    "ai.streamObject",
    "ai.embed",
    "ai.embedMany",
)

CONVENTION = Convention(
    name="vercel",
    source="ai-sdk.dev/docs/ai-sdk-core/telemetry, “Collected data”",
    fields={
        "provider": ("ai.model.provider",),
        "request_model": ("ai.model.id",),
        "response_model": ("ai.response.model",),
        "response_id": ("ai.response.id",),
        "tool": ("ai.toolCall.name",),
        "tool_call_id": ("ai.toolCall.id",),
        "agent": ("ai.telemetry.functionId",),
        "session_id": (
            f"{_METADATA}sessionId",
            f"{_METADATA}session.id",
            f"{_CONTEXT}sessionId",
            f"{_METADATA}threadId",
            f"{_CONTEXT}threadId",
        ),
        "user_id": (f"{_METADATA}userId", f"{_METADATA}user.id", f"{_CONTEXT}userId"),
        "thread_id": (f"{_METADATA}threadId", f"{_CONTEXT}threadId"),
        "prompt_name": (f"{_METADATA}promptName", f"{_CONTEXT}promptName"),
        "prompt_version": (f"{_METADATA}promptVersion", f"{_CONTEXT}promptVersion"),
        "input_tokens": ("ai.usage.inputTokens", "ai.usage.promptTokens", "ai.usage.tokens"),
        "cache_read_input_tokens": (
            "ai.usage.inputTokenDetails.cacheReadTokens",
            "ai.usage.cachedInputTokens",
        ),
        "cache_creation_input_tokens": ("ai.usage.inputTokenDetails.cacheWriteTokens",),
        "output_tokens": ("ai.usage.outputTokens", "ai.usage.completionTokens"),
        "reasoning_output_tokens": (
            "ai.usage.outputTokenDetails.reasoningTokens",
            "ai.usage.reasoningTokens",
        ),
        "total_tokens": ("ai.usage.totalTokens",),
        "uncached_input_tokens": ("ai.usage.inputTokenDetails.noCacheTokens",),
        "time_to_first_token_ms": ("ai.response.msToFirstChunk", "ai.stream.msToFirstChunk"),
        "arguments": ("ai.toolCall.args", "ai.prompt.messages"),
    },
    documents={
        "ai.response.providerMetadata": {
            "anthropic.usage.input_tokens": "uncached_input_tokens",
            "anthropic.usage.cache_read_input_tokens": "cache_read_input_tokens",
            "anthropic.usage.cache_creation_input_tokens": "cache_creation_input_tokens",
            "anthropic.cacheCreationInputTokens": "cache_creation_input_tokens",
            "bedrock.usage.cacheWriteInputTokens": "cache_creation_input_tokens",
            "google.usageMetadata.cachedContentTokenCount": "cache_read_input_tokens",
            "google.usageMetadata.thoughtsTokenCount": "reasoning_output_tokens",
            "openai.serviceTier": "service_tier",
        }
    },
    kinds={
        "ai.operationId": {
            **dict.fromkeys(_LOOPS, "workflow"),
            "ai.generateText.doGenerate": "llm",
            "ai.streamText.doStream": "llm",
            "ai.generateObject.doGenerate": "llm",
            "ai.streamObject.doStream": "llm",
            "ai.embed.doEmbed": "embedding",
            "ai.embedMany.doEmbed": "embedding",
            "ai.rerank.doRerank": "rerank",
            "ai.toolCall": "tool",
            "ai.generateSpeech": "llm",
            "ai.transcribe": "llm",
            "ai.streamTranscribe": "llm",
        },
        # Version 7 speaks the GenAI convention, with one operation of its own.
        "gen_ai.operation.name": {"agent_step": "workflow"},
    },
    inputs=(
        attribute("ai.prompt.messages"),
        attribute("ai.prompt"),
        attribute("ai.toolCall.args"),
        attribute("ai.values"),
        attribute("ai.value"),
    ),
    outputs=(
        attribute("ai.response.text"),
        attribute("ai.response.object"),
        attribute("ai.response.toolCalls"),
        attribute("ai.toolCall.result"),
    ),
    settings=("ai.settings.",),
    finish_reasons=("ai.response.finishReason",),
    redundant=(
        "ai.usage.outputTokenDetails.textTokens",
        "ai.usage.inputTokenDetails.noCacheTokens",
        "ai.response.avg*",
        "ai.settings.*",
    ),
)
