"""Tokens of each provider and instrumentation in the normal form: input with caches, output with reasoning."""

from typing import Any

import pytest

from tests.unit.convention_spans import as_json, usage
from traces.semconv.tokens import NO_USAGE, Usage

GENAI = {
    "input": "gen_ai.usage.input_tokens",
    "read": "gen_ai.usage.cache_read.input_tokens",
    "written": "gen_ai.usage.cache_creation.input_tokens",
    "output": "gen_ai.usage.output_tokens",
    "reasoning": "gen_ai.usage.reasoning.output_tokens",
    "total": "gen_ai.usage.total_tokens",
    "model": "gen_ai.request.model",
}
OPENINFERENCE = {
    "input": "llm.token_count.prompt",
    "read": "llm.token_count.prompt_details.cache_read",
    "written": "llm.token_count.prompt_details.cache_write",
    "output": "llm.token_count.completion",
    "reasoning": "llm.token_count.completion_details.reasoning",
    "total": "llm.token_count.total",
    "model": "llm.model_name",
}
VERCEL = {
    "input": "ai.usage.inputTokens",
    "read": "ai.usage.cachedInputTokens",
    "written": "ai.usage.inputTokenDetails.cacheWriteTokens",
    "output": "ai.usage.outputTokens",
    "reasoning": "ai.usage.reasoningTokens",
    "total": "ai.usage.totalTokens",
    "model": "ai.model.id",
}
BEDROCK, OPENLIT = (
    "opentelemetry.instrumentation.botocore.bedrock-runtime",
    "openlit.instrumentation.anthropic",
)


@pytest.mark.parametrize("keys", [GENAI, OPENINFERENCE, VERCEL], ids=["genai", "openinference", "vercel"])
@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        pytest.param({"input": 9, "output": 4}, Usage(9, None, None, 4, None), id="plain"),
        pytest.param(
            {"input": 9, "read": 0, "output": 4, "reasoning": 0},
            Usage(9, 0, None, 4, 0),
            id="zero is reported",
        ),
        pytest.param(
            {"input": 115, "read": 57, "written": 28, "output": 27, "total": 142},
            Usage(115, 57, 28, 27, None),
            id="anthropic, caches included",
        ),
        pytest.param(
            {"input": 30, "read": 57, "written": 28, "output": 27},
            Usage(115, 57, 28, 27, None),
            id="anthropic, caches larger than the input beside them",
        ),
        pytest.param(
            {"input": 300, "read": 57, "written": 28, "output": 27, "total": 412},
            Usage(385, 57, 28, 27, None),
            id="anthropic, the total says that caches are beside",
        ),
        pytest.param(
            {"input": 45, "output": 9, "reasoning": 64},
            Usage(45, None, None, 73, 64),
            id="gemini, thoughts beside",
        ),
        pytest.param(
            {"input": 45, "output": 90, "reasoning": 64, "total": 199},
            Usage(45, None, None, 154, 64),
            id="gemini, the total says that thoughts are beside",
        ),
        pytest.param(
            {"input": 45, "output": 90, "reasoning": 64, "total": 135},
            Usage(45, None, None, 90, 64),
            id="openai, reasoning included",
        ),
        pytest.param(
            {"input": 20, "read": 30, "output": 9, "reasoning": 64, "total": 123},
            Usage(50, 30, None, 73, 64),
            id="both beside",
        ),
        pytest.param({"input": 19}, Usage(19, None, None, None, None), id="embedding"),
        pytest.param({"input": 0, "output": 0}, NO_USAGE, id="a stream without usage"),
        pytest.param({"total": 66}, NO_USAGE, id="a total alone"),
    ],
)
def test_each_spelling_says_the_same_usage(
    keys: dict[str, str], counts: dict[str, int], expected: Usage
) -> None:
    assert usage({keys[name]: count for name, count in counts.items()}) == expected


@pytest.mark.parametrize("scope", [BEDROCK, OPENLIT, f"{OPENLIT}.async"])
def test_a_rule_says_that_an_instrumentation_counts_caches_beside_the_input(scope: str) -> None:
    counts = {GENAI["input"]: 300, GENAI["read"]: 57, GENAI["written"]: 28, GENAI["output"]: 27}
    assert usage(counts, scope=scope) == Usage(385, 57, 28, 27, None)


