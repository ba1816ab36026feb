"""A project's own prices: units, validity, order, names, aliases, and what they leave open."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from tests.unit.spans import make_span
from traces.domain.model_names import Reading
from traces.domain.price_list import VERSION
from traces.domain.pricing import (
    Alias,
    OwnPrice,
    PriceBook,
    PricePart,
    price_call,
    price_terms,
    reported_price,
)
from traces.semconv.tokens import NO_USAGE, Usage

MIDNIGHT = datetime(2026, 11, 1, tzinfo=UTC)
MIDNIGHT_NS = int(MIDNIGHT.timestamp()) * 10**9
MILLION = 1_000_000
USAGE = Usage(MILLION, None, None, MILLION, None)


def own(name="our price", *, model="*", provider=None, since=None, until=None, **rates):
    return OwnPrice(
        name=name,
        model=model,
        provider=provider,
        since=since,
        until=until,
        rates={kind: Decimal(rate) for kind, rate in rates.items()},
    )


def price(*prices, usage=USAGE, details=None, aliases=None, **span):
    book = PriceBook(own=prices, aliases=aliases or {})
    call = make_span(**{"request_model": "house", "start_ns": MIDNIGHT_NS, "end_ns": MIDNIGHT_NS, **span})
    return price_call(call, usage, details=details, book=book)


# --- Units ------------------------------------------------------------------------------------------


def test_tokens_cost_by_the_million_requests_and_seconds_by_the_piece() -> None:
    found = price(
        own(input_tokens="2", output_tokens="4", requests="0.5", seconds="0.01"),
        usage=Usage(1_500, None, None, 250, None),
        end_ns=MIDNIGHT_NS + 3 * 10**9,
    )

    assert found.parts == (
        PricePart("input_tokens", 1_500, Decimal(2), MILLION),
        PricePart("output_tokens", 250, Decimal(4), MILLION),
        PricePart("requests", 1, Decimal("0.5"), 1),
        PricePart("seconds", 3, Decimal("0.01"), 1),
    )
    assert found.usd == found.low_usd == Decimal("0.534")
    assert (found.source, found.model, found.rule, found.saved_usd) == (
        "our price",
        "*",
        "the name as it is",
        None,
    )


@pytest.mark.parametrize(
    ("duration_ns", "seconds"),
    [(0, 0), (-5, 0), (1, 1), (10**9 - 1, 1), (10**9, 1), (10**9 + 1, 2), (3_600 * 10**9, 3_600)],
)
def test_a_begun_second_is_a_second(duration_ns, seconds) -> None:
    found = price(own(seconds="0.1"), end_ns=MIDNIGHT_NS + duration_ns)

    assert found.usd == Decimal("0.1") * seconds


def test_a_call_without_usage_is_not_priced_even_by_the_request() -> None:
    assert price(own(requests="0.5"), usage=NO_USAGE) is None


def test_a_call_without_a_model_has_no_price() -> None:
    assert price(own(requests="0.5"), request_model=None) is None
    assert price(own(requests="0.5"), request_model="") is None


def test_a_price_of_nothing_is_nothing_not_unknown() -> None:
    assert price(own(input_tokens="0", output_tokens="0")).usd == Decimal(0)
    assert price(own()).usd == Decimal(0)


def test_a_rate_far_below_a_cent_is_exact() -> None:
    found = price(own(input_tokens="0.0000001"), usage=Usage(1, None, None, None, None))

    assert found.usd == Decimal("1E-13")


def test_usage_of_nothing_costs_nothing_and_has_no_parts() -> None:
    found = price(own(input_tokens="2", output_tokens="4"), usage=Usage(0, 0, 0, 0, 0))

    assert (found.usd, found.parts) == (Decimal(0), ())


# --- Caches -----------------------------------------------------------------------------------------


CACHED = Usage(MILLION, 600_000, 300_000, 0, None)


@pytest.mark.parametrize(
    ("rates", "usd"),
    [
        ({}, "2"),
        ({"cache_read_tokens": "0.5"}, "1.1"),
        ({"cache_write_tokens": "3"}, "2.3"),
        ({"cache_read_tokens": "0.5", "cache_write_tokens": "3"}, "1.4"),
        ({"cache_read_tokens": "0"}, "0.8"),
    ],
    ids=str,
)
def test_cached_input_costs_its_own_rate_where_it_has_one(rates, usd) -> None:
    found = price(own(input_tokens="2", **rates), usage=CACHED)

    assert found.usd == found.low_usd == Decimal(usd)
    assert sum(part.quantity for part in found.parts) == MILLION


def test_more_cached_input_than_input_is_no_usage_to_price() -> None:
    over = Usage(100, 60, 41, 0, None)

    assert price(own(input_tokens="2", cache_read_tokens="1", cache_write_tokens="3"), usage=over) is None
    assert price(own(input_tokens="2", cache_read_tokens="1"), usage=over).usd == Decimal("0.00014")


@pytest.mark.parametrize(
    ("usage", "low"),
    [
        (Usage(MILLION, None, None, 0, None), "0.5"),
        (Usage(MILLION, 0, None, 0, None), "2"),
        (Usage(MILLION, None, 0, 0, None), "2"),
    ],
    ids=["no split", "no reads", "no writes"],
)
def test_the_cost_is_a_range_where_the_cache_split_is_missing(usage, low) -> None:
    found = price(own(input_tokens="2", cache_read_tokens="0.5"), usage=usage)

    assert (found.low_usd, found.usd) == (Decimal(low), Decimal(2))


def test_the_least_it_can_have_cost_is_never_above_the_cost() -> None:
    found = price(own(input_tokens="2", cache_read_tokens="9"), usage=Usage(MILLION, None, None, 0, None))

    assert found.low_usd == found.usd == Decimal(2)


def test_a_local_cache_saved_what_the_own_price_says() -> None:
    found = price(own(input_tokens="2", output_tokens="4"), details={"is_cache_hit": True})

    assert (found.usd, found.low_usd, found.saved_usd, found.parts) == (
        Decimal(0),
        Decimal(0),
        Decimal(6),
        (),
    )
    assert (found.source, found.rule) == ("our price", "answered from a local cache")


# --- Time -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start_ns", "source"),
    [
        (MIDNIGHT_NS - 1_000, "old"),
        (MIDNIGHT_NS, "new"),
        (MIDNIGHT_NS + 86_400 * 10**9 - 1_000, "new"),
        (MIDNIGHT_NS + 86_400 * 10**9, None),
    ],
    ids=["just before", "at its beginning", "just before its end", "at its end"],
)
def test_a_price_holds_from_its_beginning_up_to_its_end(start_ns, source) -> None:
    old = own("old", until=MIDNIGHT, input_tokens="1")
    new = own("new", since=MIDNIGHT, until=MIDNIGHT + timedelta(days=1), input_tokens="2")

    for prices in ((old, new), (new, old)):
        found = price(*prices, start_ns=start_ns)
        assert (found and found.source) == source


def test_the_call_counts_when_it_began() -> None:
    before = own("before", until=MIDNIGHT, input_tokens="1")
    after = own("after", since=MIDNIGHT, input_tokens="2")

    assert price(before, after, start_ns=MIDNIGHT_NS - 1_000, end_ns=MIDNIGHT_NS + 10**9).source == "before"


def test_a_beginning_in_another_time_zone_is_the_same_moment() -> None:
    berlin = MIDNIGHT.astimezone(timezone(timedelta(hours=1)))

    assert own(since=berlin).fits(Reading(None, "house", ""), MIDNIGHT)
    assert not own(until=berlin).fits(Reading(None, "house", ""), MIDNIGHT)


# --- Which price ------------------------------------------------------------------------------------


def test_the_first_price_that_fits_is_taken() -> None:
    one, two = own("one", model="ho*", input_tokens="1"), own("two", model="*se", input_tokens="2")

    assert price(one, two).source == "one"
    assert price(two, one).source == "two"


def test_the_name_as_it_is_goes_before_an_earlier_price_for_its_undated_reading() -> None:
    undated = own("undated", model="house", input_tokens="1")
    dated = own("dated", model="house-2026-10-01", input_tokens="2")

    assert price(undated, dated, request_model="house-2026-10-01").source == "dated"
    assert price(undated, dated, request_model="house-2026-09-01").source == "undated"


@pytest.mark.parametrize(
    ("glob", "fits"),
    [
        ("*", True),
        ("House", True),
        ("h?use", True),
        ("hou*", True),
        ("use", False),
        ("house?", False),
        ("", False),
    ],
)
def test_a_models_name_fits_a_glob_in_any_case(glob, fits) -> None:
    found = price(own(model=glob, input_tokens="1"), request_model="HOUSE")

    assert (found is not None) is fits


def test_the_served_model_is_priced() -> None:
    served = own("served", model="house-2", input_tokens="1")

    assert price(served, response_model="house-2").source == "served"
    assert price(served, response_model="house-3") is None


@pytest.mark.parametrize(
    ("of", "by", "fits"),
    [
        (None, None, True),
        (None, "vllm", True),
        ("vllm", "vllm", True),
        ("vllm", "ollama", False),
        ("vllm", None, False),
    ],
)
def test_a_price_of_one_provider_is_not_anothers(of, by, fits) -> None:
    found = price(own(provider=of, input_tokens="1"), provider=by)

    assert (found is not None) is fits


def test_a_seller_in_the_name_is_the_provider() -> None:
    bedrocks = own("ours", provider="aws.bedrock", model="us.anthropic.*", input_tokens="1")

    found = price(bedrocks, request_model="bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0")

    assert (found.source, found.rule) == ("ours", "what follows “bedrock/”")


def test_a_price_that_does_not_fit_leaves_the_list() -> None:
    found = price(own(model="claude*", input_tokens="1"), provider="openai", request_model="gpt-4o")

    assert (found.source, found.model, found.usd) == (VERSION, "openai/gpt-4o", Decimal("12.5"))


# --- Aliases ----------------------------------------------------------------------------------------


def test_an_alias_is_read_before_the_name() -> None:
    aliases = {"gpt-4o": Alias("openai", "gpt-4o-mini")}

    found = price(provider="openai", request_model="gpt-4o", aliases=aliases)

    assert (found.model, found.rule, found.usd) == (
        "openai/gpt-4o-mini",
        "the alias “gpt-4o”",
        Decimal("0.75"),
    )


def test_an_own_price_may_be_for_what_an_alias_stands_for() -> None:
    aliases = {"fast": Alias("vllm", "house-small")}
    small = own("small", model="house-small", provider="vllm", input_tokens="1")

    assert price(small, request_model="FAST", aliases=aliases).source == "small"


def test_an_alias_may_stand_for_a_name_in_gateway_dress() -> None:
    aliases = {"fast": Alias(None, "azure/gpt-4o-2024-08-06")}

    assert price(request_model="fast", aliases=aliases).model == "azure/gpt-4o"


def test_an_alias_of_an_unknown_model_leaves_the_name_itself() -> None:
    aliases = {"gpt-4o": Alias("vllm", "nobody-knows")}

    assert price(provider="openai", request_model="gpt-4o", aliases=aliases).model == "openai/gpt-4o"


def test_an_alias_does_not_stand_for_another_alias() -> None:
    aliases = {"one": Alias(None, "two"), "two": Alias("openai", "gpt-4o")}

    assert price(request_model="one", aliases=aliases) is None
    assert price(request_model="two", aliases=aliases).model == "openai/gpt-4o"


# --- Other ------------------------------------------------------------------------------------------


def test_only_what_a_price_depends_on_is_kept_of_a_calls_details() -> None:
    terms = {
        "service_tier": "flex",
        "input_audio_tokens": 1,
        "output_audio_tokens": 2,
        "cache_creation_1h_input_tokens": 3,
        "is_cache_hit": True,
    }

    assert price_terms({**terms, "http_status": 200, "reported_cost_usd": "1"}) == terms
    assert price_terms({"http_status": 200}) is None
    assert price_terms({}) is None


def test_a_book_with_nothing_in_it_counts_by_the_list() -> None:
    assert PriceBook() == PriceBook(own=(), aliases={}, counts_reported=False)


def test_the_exporters_cost_is_a_price_without_parts() -> None:
    found = reported_price(Decimal("0.0042"), model=None)

    assert (found.usd, found.low_usd, found.parts) == (Decimal("0.0042"), Decimal("0.0042"), ())
    assert (found.source, found.model, found.rule) == ("the exporter", "", "as the exporter reports it")
