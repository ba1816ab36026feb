"""What holds for every trace, however broken: its figures agree with one another and do not depend on how it came."""

import random
from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.recordings import RUNS, spans_by_trace
from tests.unit.random_trees import (
    NS_PER_MS,
    TRACES,
    Run,
    agent_runs,
    any_spans,
    as_stored,
    ended_traces,
    stored_traces,
    two_stored_traces,
)
from tests.unit.spans import make_span
from traces.domain.call_reports import Reason, ReportElsewhere, usage_of
from traces.domain.latency import CATEGORIES
from traces.domain.pending import settle_pending
from traces.domain.pricing import PriceBook
from traces.domain.span_row import MODEL_CALL_KINDS, SpanRow
from traces.domain.summary import TraceSummary, read_trace, summarise, summarise_tree
from traces.domain.tree import walk
from traces.semconv.tokens import Usage

COUNTED = {Reason.CALL, Reason.ONLY_REPORT, Reason.GROWTH, Reason.REMAINDER}
CALLS = {
    Reason.CALL,
    Reason.ONLY_REPORT,
    Reason.GROWTH,
    Reason.FAILED,
    Reason.UNMETERED,
    Reason.METERED_ABOVE,
}
SECOND_REPORTS = {Reason.SAME_RESPONSE, Reason.SAME_CALL_NESTED, Reason.SAME_CALL_OVERLAP}

shufflers = st.randoms(use_true_random=False)
thoroughly = settings(max_examples=200)


