"""Under which names a model's price is found, and what a call then costs."""

from datetime import UTC, datetime
from decimal import Decimal

import genai_prices
import pytest

from tests.unit.spans import make_span
from traces.domain.pricing import Alias, OwnPrice, PriceBook, find_model, price_call
from traces.semconv.tokens import Usage

IN_2026 = 1_795_500_000 * 10**9
USAGE = Usage(1_000_000, None, None, 1_000_000, None)


@pytest.mark.parametrize(
    ("provider", "model", "listed"),
    [
        ("openai", "gpt-4o", "openai/gpt-4o"),
        ("openai", "gpt-4o-2024-08-06", "openai/gpt-4o"),
        (None, "gpt-4o-mini-2024-07-18", "openai/gpt-4o-mini"),
        ("openai", "openai/gpt-4o", "openai/gpt-4o"),
        (None, "anthropic/claude-sonnet-4-5", "anthropic/claude-sonnet-4-5"),
        ("openai", "claude-sonnet-4-5", "anthropic/claude-sonnet-4-5"),
        (None, "openrouter/openai/gpt-4o-mini", "openrouter/openai/gpt-4o-mini"),
        ("anthropic", "claude-3-5-sonnet-latest", "anthropic/claude-3-5-sonnet"),
        ("openai", "gpt-4o-latest", "openai/gpt-4o"),
        ("gcp.vertex_ai", "claude-sonnet-4-5@20250929", "google/claude-sonnet-4-5"),
        ("gcp.gemini", "models/gemini-2.5-flash", "google/gemini-2.5-flash"),
        (
            "gcp.vertex_ai",
            "projects/p/locations/us/publishers/google/models/gemini-2.5-flash",
            "google/gemini-2.5-flash",
        ),
        (
            "aws.bedrock",
            "us.anthropic.claude-haiku-4-5-20251001-v1:0",
            "aws/regional.anthropic.claude-haiku-4-5-20251001-v1:0",
        ),
        (
            "aws.bedrock",
            "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-haiku-4-5-20251001-v1:0",
            "aws/regional.anthropic.claude-haiku-4-5-20251001-v1:0",
        ),
        (
            None,
            "bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0",
            "aws/regional.anthropic.claude-haiku-4-5-20251001-v1:0",
        ),
        ("azure.ai.openai", "azure/gpt-4o", "azure/gpt-4o"),
        ("openai", "ft:gpt-4o-mini-2024-07-18:acme::abc", "openai/ft:gpt-4o-mini"),
        ("openai", "ft:o3-mini-2025-01-31:acme::abc", "openai/o3-mini"),
        ("my-gateway", "gpt-4o", "openai/gpt-4o"),
    ],
)
def test_a_dressed_name_is_undressed(provider, model, listed):
    found = find_model(provider, model)
    assert found is not None
    assert found[0].name == listed


@pytest.mark.parametrize(
    ("provider", "model"),
    [
        ("azure.ai.openai", "our-deployment"),
        ("ollama", "llama3:8b"),
        ("openai", "gpt-4o-of-tomorrow"),
        ("groq", "claude-sonnet-4-5"),
        (None, ""),
    ],
)
def test_an_unknown_model_has_no_price(provider, model):
    assert price_call(make_span(provider=provider, request_model=model), USAGE) is None


def test_an_alias_says_what_a_deployment_is():
    book = PriceBook(aliases={"our-deployment": Alias("azure.ai.openai", "gpt-4o")})
    span = make_span(provider="azure.ai.openai", request_model="Our-Deployment")
    price = price_call(span, USAGE, book=book)
    assert (price.model, price.rule) == ("azure/gpt-4o", "the alias “Our-Deployment”")


def own(**fields):
    rates = {"input_tokens": Decimal(2), "output_tokens": Decimal(4), **fields.pop("rates", {})}
    return OwnPrice(
        **{"name": "our price", "model": "*", "provider": None, "since": None, "until": None, **fields},
        rates=rates,
    )


def cost(span, usage, **prices):
    return price_call(span, usage, book=PriceBook(own=[own(**prices)])).usd


def test_an_own_price_is_asked_before_the_list():
    span = make_span(provider="openai", request_model="gpt-4o")
    assert cost(span, USAGE, model="gpt-4*") == 6
    assert cost(span, USAGE, model="claude*") == price_call(span, USAGE).usd


