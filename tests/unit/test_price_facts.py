"""A cost opened into kind × count × rate, for one call and for a trace."""

from decimal import Decimal

import pytest

from dashboards.domain.price_facts import OpenedCost, PriceRow, open_cost, price_facts, reported_words
from tests.unit.nodes import make_node
from tests.unit.orders import in_other_orders

LIST = {"source": "the list", "model": "openai/gpt-4o", "rule": "the name as it is", "saved_usd": None}
PARTS = [["input_tokens", 1_200, "2.5", 1_000_000], ["output_tokens", 300, "10.00", 1_000_000]]
COST = Decimal("0.006")


def priced(number=1, *, parts=PARTS, cost_usd=COST, is_counted=True, reported=None, **price):
    return make_node(
        number,
        kind="llm",
        is_counted=is_counted,
        cost_usd=cost_usd,
        reported_cost_usd=reported,
        price={**LIST, "parts": parts, **price},
    )


# --- One call ---------------------------------------------------------------------------------------


def test_a_call_without_a_price_or_a_cost_has_nothing_to_open() -> None:
    assert price_facts(make_node(1)) is None
    assert price_facts(make_node(1, cost_usd=COST)) is None
    assert price_facts(priced(cost_usd=None)) is None


def test_a_cost_opens_into_kind_count_and_rate() -> None:
    facts = price_facts(priced())

    assert facts.rows == (
        PriceRow("input tokens", 1_200, "$2.5 per million", Decimal("0.003")),
        PriceRow("output tokens", 300, "$10 per million", Decimal("0.003")),
    )
    assert facts.total == sum(row.usd for row in facts.rows) == COST
    assert (facts.source, facts.model, facts.rule) == ("the list", "openai/gpt-4o", "the name as it is")
    assert (facts.saved, facts.reported) == ("", "")


@pytest.mark.parametrize(
    ("part", "row"),
    [
        (["requests", 1, "0.5", 1], PriceRow("requests", 1, "$0.5 each", Decimal("0.5"))),
        (["requests", 1, "12", 1_000], PriceRow("requests", 1, "$12 per 1,000", Decimal("0.012"))),
        (["seconds", 3, "0.01", 1], PriceRow("seconds", 3, "$0.01 each", Decimal("0.03"))),
        (
            ["audio_seconds", 10, "0.36", 3_600],
            PriceRow("audio seconds", 10, "$0.36 per 3,600", Decimal("0.001")),
        ),
        (
            ["cache_read_tokens", 3, "0.075", 1_000_000],
            PriceRow("tokens read from a cache", 3, "$0.075 per million", Decimal("2.25E-7")),
        ),
        (
            ["cache_write_1h_tokens", 1, "6", 1_000_000],
            PriceRow("tokens written to a cache for 1 h", 1, "$6 per million", Decimal("0.000006")),
        ),
        (["input_tokens", 5, "0", 1_000_000], PriceRow("input tokens", 5, "$0 per million", Decimal(0))),
        (
            ["input_tokens", 10, "1E-7", 1],
            PriceRow("input tokens", 10, "$0.0000001 each", Decimal("0.000001")),
        ),
    ],
)
def test_every_kind_and_unit_is_said_in_words(part, row) -> None:
    assert price_facts(priced(parts=[part])).rows == (row,)


def test_what_a_local_cache_saved_is_said() -> None:
    facts = price_facts(priced(parts=[], cost_usd=Decimal(0), saved_usd="0.0126"))

    assert (facts.rows, facts.total, facts.saved) == ((), Decimal(0), "$0.013")