@pytest.mark.parametrize("scope", ["", "openlit.instrumentation.openai", f"{OPENLIT}x"])
def test_where_no_rule_holds_the_input_includes_its_caches(scope: str) -> None:
    counts = {GENAI["input"]: 300, GENAI["read"]: 57, GENAI["written"]: 28, GENAI["output"]: 27}
    assert usage(counts, scope=scope) == Usage(300, 57, 28, 27, None)


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        pytest.param(
            {"gen_ai.usage.prompt_tokens": 9, "gen_ai.usage.completion_tokens": 4},
            Usage(9, None, None, 4, None),
            id="deprecated genai",
        ),
        pytest.param(
            {
                "gen_ai.usage.input_tokens": 9,
                "gen_ai.usage.cache_write.input_tokens": 5,
                "gen_ai.usage.cache_creation.input_tokens": 1,
                "gen_ai.usage.output_tokens": 4,
            },
            Usage(9, None, 5, 4, None),
            id="genai, the newest name first",
        ),
        pytest.param(
            {
                "llm.usage.prompt_tokens": 38,
                "llm.usage.completion_tokens": 80,
                "llm.usage.cache_read_input_tokens": 19,
                "llm.usage.cache_creation_input_tokens": 9,
                "llm.usage.reasoning_tokens": 64,
            },
            Usage(38, 19, 9, 80, 64),
            id="openllmetry, before genai",
        ),
        pytest.param(
            {
                "gen_ai.usage.input_tokens": 58,
                "gen_ai.usage.output_tokens": 81,
                "gen_ai.usage.reasoning_tokens": 64,
            },
            Usage(58, None, None, 81, 64),
            id="openllmetry, openai responses",
        ),
        pytest.param(
            {
                "gen_ai.usage.input_tokens": 42,
                "gen_ai.usage.details.cache_read_input_tokens": 21,
                "gen_ai.usage.details.cache_creation_input_tokens": 10,
                "gen_ai.usage.details.input_tokens": 11,
                "gen_ai.usage.output_tokens": 29,
            },
            Usage(42, 21, 10, 29, None),
            id="pydantic ai, anthropic",
        ),
        pytest.param(
            {
                "ai.usage.inputTokens": 34,
                "ai.usage.cachedInputTokens": 8,
                "ai.usage.outputTokens": 19,
                "ai.response.providerMetadata": as_json(
                    {
                        "anthropic": {
                            "usage": {
                                "input_tokens": 34,
                                "cache_read_input_tokens": 8,
                                "cache_creation_input_tokens": 6,
                            }
                        }
                    }
                ),
            },
            Usage(48, 8, 6, 19, None),
            id="vercel 5, anthropic beside",
        ),
        pytest.param(
            {
                "ai.usage.inputTokens": 122,
                "ai.usage.inputTokenDetails.noCacheTokens": 82,
                "ai.usage.inputTokenDetails.cacheReadTokens": 40,
                "ai.usage.outputTokens": 26,
            },
            Usage(122, 40, None, 26, None),
            id="vercel 6, the part without caches adds nothing",
        ),
        pytest.param(
            {
                "ai.usage.promptTokens": 45,
                "ai.usage.completionTokens": 9,
                "ai.response.providerMetadata": as_json(
                    {"google": {"usageMetadata": {"cachedContentTokenCount": 20, "thoughtsTokenCount": 64}}}
                ),
            },
            Usage(45, 20, None, 73, 64),
            id="vercel, gemini beside",
        ),
        pytest.param({"ai.usage.tokens": 19}, Usage(19, None, None, None, None), id="vercel, embedding"),
        pytest.param(
            {
                "langfuse.observation.usage_details": as_json(
                    {
                        "input": 31,
                        "output": 19,
                        "total": 145,
                        "input_cache_read": 31,
                        "output_reasoning": 64,
                    }
                )
            },
            Usage(62, 31, None, 83, 64),
            id="langfuse, parts told apart",
        ),
        pytest.param(
            {
                "langfuse.observation.usage_details": as_json(
                    {
                        "input": 36,
                        "output": 12,
                        "cache_read_input_tokens": 8,
                        "cache_creation_input_tokens": 0,
                        "input_ephemeral_5m_input_tokens": 3,
                        "input_ephemeral_1h_input_tokens": 4,
                    }
                )
            },
            Usage(51, 8, 7, 12, None),
            id="langfuse, anthropic by lifetime",
        ),
        pytest.param(
            {
                "langfuse.observation.usage_details": as_json(
                    {
                        "input_tokens": 44,
                        "input_tokens_details": {"cached_tokens": 22},
                        "output_tokens": 75,
                        "output_tokens_details": {"reasoning_tokens": 64},
                        "total_tokens": 119,
                    }
                )
            },
            Usage(44, 22, None, 75, 64),
            id="langfuse, openai responses",
        ),
        pytest.param(
            {
                "langsmith.metadata.usage_metadata": as_json(
                    {
                        "input_tokens": 49,
                        "output_tokens": 22,
                        "total_tokens": 71,
                        "input_token_details": {
                            "cache_read": 9,
                            "ephemeral_5m_input_tokens": 12,
                            "ephemeral_1h_input_tokens": 3,
                        },
                        "output_token_details": {"reasoning": 5},
                    }
                )
            },
            Usage(49, 9, 15, 22, 5),
            id="langsmith, anthropic by lifetime",
        ),
        pytest.param(
            {
                "mlflow.chat.tokenUsage": as_json(
                    {"input_tokens": 76, "output_tokens": 88, "cache_read_input_tokens": 38}
                ),
                "mlflow.spanOutputs": as_json(
                    {"usage": {"completion_tokens_details": {"reasoning_tokens": 64}, "prompt_tokens": 1}}
                ),
            },
            Usage(76, 38, None, 88, 64),
            id="mlflow, reasoning in the answer only",
        ),
        pytest.param(
            {
                "haystack.component.output": as_json(
                    {
                        "replies": [
                            {
                                "meta": {
                                    "usage": {
                                        "input_tokens": 30,
                                        "cache_read_input_tokens": 57,
                                        "cache_creation_input_tokens": 28,
                                        "output_tokens": 27,
                                    }
                                }
                            }
                        ]
                    }
                )
            },
            Usage(115, 57, 28, 27, None),
            id="haystack, anthropic beside",
        ),
        pytest.param(
            {"haystack.component.output": as_json({"meta": {"usage": {"prompt_tokens": 28}}})},
            Usage(28, None, None, None, None),
            id="haystack, embedder",
        ),
    ],
)
def test_each_instrumentation_says_its_providers_usage(attributes: dict[str, Any], expected: Usage) -> None:
    assert usage(attributes) == expected


