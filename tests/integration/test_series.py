"""Figures over time: buckets, groups, percentiles, and what is left out."""

from decimal import Decimal

import pytest

from tests.integration.factories import BASE_NS, SECOND, make_call, make_trace
from traces.domain.filters import parse_filter
from traces.selectors.series import (
    CALL_GROUPINGS,
    MOST_BUCKETS,
    MOST_GROUPS,
    OTHERS,
    TRACE_GROUPINGS,
    SeriesError,
    call_series,
    cost_breakdown,
    cost_series,
    error_series,
    latency_series,
    spend_get,
    token_series,
)

pytestmark = pytest.mark.django_db

BUCKET = 10 * SECOND
SERIES = [latency_series, error_series, cost_series, token_series, call_series]


def asked(project, **changes):
    return {
        "project_id": project.pk,
        "since_ns": BASE_NS,
        "until_ns": BASE_NS + 100 * SECOND,
        "bucket_ns": BUCKET,
    } | changes


def test_latency_percentiles_are_interpolated_to_the_nanosecond(project):
    for duration_ns in range(101):
        make_trace(project, duration_ns=duration_ns * 1_000_003)

    (point,) = latency_series(**asked(project))

    assert (point.start_ns, point.group, point.count) == (BASE_NS, None, 101)
    assert [point.p50_ns, point.p90_ns, point.p95_ns, point.p99_ns] == [
        percentile * 1_000_003 for percentile in (50, 90, 95, 99)
    ]


def test_open_traces_are_left_out_of_latency_but_not_of_cost(project):
    make_trace(project, status="open", cost_usd=Decimal(3))

    assert latency_series(**asked(project)) == []
    (point,) = cost_series(**asked(project))
    assert point.cost_usd == Decimal(3)


def test_points_lie_in_the_buckets_of_their_traces_and_empty_buckets_have_none(project):
    for second in (0, 9, 25):
        make_trace(project, start_ns=BASE_NS + second * SECOND)
    make_trace(project, start_ns=BASE_NS - 1)
    make_trace(project, start_ns=BASE_NS + 100 * SECOND)

    points = latency_series(**asked(project))

    assert [(point.start_ns - BASE_NS, point.count) for point in points] == [(0, 2), (20 * SECOND, 1)]


def test_buckets_begin_at_multiples_of_their_length(project):
    make_trace(project)

    (point,) = latency_series(**asked(project, bucket_ns=7 * SECOND))

    assert point.start_ns == BASE_NS // (7 * SECOND) * 7 * SECOND


def test_a_trace_of_two_agents_is_in_the_group_of_each(project):
    make_trace(project, agent_names=["a", "b"], duration_ns=SECOND)
    make_trace(project, agent_names=["a"], duration_ns=3 * SECOND)
    make_trace(project)

    points = latency_series(**asked(project), by="agent")

    assert [(point.group, point.count, point.p50_ns) for point in points] == [
        (None, 1, 2 * SECOND),
        ("a", 2, 2 * SECOND),
        ("b", 1, SECOND),
    ]


@pytest.mark.parametrize("by", ["service", "environment"])
def test_traces_are_grouped_by_what_their_root_names(project, by):
    make_trace(project, **{by: "x"}, error_count=2, status="error")
    make_trace(project)

    points = error_series(**asked(project), by=by)

    assert [
        (point.group, point.trace_count, point.error_trace_count, point.error_count) for point in points
    ] == [(None, 1, 0, 0), ("x", 1, 1, 2)]


def test_cost_is_exact_and_unknown_cost_is_not_zero(project):
    for cents in range(1, 21):
        make_trace(project, cost_usd=Decimal(cents) / 100)
    make_trace(project, cost_usd=None, unmetered_call_count=2, unpriced_call_count=3)
    make_trace(project, cost_usd=None, start_ns=BASE_NS + BUCKET)

    priced, unknown = cost_series(**asked(project))

    assert (priced.trace_count, priced.cost_usd) == (21, Decimal("2.10"))
    assert (priced.mean_usd, priced.p95_usd) == (Decimal("0.105"), Decimal("0.19"))
    assert (priced.unknown.unmetered_call_count, priced.unknown.unpriced_call_count) == (2, 3)
    assert (unknown.cost_usd, unknown.mean_usd, unknown.p95_usd) == (None, None, None)


