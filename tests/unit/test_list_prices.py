"""What calls cost by the list: caches, audio, reasoning, tiers of context and of service, and ranges."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tests.unit.spans import make_span
from traces.domain.price_list import VERSION, Rate, find_listed
from traces.domain.pricing import find_model, price_call
from traces.semconv.tokens import Usage

IN_2026 = datetime(2026, 11, 1, tzinfo=UTC)
IN_2026_NS = int(IN_2026.timestamp()) * 10**9
MILLION = 1_000_000


def price(model, usage, *, provider=None, **details):
    call = make_span(provider=provider, request_model=model, start_ns=IN_2026_NS, end_ns=IN_2026_NS)
    return price_call(call, usage, details=details)


def opened(found):
    """{kind: (quantity, rate)}"""
    return {part.kind: (part.quantity, part.rate_usd) for part in found.parts}


def test_a_call_opens_into_its_kinds_by_the_list() -> None:
    found = price("gpt-4o", Usage(10_000, 4_000, None, 500, None))

    assert opened(found) == {
        "cache_read_tokens": (4_000, Decimal("1.25")),
        "input_tokens": (6_000, Decimal("2.5")),
        "output_tokens": (500, Decimal(10)),
    }
    assert found.usd == found.low_usd == Decimal("0.025")
    assert (found.source, found.model, found.rule) == (VERSION, "openai/gpt-4o", "the name as it is")


def test_cache_reads_and_writes_of_both_lifetimes_cost_four_rates() -> None:
    usage = Usage(100_000, 50_000, 30_000, 1_000, None)

    found = price("claude-sonnet-4-5", usage, cache_creation_1h_input_tokens=10_000)

    assert opened(found) == {
        "cache_write_1h_tokens": (10_000, Decimal(6)),
        "cache_read_tokens": (50_000, Decimal("0.3")),
        "cache_write_tokens": (20_000, Decimal("3.75")),
        "input_tokens": (20_000, Decimal(3)),
        "output_tokens": (1_000, Decimal(15)),
    }
    assert found.usd == Decimal("0.225")


@pytest.mark.parametrize(
    ("usage", "details"),
    [
        (Usage(100, 101, None, 0, None), {}),
        (Usage(100, 60, 41, 0, None), {}),
        (Usage(100, None, 50, 0, None), {"cache_creation_1h_input_tokens": 51}),
        (Usage(None, 1, None, 5, None), {}),
    ],
    ids=["reads", "reads and writes", "writes for an hour", "no input"],
)
def test_parts_that_are_more_than_their_whole_have_no_price(usage, details) -> None:
    assert price("claude-sonnet-4-5", usage, **details) is None


def test_output_alone_has_a_price() -> None:
    assert price("gpt-4o", Usage(None, None, None, 1_000, None)).usd == Decimal("0.01")


def test_reasoning_is_output_and_not_billed_twice() -> None:
    plain, thought = (price("o3", Usage(0, None, None, 1_000, reasoning)) for reasoning in (None, 900))

    assert plain.parts == thought.parts
    assert thought.usd == Decimal("0.008")


def test_audio_in_and_out_cost_their_own_rates_within_the_wholes() -> None:
    usage = Usage(1_000, None, None, 500, None)

    found = price("gpt-audio", usage, input_audio_tokens=400, output_audio_tokens=300)

    assert opened(found) == {
        "input_audio_tokens": (400, Decimal(32)),
        "output_audio_tokens": (300, Decimal(64)),
        "input_tokens": (600, Decimal("2.5")),
        "output_tokens": (200, Decimal(10)),
    }
    assert found.usd == Decimal("0.0355")


def test_audio_read_from_a_cache_has_a_rate_of_its_own() -> None:
    usage = Usage(1_000, 500, None, 0, None)

    found = price(
        "gemini-2.5-flash",
        usage,
        provider="gcp.gemini",
        input_audio_tokens=400,
        cache_audio_read_tokens=300,
    )

    assert opened(found) == {
        "cache_audio_read_tokens": (300, Decimal("0.1")),
        "cache_read_tokens": (200, Decimal("0.03")),
        "input_audio_tokens": (100, Decimal(1)),
        "input_tokens": (400, Decimal("0.3")),
    }
    assert found.usd == found.low_usd == Decimal("0.000256")


def test_how_much_of_the_cached_input_was_audio_makes_a_range_where_it_is_not_told() -> None:
    usage = Usage(1_000, 700, None, 0, None)

    found = price("gemini-2.5-flash", usage, provider="gcp.gemini", input_audio_tokens=400)

    # At least 100 tokens of audio were cached, since all else is 600; at most all 400.
    least = (100 * Decimal("0.1") + 600 * Decimal("0.03") + 300) / MILLION
    most = (400 * Decimal("0.1") + 300 * Decimal("0.03") + 300 * Decimal("0.3")) / MILLION
    assert (found.usd, found.low_usd) == (least, most)


def test_without_a_cache_split_audio_may_have_been_cached_too() -> None:
    found = price(
        "gemini-2.5-flash", Usage(1_000, None, None, 0, None), provider="gcp.gemini", input_audio_tokens=400
    )

    assert found.usd == (400 + 600 * Decimal("0.3")) / MILLION
    assert found.low_usd == (400 * Decimal("0.1") + 600 * Decimal("0.03")) / MILLION


def test_more_audio_than_tokens_has_no_price() -> None:
    assert price("gpt-audio", Usage(10, None, None, 0, None), input_audio_tokens=11) is None


def test_audio_of_a_model_without_a_rate_for_it_is_input() -> None:
    found = price("gpt-4o", Usage(1_000, 0, None, 0, None), input_audio_tokens=400)

    assert opened(found) == {"input_tokens": (1_000, Decimal("2.5"))}


def test_a_list_price_by_the_request_is_added() -> None:
    found = price("sonar", Usage(MILLION, None, None, 0, None), provider="perplexity")

    assert opened(found) == {"input_tokens": (MILLION, Decimal(1)), "requests": (1, Decimal(12))}
    assert found.usd == Decimal("1.012")


# --- Tiers of context -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "rates", "usd"),
    [
        (200_000, ("0.125", "1.25", "10"), "0.2375"),
        (200_001, ("0.25", "2.5", "15"), "0.4700025"),
    ],
)
def test_above_the_tier_every_kind_costs_the_higher_rate(given, rates, usd) -> None:
    found = price("gemini-2.5-pro", Usage(given, 20_000, None, 1_000, None), provider="gcp.gemini")
    read, fresh, produced = map(Decimal, rates)

    assert opened(found) == {
        "cache_read_tokens": (20_000, read),
        "input_tokens": (given - 20_000, fresh),
        "output_tokens": (1_000, produced),
    }
    assert found.usd == Decimal(usd)


@pytest.mark.parametrize(("given", "usd"), [(0, 1), (10, 1), (11, 2), (100, 2), (101, 3), (10**9, 3)])
def test_of_several_tiers_the_highest_that_was_passed_holds(given, usd) -> None:
    rate = Rate("input_tokens", Decimal(1), MILLION, tiers=((100, Decimal(3)), (10, Decimal(2))))

    assert rate.at(given) == usd


# --- Terms of service -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tier", "usd"),
    [
        (None, "11.25"),
        ("", "11.25"),
        ("auto", "11.25"),
        ("standard", "11.25"),
        ("default", "11.25"),
        ("a tier of tomorrow", "11.25"),
        ("batch", "5.625"),
        ("BATCH", "5.625"),
        ("flex", "5.625"),
        ("priority", "22.5"),
        ("Priority", "22.5"),
    ],
)
def test_the_tier_of_service_sets_the_rates(tier, usd) -> None:
    details = {} if tier is None else {"service_tier": tier}

    assert price("gpt-5", Usage(MILLION, 0, None, MILLION, None), **details).usd == Decimal(usd)


def test_cached_input_is_cheaper_in_its_tier_too() -> None:
    found = price("gpt-5", Usage(MILLION, MILLION, None, 0, None), service_tier="priority")

    assert opened(found) == {"cache_read_tokens": (MILLION, Decimal("0.25"))}


# --- Ranges and local caches ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "usage", "low", "usd"),
    [
        ("gpt-4o", Usage(MILLION, None, None, 100_000, None), "2.25", "3.5"),
        ("gpt-4o", Usage(MILLION, MILLION, None, 100_000, None), "2.25", "2.25"),
        ("gpt-4o", Usage(MILLION, 0, None, 100_000, None), "3.5", "3.5"),
        ("claude-sonnet-4-5", Usage(100_000, None, None, 0, None), "0.03", "0.3"),
        ("gpt-4o", Usage(None, None, None, 100_000, None), "1", "1"),
        ("gpt-audio", Usage(MILLION, None, None, 0, None), "2.5", "2.5"),
    ],
    ids=["no split", "all cached", "none cached", "Anthropic", "no input", "no rate for caches"],
)
def test_the_cost_is_a_range_down_to_all_input_cached_where_no_split_is_reported(
    model, usage, low, usd
) -> None:
    found = price(model, usage)

    assert (found.low_usd, found.usd) == (Decimal(low), Decimal(usd))


def test_a_range_stays_in_its_tier_of_context() -> None:
    found = price("gemini-2.5-pro", Usage(400_000, None, None, 0, None))

    assert (found.low_usd, found.usd) == (Decimal("0.1"), Decimal(1))


def test_an_answer_from_a_local_cache_saved_what_the_call_would_have_cost_on_its_terms() -> None:
    found = price(
        "gpt-5", Usage(MILLION, None, None, MILLION, None), is_cache_hit=True, service_tier="priority"
    )

    assert (found.usd, found.low_usd, found.saved_usd) == (Decimal(0), Decimal(0), Decimal("22.5"))
    assert (found.parts, found.rule) == ((), "answered from a local cache")


def test_a_local_cache_of_an_unknown_model_saved_nobody_knows_what() -> None:
    assert price("nobody-knows", Usage(1, None, None, 1, None), is_cache_hit=True) is None


# --- Names that dress a model -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("provider", "model", "listed", "rule"),
    [
        ("openai", "gpt-4o", "openai/gpt-4o", "the name as it is"),
        ("my-gateway", "gpt-4o", "openai/gpt-4o", "the name as it is, at its maker’s price"),
        (None, "azure/gpt-4o-mini", "azure/gpt-4o-mini", "what follows “azure/”"),
        ("azure.ai.openai", "gpt-4o-2024-08-06", "azure/gpt-4o", "the name as it is"),
        (
            None,
            "vertex_ai/claude-sonnet-4-5@20250929",
            "google/claude-sonnet-4-5",
            "what follows “vertex_ai/”",
        ),
        ("anthropic", "claude-opus-4-latest", "anthropic/claude-opus-4-0", "the name without -latest"),
        ("openai", "ft:o3-mini-2025-01-31:acme::x", "openai/o3-mini", "the model that was fine-tuned"),
        (
            "aws.bedrock",
            "eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
            "aws/regional.anthropic.claude-sonnet-4-5-20250929-v1:0",
            "the name as it is",
        ),
        (
            "aws.bedrock",
            "global.anthropic.claude-sonnet-4-5-20250929-v1:0",
            "aws/global.anthropic.claude-sonnet-4-5-20250929-v1:0",
            "the name as it is",
        ),
    ],
)
def test_the_rule_says_how_a_name_was_read(provider, model, listed, rule) -> None:
    found = find_model(provider, model)

    assert found is not None
    assert (found[0].name, found[1].rule) == (listed, rule)


def test_a_region_of_bedrock_costs_its_own_price() -> None:
    usage = Usage(MILLION, 0, 0, 0, None)
    name = "anthropic.claude-haiku-4-5-20251001-v1:0"

    regional, everywhere = (
        price(f"{region}.{name}", usage, provider="aws.bedrock").usd for region in ("us", "global")
    )

    assert (regional, everywhere) == (Decimal("1.1"), Decimal(1))


@pytest.mark.parametrize("provider", ["vllm", "ollama", "lmstudio", "groq", "azure.ai.openai", "aws.bedrock"])
def test_a_name_at_a_seller_of_others_models_is_not_its_makers(provider) -> None:
    assert find_model(provider, "command-r") is None
    assert find_model("my-gateway", "command-r") is not None


def test_an_arn_that_names_no_model_has_no_price() -> None:
    arn = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3"

    assert find_model("aws.bedrock", arn) is None


def test_the_list_knows_the_window_of_a_model() -> None:
    listed = find_listed("openai", "gpt-4o")

    assert listed is not None
    assert listed.context_window == 128_000
    assert find_listed("openai", "nobody-knows") is None


def test_the_finest_kinds_stand_first_and_the_coarse_ones_name_them() -> None:
    listed = find_listed("gcp.gemini", "gemini-2.5-flash")
    assert listed is not None

    rates = listed.rates(at=IN_2026, context={})

    kinds = [rate.kind for rate in rates]
    finer = {rate.kind: {kinds[place] for place in rate.finer} for rate in rates}
    assert finer["input_tokens"] == {"cache_audio_read_tokens", "cache_read_tokens", "input_audio_tokens"}
    assert finer["cache_read_tokens"] == finer["input_audio_tokens"] == {"cache_audio_read_tokens"}
    assert all(place < kinds.index(rate.kind) for rate in rates for place in rate.finer)