def sum_or_none(amounts: Iterable[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None


def summarise_side_by_side(traces: Mapping[bytes, list[SpanRow]]) -> dict[bytes, TraceSummary]:
    """The summaries of several traces, each with the others' reports in view, in order of their ids."""
    trees = {trace_id: read_trace(spans) for trace_id, spans in sorted(traces.items())}
    reports = {
        trace_id: [ReportElsewhere(report.span, report.is_lone) for report in tree.reports]
        for trace_id, tree in trees.items()
    }
    return {
        trace_id: summarise_tree(
            tree, elsewhere=[told for other in reports if other != trace_id for told in reports[other]]
        )
        for trace_id, tree in trees.items()
    }


# --- Places -----------------------------------------------------------------------------------------


@given(any_spans)
def test_every_span_stands_in_one_place_below_its_parent(spans):
    tree = read_trace(spans)
    assert Counter(map(repr, (node.span for node in tree.nodes))) == Counter(map(repr, settle_pending(spans)))
    assert [node.depth for node in tree.forest] == [0] * len(tree.forest)
    for node in walk(tree.forest):
        starts = [child.span.start_ns for child in node.children]
        assert starts == sorted(starts)
        for child in node.children:
            assert (child.depth, child.is_orphan) == (node.depth + 1, False)
            assert child.span.parent_span_id == node.span.span_id


@pytest.mark.parametrize("kind", ["agent", "llm", "tool"])
@pytest.mark.parametrize("first_parent", [None, b"span4999", b"missing!"], ids=["chain", "ring", "orphan"])
def test_it_ends_on_spans_that_stand_thousands_deep(kind, first_parent):
    ids = [f"span{place:04}".encode() for place in range(5000)]
    spans = [
        make_span(
            span_id.decode(),
            kind=kind,
            parent_span_id=above,
            start_ns=place,
            details={"has_remote_parent": True} if above == b"missing!" else None,
            input_tokens=1 if kind == "llm" else None,
        )
        for place, (span_id, above) in enumerate(zip(ids, [first_parent, *ids], strict=False))
    ]
    summary = summarise(spans)
    assert (summary.span_count, summary.status) == (5000, "open" if first_parent == ids[-1] else "ok")
    assert summary.latency is None or sum(summary.latency.values()) == summary.duration_ns


@given(any_spans)
def test_counts_of_spans_lie_between_nothing_and_all(spans):
    summary = summarise(spans)
    spans_of_kind = Counter(span.kind for span in settle_pending(spans))
    assert summary.span_count == spans_of_kind.total()
    assert summary.tool_call_count == spans_of_kind["tool"]
    assert summary.error_count <= sum(span.status == 2 for span in spans)
    assert summary.llm_call_count <= len(summary.calls) <= summary.span_count


@given(any_spans)
def test_a_runs_behaviour_is_told_within_its_bounds(spans):
    behaviour = summarise(spans).behaviour
    assert behaviour.retry_count == sum(retry.attempts - 1 for retry in behaviour.retries)
    assert behaviour.retry_wait_ns == sum(retry.waited_ns for retry in behaviour.retries)
    assert all(retry.attempts >= 2 and retry.waited_ns >= 0 for retry in behaviour.retries)
    assert all(loop.times >= 3 for loop in behaviour.loops)
    assert all(growth.peak >= max(growth.first, growth.last) > 0 for growth in behaviour.context)
    times = [
        (int(state["start_time_unix_nano"]), int(state["end_time_unix_nano"])) for state in behaviour.states
    ]
    assert times == sorted(times)
    assert all(start <= end for start, end in times)


# --- Time -------------------------------------------------------------------------------------------


@thoroughly
@given(any_spans)
def test_the_latency_adds_up_to_the_nanosecond(spans):
    summary = summarise(spans)
    assert summary.end_ns - summary.start_ns == summary.duration_ns >= 0
    if summary.status == "open":
        assert (summary.latency, summary.time_to_first_token_ns) == (None, None)
    else:
        assert tuple(summary.latency) == CATEGORIES
        assert all(type(ns) is int and ns >= 0 for ns in summary.latency.values())
        assert sum(summary.latency.values()) == summary.duration_ns


@given(ended_traces)
def test_a_trace_takes_as_long_on_another_day(spans):
    hour_ns = 3600 * 10**9
    summary = summarise(spans)
    later = summarise(
        [span._replace(start_ns=span.start_ns + hour_ns, end_ns=span.end_ns + hour_ns) for span in spans]
    )
    assert (later.duration_ns, later.latency) == (summary.duration_ns, summary.latency)
    assert [call.decision.reason for call in later.calls] == [call.decision.reason for call in summary.calls]


# --- Tokens and money -------------------------------------------------------------------------------


@given(any_spans)
def test_every_report_has_one_decision_in_tree_order(spans):
    tree = read_trace(spans)
    telling = [
        node.span
        for node in tree.nodes
        if node.span.kind in MODEL_CALL_KINDS or usage_of(node.span).is_reported
    ]
    decided = [call.span for call in summarise_tree(tree).calls]
    assert len(decided) == len(telling)
    assert all(one is other for one, other in zip(decided, telling, strict=True))


@given(any_spans)
def test_a_decisions_reason_says_whether_it_counts(spans):
    for call in summarise(spans).calls:
        decision = call.decision
        assert decision.is_counted == (decision.reason in COUNTED)
        assert decision.is_call == (decision.reason in CALLS)
        assert (decision.same_as is not None) == (decision.reason in SECOND_REPORTS)
        assert (call.billing is not None) == (decision.reason is Reason.FAILED)
        assert decision.usage.is_reported or not decision.is_counted


@thoroughly
@given(any_spans)
def test_a_call_is_told_by_one_span_and_the_others_name_it(spans):
    decisions = [call.decision for call in summarise(spans).calls]
    told = [id(span) for decision in decisions for span in decision.reports]
    assert len(told) == len(set(told))
    first_reports = {
        (decision.span.trace_id, decision.span.span_id) for decision in decisions if decision.same_as is None
    }
    for decision in decisions:
        if decision.is_call and decision.span.kind in MODEL_CALL_KINDS:
            assert any(span is decision.span for span in decision.reports)
        assert decision.same_as is None or decision.same_as in first_reports


@given(any_spans)
def test_an_answer_of_the_provider_is_one_call(spans):
    calls_of = Counter(
        response_id
        for call in summarise(spans).calls
        for response_id in {span.response_id for span in call.decision.reports if span.response_id}
    )
    assert max(calls_of.values(), default=1) == 1


@thoroughly
@given(any_spans)
def test_a_traces_usage_is_that_of_its_counted_spans_and_reported_by_some(spans):
    summary = summarise(spans)
    counted = [call.decision.usage for call in summary.calls if call.decision.is_counted]
    reported = [usage_of(span) for span in spans]
    for place, total in enumerate(summary.usage):
        assert total == sum(usage[place] or 0 for usage in counted)
        assert total <= sum(usage[place] or 0 for usage in reported)


@given(any_spans)
def test_a_remainder_is_less_than_what_its_span_reports(spans):
    for call in summarise(spans).calls:
        if call.decision.reason is Reason.REMAINDER:
            left, told = call.decision.usage, usage_of(call.span)
            assert 0 < left.input_tokens <= told.input_tokens
            assert 0 <= (left.output_tokens or 0) <= (told.output_tokens or 0)


@thoroughly
@given(any_spans, st.booleans())
def test_a_trace_costs_what_its_counted_spans_cost(spans, counts_reported):
    summary = summarise(spans, book=PriceBook(counts_reported=counts_reported))
    counted = [call for call in summary.calls if call.decision.is_counted]
    assert summary.cost_usd == sum_or_none(call.cost_usd for call in counted)
    assert summary.cost_low_usd == sum_or_none(call.cost_low_usd for call in counted)
    assert summary.reported_cost_usd == sum_or_none(call.reported_cost_usd for call in counted)
    assert summary.unpriced_call_count == sum(call.price is None for call in counted)
    assert summary.cost_usd is None or 0 <= summary.cost_low_usd <= summary.cost_usd


@given(any_spans)
def test_a_price_opens_into_its_parts(spans):
    for call in summarise(spans).calls:
        if call.price is not None:
            assert 0 <= call.price.low_usd <= call.price.usd
            # Reports of one call may disagree on whether a cache answered; so only the price is looked at here.
            is_saved = call.price.saved_usd is not None
            assert call.price.usd == (0 if is_saved else sum(part.usd for part in call.price.parts))


# --- Order of arrival, repetitions ------------------------------------------------------------------


def arrivals(spans: list[SpanRow], shuffler: random.Random) -> list[SpanRow]:
    """The spans in any order, some of them several times."""
    arriving = [*spans, *(shuffler.choice(spans) for _ in range(len(spans) // 2 + 1))]
    shuffler.shuffle(arriving)
    return arriving


@thoroughly
@given(stored_traces, shufflers)
def test_it_says_the_same_whatever_the_order_and_however_often_spans_come(spans, shuffler):
    assert summarise(as_stored(arrivals(spans, shuffler))) == summarise(spans)


@thoroughly
@given(two_stored_traces, shufflers)
def test_it_says_the_same_of_two_traces_of_one_call_whatever_the_order(traces, shuffler):
    arriving = arrivals([span for spans in traces.values() for span in spans], shuffler)
    regrouped = {
        trace_id: [span for span in as_stored(arriving) if span.trace_id == trace_id] for trace_id in TRACES
    }
    assert summarise_side_by_side(regrouped) == summarise_side_by_side(traces)


@given(ended_traces, shufflers)
def test_an_announcement_changes_nothing_once_its_span_has_come(spans, shuffler):
    announced = [
        span._replace(
            span_id=b"p" + span.span_id[1:],
            parent_span_id=span.span_id,
            end_ns=span.start_ns,
            details={"pending_parent_id": (span.parent_span_id or b"").hex()},
        )
        for span in spans
        if shuffler.random() < 0.5
    ]
    mixed = [*spans, *announced]
    shuffler.shuffle(mixed)
    assert summarise(mixed) == summarise(spans)


@pytest.mark.parametrize("run", RUNS)
def test_it_says_the_same_of_a_recorded_run_whatever_the_order_and_however_often_spans_come(run):
    recorded = spans_by_trace(run)
    expected = summarise_side_by_side(recorded)
    for seed in range(3):
        shuffler = random.Random(seed)  # noqa: S311 — an order, not a secret
        arriving = arrivals([span for spans in recorded.values() for span in spans], shuffler)
        regrouped: dict[bytes, list[SpanRow]] = {}
        for span in as_stored(arriving):
            regrouped.setdefault(span.trace_id, []).append(span)
        assert summarise_side_by_side(regrouped) == expected


# --- Whoever tells it how often ---------------------------------------------------------------------


def told_again(call: SpanRow, *, parent_span_id: bytes | None, **changes) -> SpanRow:
    """The same call as a second instrumentation tells it: a little later begun, a little earlier ended."""
    return call._replace(
        span_id=b"again" + call.span_id[-3:],
        parent_span_id=parent_span_id,
        start_ns=call.start_ns + NS_PER_MS,
        end_ns=call.end_ns - NS_PER_MS,
        scope_digest=b"sdk",
        response_model="gpt-4o-2024-08-06",
        **changes,
    )


def repeated(run: Run, ways: list[str]) -> list[SpanRow]:
    """Second reports of the run's calls, each in its way: below the first, beside it, or as a root."""
    parent_of = {
        "below": lambda call: call.span_id,
        "beside": lambda call: call.parent_span_id,
        "root": lambda call: None,
    }
    return [
        told_again(call, parent_span_id=parent_of[way](call))
        for call, way in zip(run.calls, ways, strict=False)
        if way in parent_of
    ]


def with_sum(run: Run) -> list[SpanRow]:
    """The run's spans, of which the agent's repeats what all calls used."""
    agent, *others = run.spans
    sums = [sum(counts) for counts in zip(*(usage_of(call)[::3] for call in run.calls), strict=True)]
    return [agent._replace(input_tokens=sums[0], output_tokens=sums[1]), *others]


@thoroughly
@given(
    agent_runs(),
    st.lists(st.sampled_from(["not at all", "below", "beside", "root"]), min_size=7, max_size=7),
    st.booleans(),
)
def test_calls_are_counted_once_whoever_tells_them_again(run, ways, has_sum):
    once = summarise(run.spans)
    assert once.llm_call_count == len(run.calls)
    again = summarise([*(with_sum(run) if has_sum else run.spans), *repeated(run, ways)])
    assert (again.llm_call_count, again.usage) == (once.llm_call_count, once.usage)
    assert again.cost_usd == once.cost_usd
    assert again.latency == once.latency


@thoroughly
@given(agent_runs(), st.booleans())
def test_calls_are_counted_once_where_another_trace_tells_each_of_them(run, has_response_ids):
    calls = run.calls
    if has_response_ids:
        calls = [call._replace(response_id=call.span_id.decode()) for call in calls]
    own = [span for span in run.spans if span.kind != "llm"] + calls
    traces = {own[0].trace_id: own}
    for place, call in enumerate(calls):
        trace_id = place.to_bytes(16, "big")
        traces[trace_id] = [told_again(call, parent_span_id=None, trace_id=trace_id)]
    summaries = summarise_side_by_side(traces).values()
    expected = summarise(run.spans)
    assert sum(summary.llm_call_count for summary in summaries) == len(calls)
    assert Usage(*map(sum, zip(*(summary.usage for summary in summaries), strict=True))) == expected.usage
    assert sum_or_none(summary.cost_usd for summary in summaries) == expected.cost_usd