@pytest.fixture
def calls(project):
    """One trace with a call of each sort, its second report far from its start, and a trace with one call."""
    trace = make_trace(project, cost_usd=Decimal("0.03"))
    other = make_trace(project, start_ns=BASE_NS + 50 * SECOND, cost_usd=Decimal("0.05"))
    late = trace.start_ns + 30 * SECOND
    make_call(trace, model="m1", agent="a", cost_usd=Decimal("0.01"), cache_read_input_tokens=5)
    make_call(trace, model="m1", agent="a", cost_usd=Decimal("0.02"), start_ns=late, is_error=True)
    make_call(trace, model="m2", agent="b", cost_usd=None)
    unreported = {"input_tokens": None, "output_tokens": None, "cost_usd": None, "is_counted": False}
    make_call(trace, model="m2", agent="b", reason="unmetered", estimated_usd=Decimal("0.04"), **unreported)
    make_call(trace, model="m2", agent="b", reason="failed", is_error=True, billing="unknown", **unreported)
    make_call(trace, model="m1", agent="a", reason="same_response", is_counted=False, cost_usd=None)
    make_call(trace, model=None, agent="a", reason="wrapper", is_counted=False, cost_usd=None)
    make_call(other, model="m1", agent=None, service="s", cost_usd=Decimal("0.05"))
    return trace, other


def test_calls_are_counted_once_each(project, calls):
    points = call_series(**asked(project))

    assert [
        (
            point.trace_count,
            point.call_count,
            point.error_call_count,
            point.unknown,
        )
        for point in points
    ] == [(1, 5, 2, (1, 1, 1, 1, Decimal("0.04"))), (1, 1, 0, (0, 0, 0, 0, None))]


def test_tokens_are_those_of_counted_calls(project, calls):
    first, second = token_series(**asked(project))

    assert (first.input_tokens, first.output_tokens, first.cache_read_input_tokens) == (300, 30, 5)
    assert (second.input_tokens, second.output_tokens) == (100, 10)


def test_cost_by_group_is_of_whole_traces_in_their_own_bucket(project, calls):
    points = cost_series(**asked(project), by="model")

    assert [
        (point.start_ns - BASE_NS, point.group, point.trace_count, point.cost_usd, point.mean_usd)
        for point in points
    ] == [
        (0, "m1", 1, Decimal("0.03"), Decimal("0.03")),
        (0, "m2", 1, None, None),
        (50 * SECOND, "m1", 1, Decimal("0.05"), Decimal("0.05")),
    ]
    assert points[1].unknown == (1, 1, 1, 1, Decimal("0.04"))
    assert (points[1].unknown.call_count, points[1].unknown.silent_call_count) == (3, 2)


@pytest.mark.parametrize("by", CALL_GROUPINGS)
def test_groups_add_up_to_the_whole(project, calls, by):
    whole = cost_series(**asked(project))
    grouped = cost_series(**asked(project), by=by)

    assert sum(point.cost_usd or 0 for point in grouped) == sum(point.cost_usd for point in whole)


def test_smaller_groups_are_put_together(project):
    for number in range(MOST_GROUPS + 3):
        trace = make_trace(project, agent_names=[f"agent-{number:02}"])
        for _ in range(2 if number < MOST_GROUPS else 1):
            make_call(trace, agent=f"agent-{number:02}")
            make_trace(project, agent_names=[f"agent-{number:02}"])

    for points in (call_series(**asked(project), by="agent"), latency_series(**asked(project), by="agent")):
        groups = [point.group for point in points]
        assert len(groups) == MOST_GROUPS + 1
        assert OTHERS in groups
        assert "agent-00" in groups
        assert f"agent-{MOST_GROUPS + 1:02}" not in groups


@pytest.mark.parametrize("select", SERIES)
def test_a_filter_narrows_every_series(project, calls, select):
    kept = make_trace(project, start_ns=BASE_NS + 90 * SECOND, user_id="u")
    make_call(kept)

    points = select(**asked(project), expression=parse_filter("user = u"))

    assert [point.start_ns for point in points] == [BASE_NS + 90 * SECOND]