@pytest.mark.parametrize(
    ("prompt", "metadata", "expected"),
    [
        pytest.param(
            12,
            {"anthropic": {"cacheReadInputTokens": 1000, "cacheCreationInputTokens": 100}},
            Usage(1112, 1000, 100, 5, None),
            id="anthropic",
        ),
        pytest.param(
            500,
            {"anthropic": {"cacheReadInputTokens": 0, "cacheCreationInputTokens": 100}},
            Usage(600, 0, 100, 5, None),
            id="anthropic, smaller caches",
        ),
        pytest.param(
            12,
            {"bedrock": {"usage": {"cacheReadInputTokens": 1000, "cacheWriteInputTokens": 100}}},
            Usage(1112, 1000, 100, 5, None),
            id="bedrock",
        ),
        pytest.param(
            32_036,
            {"openai": {"cachedPromptTokens": 2_545, "reasoningTokens": 4}},
            Usage(32_036, 2_545, None, 5, 4),
            id="openai",
        ),
    ],
)
def test_vercel_version_4_says_caches_in_the_providers_metadata(
    prompt: int, metadata: dict[str, Any], expected: Usage
) -> None:
    told = {
        "ai.usage.promptTokens": prompt,
        "ai.usage.completionTokens": 5,
        "ai.response.providerMetadata": as_json(metadata),
    }
    assert usage(told) == expected


def test_vercel_version_6_counts_caches_in_the_input_and_says_so() -> None:
    told = {
        "ai.usage.inputTokens": 1_112,
        "ai.usage.inputTokenDetails.noCacheTokens": 12,
        "ai.usage.cachedInputTokens": 1_000,
        "ai.usage.inputTokenDetails.cacheWriteTokens": 100,
        "ai.usage.outputTokens": 5,
        "ai.response.providerMetadata": as_json({"anthropic": {"cacheCreationInputTokens": 100}}),
    }
    assert usage(told) == Usage(1_112, 1_000, 100, 5, None)


# --- Agno under OpenInference -------------------------------------------------------------------------------

AGNO = "openinference.instrumentation.agno"


def agno_usage(span: str, *, total: int | None = None) -> Usage:
    found = {
        OPENINFERENCE["input"]: 65,
        OPENINFERENCE["read"]: 64,
        OPENINFERENCE["written"]: 10,
        OPENINFERENCE["output"]: 40,
        OPENINFERENCE["model"]: "claude-haiku-4-5",
    }
    if total is not None:
        found[OPENINFERENCE["total"]] = total
    return usage(found, scope=AGNO, name=span)


@pytest.mark.parametrize("span", ["Claude.invoke", "Claude.ainvoke_stream", "AwsBedrock.invoke"])
@pytest.mark.parametrize("total", [None, 105])
def test_agno_copies_what_anthropic_and_bedrock_say(span: str, total: int | None) -> None:
    assert agno_usage(span, total=total) == Usage(139, 64, 10, 40, None)


def test_agno_with_litellm_has_the_caches_in_its_input() -> None:
    found = {OPENINFERENCE["input"]: 139, OPENINFERENCE["read"]: 64, OPENINFERENCE["output"]: 40}
    assert usage(found, scope=AGNO, name="LiteLLM.invoke") == Usage(139, 64, None, 40, None)


def test_a_total_that_makes_a_part_larger_than_its_whole_is_not_believed() -> None:
    found = {
        GENAI["input"]: 29,
        GENAI["read"]: 57,
        GENAI["written"]: 28,
        GENAI["output"]: 40,
        GENAI["total"]: 69,
    }
    assert usage(found) == Usage(114, 57, 28, 40, None)
