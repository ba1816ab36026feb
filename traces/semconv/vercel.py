"""Vercel AI SDK telemetry (`experimental_telemetry`): `ai.*` attributes beside a few of `gen_ai.*`.

A call has an outer span (`ai.generateText`: the whole loop, its usage the sum of its steps) and an inner one for
each request (`ai.generateText.doGenerate`).
"""

from typing import Any

from traces.semconv.convention import Attributes, Convention, Events
from traces.semconv.messages import normal_message, readable
from traces.semconv.readers import attribute, plain_attribute
from traces.semconv.values import unquote


def _answer(attributes: Attributes, events: Events) -> Any:
    """The model's text, reasoning and wishes to call tools, each in an attribute of its own, as one message."""
    calls = unquote(attributes.get("ai.response.toolCalls"))
    parts = {
        "content": attributes.get("ai.response.text"),
        "reasoning_content": attributes.get("ai.response.reasoning"),
        "tool_calls": calls if isinstance(calls, list) else None,
    }
    if not any(parts.values()):
        return None
    if not (parts["reasoning_content"] or parts["tool_calls"]):
        return readable(parts["content"])
    return [normal_message({"role": "assistant", **parts})]


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
            # The providers themselves, until version 5 with the API's own input, which leaves the cache out.
            "anthropic.cacheReadInputTokens": "cache_read_beside_input_tokens",
            "anthropic.cacheCreationInputTokens": "cache_creation_beside_input_tokens",
            "bedrock.usage.cacheReadInputTokens": "cache_read_beside_input_tokens",
            "bedrock.usage.cacheWriteInputTokens": "cache_creation_beside_input_tokens",
            "google.usageMetadata.cachedContentTokenCount": "cache_read_input_tokens",
            "google.usageMetadata.thoughtsTokenCount": "reasoning_output_tokens",
            "openai.cachedPromptTokens": "cache_read_input_tokens",
            "openai.reasoningTokens": "reasoning_output_tokens",
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
        plain_attribute("ai.toolCall.args"),
        attribute("ai.values"),
        attribute("ai.value"),
    ),
    outputs=(
        _answer,
        attribute("ai.response.object"),
        plain_attribute("ai.toolCall.result"),
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