@pytest.mark.parametrize("select", SERIES)
@pytest.mark.parametrize(
    ("changes", "parameter", "words"),
    [
        ({"until_ns": BASE_NS}, "since", "must be before"),
        ({"bucket_ns": 0}, "bucket", "at least one nanosecond"),
        ({"bucket_ns": 100 * SECOND // MOST_BUCKETS}, "bucket", "longer bucket or a shorter range"),
        ({"by": "colour"}, "by", "one of .*agent, service, environment"),
    ],
)
def test_what_no_series_has_is_refused_in_words(project, select, changes, parameter, words):
    with pytest.raises(SeriesError, match=words) as caught:
        select(**asked(project, **changes))

    assert caught.value.parameter == parameter


def test_traces_are_not_grouped_by_model(project):
    with pytest.raises(SeriesError, match="agent, service, environment"):
        latency_series(**asked(project), by="model")


def test_a_breakdown_gives_the_dearest_first_and_adds_up(project, calls):
    shares = cost_breakdown(
        project_id=project.pk, since_ns=BASE_NS, until_ns=BASE_NS + 100 * SECOND, by="model"
    )

    assert [(share.group, share.call_count, share.input_tokens, share.cost_usd) for share in shares] == [
        ("m1", 3, 300, Decimal("0.08")),
        ("m2", 3, 100, None),
    ]
    assert shares[1].unknown == (1, 1, 1, 1, Decimal("0.04"))


def test_a_breakdown_puts_the_rest_together(project):
    trace = make_trace(project)
    for number in range(1, 5):
        make_call(trace, model=f"m{number}", cost_usd=Decimal(number))

    shares = cost_breakdown(
        project_id=project.pk, since_ns=BASE_NS, until_ns=BASE_NS + SECOND, by="model", limit=2
    )

    assert [(share.group, share.cost_usd) for share in shares] == [("m4", 4), ("m3", 3), (OTHERS, 3)]


def test_spend_takes_each_call_by_its_own_start(project, calls):
    def spend(since, until, **scope):
        return spend_get(
            project_id=project.pk,
            since_ns=BASE_NS + since * SECOND,
            until_ns=BASE_NS + until * SECOND,
            **scope,
        )

    assert spend(0, 100).cost_usd == Decimal("0.08")
    assert spend(0, 100).unknown == (1, 1, 1, 1, Decimal("0.04"))
    assert spend(20, 40).cost_usd == Decimal("0.02")
    assert spend(0, 100, agent="a").cost_usd == Decimal("0.03")
    assert spend(0, 100, service="s").cost_usd == Decimal("0.05")
    assert spend(60, 100).cost_usd == 0


def test_every_series_takes_one_query(project, calls, django_assert_num_queries):
    for select in SERIES:
        with django_assert_num_queries(1):
            select(**asked(project), by="agent", expression=parse_filter("answer"))


def test_strangers_see_nothing(calls, other_project):
    for select in SERIES:
        assert select(**asked(other_project)) == []
    everything = {"project_id": other_project.pk, "since_ns": 0, "until_ns": 2**63 - 1}
    assert cost_breakdown(**everything, by="model") == []
    assert spend_get(**everything).cost_usd == 0


def test_groupings_are_those_that_the_statements_know(project):
    for by in TRACE_GROUPINGS:
        assert latency_series(**asked(project), by=by) == []
    for by in CALL_GROUPINGS:
        assert token_series(**asked(project), by=by) == []


def test_what_is_left_to_a_wrapper_costs_and_is_no_call(project):
    trace = make_trace(project, cost_usd=Decimal("0.02"))
    make_call(trace, model="m1", reason="remainder", kind="agent", cost_usd=Decimal("0.02"))
    make_call(trace, model="m1", reason="metered_above", is_counted=False, cost_usd=None)

    [share] = cost_breakdown(project_id=project.pk, since_ns=BASE_NS, until_ns=BASE_NS + BUCKET, by="model")
    assert (share.group, share.call_count, share.cost_usd) == ("m1", 1, Decimal("0.02"))
    [point] = call_series(**asked(project))
    assert point.call_count == 1
    [point] = cost_series(**asked(project), by="model")
    assert point.cost_usd == Decimal("0.02")
