"""One call of Anthropic's API with cache reads and writes costs the same, whoever tells of it and however it comes in.

Fresh input 50, read 1,000, written 200, output 80 tokens of Claude Sonnet 4.5, at $3, $0.30, $3.75 and $15 a million.
"""

import json
from decimal import Decimal

import pytest

from tests.integration.received import summarise_all
from tests.otlp_requests import make_request, make_span
from traces.models import Trace

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("span_tables")]

MODEL = "claude-sonnet-4-5-20250929"
COST = (50 * Decimal(3) + 1_000 * Decimal("0.3") + 200 * Decimal("3.75") + 80 * Decimal(15)) / 10**6
SPANS = {
    "gen_ai": {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "anthropic",
        "gen_ai.request.model": "claude-sonnet-4-5",
        "gen_ai.response.model": MODEL,
        "gen_ai.usage.input_tokens": 1_250,
        "gen_ai.usage.cache_read.input_tokens": 1_000,
        "gen_ai.usage.cache_creation.input_tokens": 200,
        "gen_ai.usage.output_tokens": 80,
    },
    "gen_ai, as Anthropic's API counts": {
        "gen_ai.operation.name": "chat",
        "gen_ai.system": "anthropic",
        "gen_ai.request.model": "claude-sonnet-4-5",
        "gen_ai.response.model": MODEL,
        "gen_ai.usage.input_tokens": 50,
        "gen_ai.usage.cache_read_input_tokens": 1_000,
        "gen_ai.usage.cache_creation_input_tokens": 200,
        "gen_ai.usage.output_tokens": 80,
    },
    "openinference": {
        "openinference.span.kind": "LLM",
        "llm.provider": "anthropic",
        "llm.model_name": MODEL,
        "llm.token_count.prompt": 1_250,
        "llm.token_count.prompt_details.cache_read": 1_000,
        "llm.token_count.prompt_details.cache_write": 200,
        "llm.token_count.completion": 80,
        "llm.token_count.total": 1_330,
    },
    "traceloop": {
        "llm.request.type": "completion",
        "gen_ai.system": "Anthropic",
        "gen_ai.request.model": "claude-sonnet-4-5",
        "gen_ai.response.model": MODEL,
        "gen_ai.usage.prompt_tokens": 1_250,
        "gen_ai.usage.cache_read_input_tokens": 1_000,
        "gen_ai.usage.cache_creation_input_tokens": 200,
        "gen_ai.usage.completion_tokens": 80,
        "llm.usage.total_tokens": 1_330,
    },
    "vercel 4": {
        "ai.operationId": "ai.generateText.doGenerate",
        "ai.model.provider": "anthropic.messages",
        "ai.model.id": "claude-sonnet-4-5",
        "ai.response.model": MODEL,
        "ai.usage.promptTokens": 50,
        "ai.usage.completionTokens": 80,
        "gen_ai.usage.input_tokens": 50,
        "gen_ai.usage.output_tokens": 80,
        "ai.response.providerMetadata": json.dumps(
            {"anthropic": {"cacheReadInputTokens": 1_000, "cacheCreationInputTokens": 200}}
        ),
    },
    "vercel 6": {
        "ai.operationId": "ai.generateText.doGenerate",
        "ai.model.provider": "anthropic.messages",
        "ai.model.id": "claude-sonnet-4-5",
        "ai.response.model": MODEL,
        "ai.usage.inputTokens": 1_250,
        "ai.usage.inputTokenDetails.noCacheTokens": 50,
        "ai.usage.inputTokenDetails.cacheReadTokens": 1_000,
        "ai.usage.inputTokenDetails.cacheWriteTokens": 200,
        "ai.usage.outputTokens": 80,
        "ai.usage.totalTokens": 1_330,
    },
    "pydantic_ai": {
        "gen_ai.operation.name": "chat",
        "gen_ai.system": "anthropic",
        "gen_ai.request.model": "claude-sonnet-4-5",
        "gen_ai.response.model": MODEL,
        "gen_ai.usage.input_tokens": 1_250,
        "gen_ai.usage.details.input_tokens": 50,
        "gen_ai.usage.details.cache_read_tokens": 1_000,
        "gen_ai.usage.details.cache_write_tokens": 200,
        "gen_ai.usage.output_tokens": 80,
    },
}


@pytest.mark.parametrize("dialect", SPANS)
def test_it_costs_the_same(receiver, project, api_key, send, dialect):
    span = make_span(trace_id=b"c" * 16, attributes=SPANS[dialect])
    send(receiver, make_request(span).SerializeToString(), key=api_key)
    summarise_all()
    trace = Trace.objects.get()
    assert (trace.cost_usd, trace.cost_low_usd) == (COST, COST)
    assert (trace.input_tokens, trace.cache_read_input_tokens, trace.cache_creation_input_tokens) == (
        1_250,
        1_000,
        200,
    )