def test_an_own_price_may_be_by_request_and_by_second():
    span = make_span(request_model="house", end_ns=2_500_000_000)
    assert cost(
        span, Usage(0, None, None, 1, None), rates={"requests": Decimal("0.5"), "seconds": Decimal("0.01")}
    ) == Decimal("0.530004")


def test_cached_input_without_a_rate_of_its_own_is_input():
    span = make_span(request_model="house")
    cached = Usage(1_000_000, 500_000, None, 0, None)
    assert cost(span, cached) == 2
    assert cost(span, cached, rates={"cache_read_tokens": Decimal(1)}) == Decimal("1.5")


def test_an_own_price_holds_in_its_time():
    span = make_span(request_model="gpt-4o", start_ns=1_790_000_000 * 10**9, end_ns=1_790_000_001 * 10**9)
    assert cost(span, USAGE, until=datetime(2026, 1, 1, tzinfo=UTC)) == price_call(span, USAGE).usd
    assert cost(span, USAGE, since=datetime(2026, 1, 1, tzinfo=UTC)) == 6


def test_a_batch_costs_less_and_a_priority_tier_more():
    span = make_span(request_model="gpt-4o", start_ns=IN_2026, end_ns=IN_2026)
    plain = price_call(span, USAGE).usd
    assert price_call(span, USAGE, details={"service_tier": "batch"}).usd == plain / 2
    assert price_call(span, USAGE, details={"service_tier": "priority"}).usd > plain
    assert price_call(span, USAGE, details={"service_tier": "auto"}).usd == plain


def test_audio_has_a_price_of_its_own():
    span = make_span(request_model="gpt-audio")
    usage = Usage(1_000_000, None, None, 0, None)
    assert (
        price_call(span, usage, details={"input_audio_tokens": 1_000_000}).usd > price_call(span, usage).usd
    )


def test_an_hours_cache_costs_more_to_write_than_five_minutes():
    span = make_span(request_model="claude-sonnet-4-5")
    usage = Usage(100_000, 0, 100_000, 0, None)
    assert price_call(span, usage, details={"cache_creation_1h_input_tokens": 100_000}).usd == Decimal("0.6")
    assert price_call(span, usage).usd == Decimal("0.375")


def test_an_answer_from_a_local_cache_costs_nothing_and_saved_its_price():
    span = make_span(request_model="gpt-4o")
    price = price_call(span, USAGE, details={"is_cache_hit": True})
    assert (price.usd, price.saved_usd) == (0, price_call(span, USAGE).usd)


def test_a_context_above_the_tier_costs_the_higher_rate_for_all_tokens():
    span = make_span(request_model="gemini-2.5-pro")
    below = price_call(span, Usage(200_000, None, None, 0, None)).usd
    above = price_call(span, Usage(200_001, None, None, 0, None)).usd
    assert above > below * Decimal("1.9")


def test_the_cost_is_a_range_where_the_split_that_matters_is_not_reported():
    span = make_span(request_model="gpt-4o")
    unknown = price_call(span, Usage(1_000_000, None, None, 0, None))
    assert (unknown.low_usd, unknown.usd) == (Decimal("1.25"), Decimal("2.5"))
    known = price_call(span, Usage(1_000_000, 0, None, 0, None))
    assert known.low_usd == known.usd


@pytest.mark.parametrize(
    ("provider", "model"),
    [
        ("openai", "gpt-4o"),
        ("anthropic", "claude-sonnet-4-5"),
        ("google", "gemini-2.5-flash"),
        ("openai", "o3-mini"),
    ],
)
def test_the_parts_add_up_to_what_the_list_itself_calculates(provider, model):
    usage = Usage(12_345, 2_000, 1_000 if provider == "anthropic" else None, 678, 90)
    price = price_call(make_span(provider=provider, request_model=model), usage)
    theirs = genai_prices.calc_price(
        genai_prices.Usage(
            input_tokens=12_345, cache_read_tokens=2_000, cache_write_tokens=usage[2] or 0, output_tokens=678
        ),
        model_ref=model,
        provider_id=provider,
        genai_request_timestamp=datetime(1970, 1, 1, tzinfo=UTC),
    )
    assert sum(part.usd for part in price.parts) == price.usd == theirs.total_price


@pytest.mark.parametrize(
    ("provider", "model"),
    [
        ("vllm", "openai/gpt-oss-120b"),
        ("lmstudio", "google/gemma-3-27b-it"),
        ("groq", "openai/gpt-4o"),
        (None, "ollama/command-r"),
    ],
)
def test_a_model_run_at_home_or_resold_has_not_its_makers_price(provider, model):
    assert find_model(provider, model) is None