@pytest.mark.parametrize(
    ("cost", "reported", "words"),
    [
        (None, None, ""),
        ("1", None, ""),
        (None, "0.5", "$0.50"),
        ("0.5", "0.50", "$0.50"),
        ("0.5", "0.75", "$0.75, $0.25 more"),
        ("0.75", "0.5", "$0.50, $0.25 less"),
        ("0.5", "0", "$0, $0.50 less"),
        ("0", "0.0031", "$0.0031, $0.0031 more"),
        ("12", "12.000001", "$12.00, $0.0000010 more"),
    ],
)
def test_what_the_exporter_says_is_compared_to_the_cost(cost, reported, words) -> None:
    assert (
        reported_words(
            cost_usd=Decimal(cost) if cost else None,
            reported_cost_usd=Decimal(reported) if reported else None,
        )
        == words
    )


def test_the_exporters_cost_stands_among_a_calls_facts() -> None:
    assert price_facts(priced(reported=Decimal("0.005"))).reported == "$0.0050, $0.0010 less"


# --- A trace ----------------------------------------------------------------------------------------


def test_a_trace_without_a_priced_call_has_nothing_to_open() -> None:
    assert open_cost([]) == ()
    assert open_cost([make_node(1), make_node(2, is_counted=True)]) == ()


@pytest.mark.parametrize("is_counted", [False, None])
def test_second_reports_cost_nothing_more(is_counted) -> None:
    assert open_cost([priced(1, is_counted=is_counted)]) == ()


def test_the_calls_of_a_model_add_up_kind_by_kind() -> None:
    more = [["input_tokens", 800, "2.5", 1_000_000], ["cache_read_tokens", 400, "1.25", 1_000_000]]

    assert open_cost([priced(1), priced(2, parts=more), make_node(3)]) == (
        OpenedCost(
            "openai/gpt-4o",
            "the list",
            "the name as it is",
            (
                PriceRow("input tokens", 2_000, "$2.5 per million", Decimal("0.005")),
                PriceRow("output tokens", 300, "$10 per million", Decimal("0.003")),
                PriceRow("tokens read from a cache", 400, "$1.25 per million", Decimal("0.0005")),
            ),
            Decimal("0.0085"),
        ),
    )


def test_one_kind_at_two_rates_is_two_rows() -> None:
    below = [["input_tokens", 200_000, "1.25", 1_000_000]]
    above = [["input_tokens", 400_000, "2.5", 1_000_000]]

    (cost,) = open_cost([priced(1, parts=below), priced(2, parts=above)])

    assert [(row.quantity, row.rate, row.usd) for row in cost.rows] == [
        (200_000, "$1.25 per million", Decimal("0.25")),
        (400_000, "$2.5 per million", Decimal(1)),
    ]
    assert cost.usd == Decimal("1.25")


def test_models_and_sources_stand_apart_the_dearest_first() -> None:
    nodes = [
        priced(1, parts=[["requests", 1, "1", 1]]),
        priced(2, parts=[["requests", 1, "3", 1]], model="b"),
        priced(3, parts=[["requests", 1, "2", 1]], source="our price"),
        priced(4, parts=[["requests", 1, "3", 1]], model="a"),
    ]
    expected = [
        ("a", "the list", Decimal(3)),
        ("b", "the list", Decimal(3)),
        ("openai/gpt-4o", "our price", Decimal(2)),
        ("openai/gpt-4o", "the list", Decimal(1)),
    ]
    for arrived in (nodes, *in_other_orders(nodes)):
        assert [(cost.model, cost.source, cost.usd) for cost in open_cost(arrived)] == expected


def test_many_small_costs_add_up_exactly() -> None:
    nodes = [priced(number, parts=[["input_tokens", 1, "0.1", 1_000_000]]) for number in range(1, 1_001)]

    (cost,) = open_cost(nodes)

    assert (cost.usd, cost.rows[0].quantity) == (Decimal("0.0001"), 1_000)


def test_a_cost_that_the_exporter_told_opens_as_what_it_told() -> None:
    (opened,) = open_cost([priced(cost_usd=Decimal("0.5"), parts=[], source="the exporter")])
    assert (opened.source, opened.rows, opened.usd) == ("the exporter", (), Decimal("0.5"))
