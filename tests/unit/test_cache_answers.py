"""Answers from a cache of the application's own: no calls, money saved, and never in the way of the call they repeat."""

from decimal import Decimal

import pytest

from tests.unit.orders import in_other_orders
from tests.unit.spans import make_span
from traces.domain.call_reports import Reason, ReportElsewhere
from traces.domain.span_row import STATUS_ERROR
from traces.domain.summary import read_trace, summarise, summarise_tree

SECOND = 1_000_000_000
GPT = {
    "kind": "llm",
    "provider": "openai",
    "request_model": "gpt-4o",
    "input_tokens": 100,
    "output_tokens": 20,
}
PRICE = Decimal("0.00045")
HIT = {"is_cache_hit": True}


def at(start_s: float, **columns):
    return {"start_ns": int(start_s * SECOND), "end_ns": int((start_s + 1) * SECOND), **GPT, **columns}


def reasons(summary):
    return {call.span.name: call.decision.reason for call in summary.calls}


def test_a_hit_with_the_calls_own_response_id_leaves_the_call_its_cost():
    spans = [
        make_span("run", kind="agent", end_ns=9 * SECOND),
        make_span("real", "run", **at(0, response_id="r1")),
        make_span("hit", "run", **at(3, response_id="r1", details=HIT)),
    ]
    summary = summarise(spans)
    assert (summary.cost_usd, summary.saved_usd, summary.llm_call_count) == (PRICE, PRICE, 1)
    assert reasons(summary) == {"real": Reason.CALL, "hit": Reason.LOCAL_CACHE}


@pytest.mark.parametrize("is_lone", [False, True])
def test_a_hit_in_another_trace_leaves_the_call_its_cost(is_lone):
    real = make_span("real", **at(0, response_id="r1"))
    hit = make_span("hit", "answer", **at(9, response_id="r1", details=HIT), trace_id=b"u" * 16)
    own = (
        [real]
        if is_lone
        else [make_span("run", kind="agent", end_ns=9 * SECOND), real._replace(parent_span_id=b"run")]
    )
    there = [
        make_span("answer", kind="agent", start_ns=9 * SECOND, end_ns=11 * SECOND, trace_id=b"u" * 16),
        hit,
    ]
    mine = summarise_tree(read_trace(own), elsewhere=[ReportElsewhere(hit, is_lone=False)])
    theirs = summarise_tree(read_trace(there), elsewhere=[ReportElsewhere(real, is_lone=is_lone)])
    assert (mine.cost_usd, mine.usage.input_tokens) == (PRICE, 100)
    assert (theirs.cost_usd, theirs.saved_usd, theirs.usage.input_tokens) == (None, PRICE, 0)


def test_one_report_that_knows_of_the_cache_is_enough():
    spans = [
        make_span("outer", scope="framework", **at(0, cache_read_input_tokens=0)),
        make_span("inner", "outer", scope="sdk", **at(0, details=HIT)),
    ]
    for arrived in [spans, spans[::-1]]:
        summary = summarise(arrived)
        assert (summary.cost_usd, summary.saved_usd, summary.llm_call_count) == (None, PRICE, 0)


def test_what_two_reports_tell_was_saved_once():
    spans = [
        make_span("outer", scope="framework", **at(0, details=HIT)),
        make_span("inner", "outer", scope="sdk", **at(0, details=HIT)),
    ]
    assert summarise(spans).saved_usd == PRICE


@pytest.mark.parametrize(
    ("first", "second", "errors"),
    [
        ({}, {"status": STATUS_ERROR, "error_type": "GraphInterrupt"}, 0),
        ({}, {"status": STATUS_ERROR, "error_type": "ValueError"}, 1),
        ({"status": STATUS_ERROR}, {"status": STATUS_ERROR}, 1),
    ],
)
def test_an_error_that_two_reports_tell_is_one(first, second, errors):
    spans = [
        make_span("run", kind="agent", end_ns=9 * SECOND),
        make_span("one", "run", scope="a", **at(0, response_id="r1", **first)),
        make_span("two", "run", scope="b", **at(0, response_id="r1", **second)),
    ]
    assert summarise(spans).error_count == errors


def test_two_traces_agree_on_where_a_call_counts_whatever_stands_above_it_in_one():
    x = make_span("x", "run", **at(0.1, response_id="r1"))
    here = [make_span("run", kind="agent", end_ns=9 * SECOND), x]
    there = {"trace_id": b"u" * 16}
    outer = make_span("outer", "other", scope="framework", **at(0, **there))
    inner = make_span("inner", "outer", scope="sdk", **at(0.4, response_id="r1", **there))
    others = [make_span("other", kind="agent", end_ns=9 * SECOND, **there), outer, inner]
    mine = summarise_tree(
        read_trace(here),
        elsewhere=[ReportElsewhere(inner, is_lone=False), ReportElsewhere(outer, is_lone=False)],
    )
    theirs = summarise_tree(read_trace(others), elsewhere=[ReportElsewhere(x, is_lone=False)])
    counted = [call for summary in (mine, theirs) for call in summary.calls if call.decision.is_counted]
    assert [call.span.name for call in counted] == ["x"]


def test_a_log_belongs_to_a_request_of_its_own_trace():
    silent = {"kind": "llm", "provider": "openai", "request_model": "gpt-4o"}
    request = make_span("request", end_ns=0, **silent)
    log = make_span(
        "log",
        **at(1, details={"concluded_duration_ns": SECOND}, trace_id=b"u" * 16, end_ns=SECOND),
    )
    summary = summarise_tree(read_trace([request]), elsewhere=[ReportElsewhere(log, is_lone=True)])
    assert reasons(summary) == {"request": Reason.UNMETERED}


def test_an_announcement_of_nothing_is_a_span_like_any_other():
    summary = summarise([make_span("alone", details={"pending_parent_id": ""})])
    assert (summary.name, summary.span_count, summary.status) == ("alone", 1, "open")


def test_silent_reports_beside_many_told_ones_are_matched_in_every_order():
    spans = [make_span("run", kind="agent", end_ns=99 * SECOND)]
    for turn in range(20):
        usage = {"input_tokens": 100 + turn, "output_tokens": 7}
        spans += [
            make_span(
                f"f{turn}", "run", scope="framework", **at(turn, input_tokens=None, output_tokens=None)
            ),
            make_span(f"s{turn}", "run", scope="sdk", **at(turn, **usage)),
        ]
    expected = summarise(spans)
    assert (expected.llm_call_count, expected.usage.input_tokens, expected.unmetered_call_count) == (
        20,
        sum(100 + turn for turn in range(20)),
        0,
    )
    for arrived in in_other_orders(spans):
        assert summarise(arrived) == expected
