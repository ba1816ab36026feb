"""What Lineside counts in recorded runs is what the model server billed."""

import random
from decimal import Decimal

import pytest

from tests.recordings import PRICED_RUNS, RUNS, spans_by_trace, summarise_run, visible
from traces.domain.summary import summarise
from traces.semconv.tokens import Usage


@pytest.fixture(scope="module", params=RUNS)
def run(request):
    return request.param


@pytest.fixture(scope="module")
def summaries(run):
    return summarise_run(run)


def test_it_counts_each_billed_call_that_a_span_reports_once(run, summaries):
    metered = sum(
        summary.llm_call_count - summary.unmetered_call_count - summary.failed_call_count
        for summary in summaries
    )
    assert metered == visible(run).call_count


@pytest.mark.parametrize("field", Usage._fields)
def test_it_counts_the_tokens_to_the_last_one(run, summaries, field):
    assert sum(getattr(summary.usage, field) for summary in summaries) == getattr(visible(run).usage, field)


@pytest.mark.parametrize("priced_run", PRICED_RUNS)
def test_it_prices_the_calls_as_the_price_list_does(priced_run):
    costs = [summary.cost_usd or Decimal(0) for summary in summarise_run(priced_run)]
    assert sum(costs) == visible(priced_run).full_cost_usd


@pytest.mark.parametrize("priced_run", PRICED_RUNS)
def test_the_true_cost_lies_between_the_lowest_and_the_full_price(priced_run):
    lowest = sum(summary.cost_low_usd or Decimal(0) for summary in summarise_run(priced_run))
    assert lowest <= visible(priced_run).true_cost_usd <= visible(priced_run).full_cost_usd


def test_a_traces_cost_is_the_sum_of_its_counted_calls(summaries):
    for summary in summaries:
        prices = [call.price.usd for call in summary.calls if call.decision.is_counted and call.price]
        assert summary.cost_usd == (sum(prices) if prices else None)


def test_its_latency_adds_up_to_the_nanosecond(summaries):
    for summary in summaries:
        if summary.latency is not None:
            assert sum(summary.latency.values()) == summary.duration_ns


def test_it_says_the_same_whatever_the_order_of_arrival(run):
    shuffler = random.Random(7)  # noqa: S311 — an order, not a secret
    for spans in spans_by_trace(run).values():
        shuffled = list(spans)
        shuffler.shuffle(shuffled)
        assert summarise(shuffled) == summarise(spans)
