"""Reads of trace summaries: order, pages, filters, and whose they are."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tests.integration.factories import BASE_NS, SECOND, make_trace
from traces.domain.filters import parse_filter
from traces.selectors.cursors import CursorError
from traces.selectors.traces import (
    TRACE_ORDERS,
    TraceQuery,
    trace_choices,
    trace_get,
    trace_list,
    traces_open,
    traces_summarised_since,
)

pytestmark = pytest.mark.django_db


def names(project, text="", **query):
    page = trace_list(
        project_id=project.pk, query=TraceQuery(expression=parse_filter(text), **query), limit=100
    )
    return [row.name for row in page.results]


def walk_pages(project, order, *, limit):
    cursor, seen = None, []
    while True:
        page = trace_list(project_id=project.pk, query=TraceQuery(order=order), limit=limit, cursor=cursor)
        seen += page.results
        if page.next_cursor is None:
            return seen
        assert len(page.results) == limit
        cursor = page.next_cursor


@pytest.fixture
def varied(project):
    """Seven traces in which each order has ties and gaps."""
    return [
        make_trace(
            project,
            name=f"t{number}",
            start_ns=BASE_NS + number // 2 * SECOND,
            duration_ns=number % 3 * SECOND,
            cost_usd=None if number == 3 else Decimal(number % 2),
            input_tokens=number % 4,
            output_tokens=1,
        )
        for number in range(7)
    ]


@pytest.mark.parametrize("order", TRACE_ORDERS)
@pytest.mark.parametrize("limit", [1, 2, 7, 50])
def test_pages_give_every_trace_once_and_in_order(project, varied, order, limit):
    rows = walk_pages(project, order, limit=limit)

    keys = {
        "-start": lambda row: -row.start_ns,
        "start": lambda row: row.start_ns,
        "-duration": lambda row: -row.duration_ns,
        "-cost": lambda row: Decimal(1) if row.cost_usd is None else -row.cost_usd,
        "-tokens": lambda row: -row.tokens,
    }
    assert sorted(row.name for row in rows) == sorted(trace.name for trace in varied)
    assert [keys[order](row) for row in rows] == sorted(keys[order](row) for row in rows)


def test_pages_stay_whole_while_traces_arrive(project, varied):
    first = trace_list(project_id=project.pk, query=TraceQuery(), limit=3)
    make_trace(project, name="newer", start_ns=BASE_NS + 60 * SECOND)
    make_trace(project, name="older", start_ns=BASE_NS - 60 * SECOND)

    rest = trace_list(project_id=project.pk, query=TraceQuery(), limit=50, cursor=first.next_cursor)

    seen = [row.name for row in first.results + rest.results]
    assert len(seen) == len(set(seen)) == len(varied) + 1
    assert seen[-1] == "older"
    assert "newer" not in seen


def test_a_cursor_of_another_order_is_refused(project, varied):
    page = trace_list(project_id=project.pk, query=TraceQuery(), limit=2)

    with pytest.raises(CursorError):
        trace_list(project_id=project.pk, query=TraceQuery(order="-cost"), cursor=page.next_cursor)


def test_a_range_holds_its_start_and_not_its_end(project):
    for second in range(3):
        make_trace(project, name=f"t{second}", start_ns=BASE_NS + second * SECOND)

    assert names(project, since_ns=BASE_NS + SECOND, until_ns=BASE_NS + 2 * SECOND) == ["t1"]


@pytest.mark.parametrize("limit", [-1, 0, 5000])
def test_limits_are_kept_within_bounds(project, limit):
    for _ in range(2):
        make_trace(project)

    page = trace_list(project_id=project.pk, query=TraceQuery(), limit=limit)

    assert len(page.results) == (2 if limit > 0 else 1)


NO_TIME = {"start_time_unix_nano": str(BASE_NS), "end_time_unix_nano": str(BASE_NS)}


@pytest.fixture
def planner(project):
    return make_trace(
        project,
        name="plan a trip",
        status="error",
        duration_ns=30 * SECOND,
        agent_names=["planner", "critic"],
        model_names=["gpt-4o-mini"],
        tool_names=["search_web"],
        service_names=["api", "worker"],
        service="api",
        environment="production",
        release="1.2",
        user_id="u-1",
        session_id="s-1",
        error_message="Rate limit: 100% of quota used",
        cost_usd=Decimal("0.25"),
        input_tokens=9_000,
        output_tokens=3_000,
        error_count=2,
        span_count=40,
        llm_call_count=12,
        retry_count=3,
        retry_wait_ns=4 * SECOND,
        fallback_count=1,
        loop_count=5,
        handoff_count=2,
        human_wait_count=1,
        context_peak_tokens=90_000,
        context_window_tokens=100_000,
        thread_id="talk-1",
        completeness=72,
        gaps=["usage", "user"],
        states=[{"state": name, "agent": None} | NO_TIME for name in ("Planning", "Reflecting")],
    )


@pytest.fixture
def bare(project):
    """A trace that names nothing."""
    return make_trace(project, name="bare")


@pytest.mark.parametrize(
    "text",
    [
        "status = error",
        "status in (open, error)",
        "status != ok",
        "name = \"plan a trip\"",
        "name ~ plan*",
        "name ~ ?lan*trip",
        "name != bare",
        "agent = critic",
        "agent ~ plan*",
        "agent in (nobody, critic)",
        "model ~ gpt-4*",
        "tool = search_web",
        "service = worker",
        "environment = production",
        "release in (1.1, 1.2)",
        "user = u-1",
        "session ~ s-*",
        "duration > 2s",
        "duration = 30s",
        "duration in (30s, 31s)",
        "cost > $0.10",
        "cost = 0.25",
        "cost in ($0.25, $1)",
        "tokens >= 12k",
        "input_tokens = 9k",
        "output_tokens < 4k and output_tokens > 0",
        "errors > 0",
        "spans != 1",
        "calls >= 12",
        "trip",
        "RATE",
        "100%",
        "s-1",
        "u-1",
        "retries > 2",
        "retry_wait >= 4s",
        "fallbacks = 1",
        "loops >= 3",
        "handoffs > 1",
        "waits = 1",
        "context > 80k",
        "context_percent >= 90",
        "thread = talk-1",
        "completeness < 80",
        "gap = usage",
        "gap ~ us*",
        "state = Reflecting",
        "state ~ Plan*",
        "state in (Planning, Executing)",
        "agent = planner and agent = critic",
        "agent = nobody or agent = critic",
        "not name = bare",
        "not (name = bare or cost < $0.10)",
        "rate limit quota",
    ],
)  # fmt: skip
def test_filters_find_what_they_say_and_nothing_else(project, planner, bare, text):
    assert names(project, text) == ["plan a trip"]


@pytest.mark.parametrize(
    "text",
    [
        "agent != planner",
        "user != u-1",
        "cost != $0.25",
        "not cost > $0.10",
        "not agent = planner",
        "not user ~ u*",
        'not "rate limit"',
        "environment != production",
        "state != Planning",
        "gap != usage",
        "not context_percent > 1",
    ],
)
def test_what_lacks_a_field_is_in_the_complement(project, planner, bare, text):
    assert names(project, text) == ["bare"]


@pytest.mark.parametrize(
    "text", ["user = x", "cost >= 0 and name = bare", "name ~ pl_n*", "10_%", "name ~ PLAN*"]
)
def test_filters_do_not_find_what_they_do_not_say(project, planner, bare, text):
    assert names(project, text) == []


def test_the_beginning_of_a_trace_id_finds_it(project, bare):
    trace = make_trace(project, name="known by id", trace_id=bytes.fromhex("ab12" + "0" * 28))

    assert names(project, "AB12") == ["known by id"]
    assert names(project, trace.trace_id.hex()) == ["known by id"]


def test_hostile_values_find_nothing_and_harm_nothing(project, bare):
    assert names(project, '"\'; DELETE FROM traces_trace; --"') == []
    assert names(project, 'agent = "{x}" or name ~ "%s"') == []
    assert names(project) == ["bare"]


def test_a_summary_keeps_its_types(project):
    trace = make_trace(
        project,
        agent_names=["a"],
        cost_usd=Decimal("0.000000000000000001"),
        latency={"model_ns": 5},
        states=[
            {
                "state": "Planning",
                "start_time_unix_nano": str(BASE_NS),
                "end_time_unix_nano": str(BASE_NS + 1),
                "agent": None,
            }
        ],
    )

    row = trace_get(project_id=project.pk, trace_id=trace.trace_id)

    assert row.trace_id == trace.trace_id
    assert row.agents == ("a",)
    assert row.cost_usd == Decimal("0.000000000000000001")
    assert row.latency == {"model_ns": 5}
    assert row.states[0]["start_time_unix_nano"] == BASE_NS
    assert row.summarised_at.tzinfo is not None


def test_choices_are_sorted_and_from_the_range(project):
    make_trace(project, agent_names=["old"], start_ns=BASE_NS - SECOND)
    make_trace(project, agent_names=["b", "a"], model_names=["m"], service_names=["s"], environment="prod")
    make_trace(project, agent_names=["b"])

    choices = trace_choices(project_id=project.pk, since_ns=BASE_NS)

    assert choices.agents == ("a", "b")
    assert (choices.models, choices.services, choices.environments) == (("m",), ("s",), ("prod",))


def test_alerts_read_what_was_summarised_across_projects(project, other_project):
    moment = datetime(2026, 9, 21, 12, tzinfo=UTC)
    for owner, seconds in ((project, 0), (other_project, 1), (project, 2)):
        make_trace(owner, name=f"s{seconds}", summarised_at=moment + timedelta(seconds=seconds))

    rows = traces_summarised_since(since=moment, until=moment + timedelta(seconds=2), limit=10)

    assert [(row.name, row.project_id) for row in rows] == [("s0", project.pk), ("s1", other_project.pk)]


def test_a_limit_never_splits_a_moment(project):
    moment = datetime(2026, 9, 21, 12, tzinfo=UTC)
    for seconds in (0, 1, 1, 1, 2):
        make_trace(project, summarised_at=moment + timedelta(seconds=seconds))

    rows = traces_summarised_since(since=moment, until=moment + timedelta(hours=1), limit=2)

    assert len(rows) == 4


def test_alerts_read_open_traces_longest_running_first(project, other_project):
    moment = datetime(2026, 9, 21, 12, tzinfo=UTC)
    make_trace(project, name="young", status="open", start_ns=BASE_NS + 1, summarised_at=moment)
    make_trace(other_project, name="old", status="open", summarised_at=moment)
    make_trace(project, name="silent", status="lost", summarised_at=moment)
    make_trace(project, name="ended", summarised_at=moment)

    assert [row.name for row in traces_open(limit=10)] == ["old", "young"]


def test_reads_take_one_query(project, varied, django_assert_num_queries):
    with django_assert_num_queries(1):
        trace_list(project_id=project.pk, query=TraceQuery(expression=parse_filter("t1 agent=x")))
    with django_assert_num_queries(1):
        trace_get(project_id=project.pk, trace_id=varied[0].trace_id)
    with django_assert_num_queries(1):
        trace_choices(project_id=project.pk, since_ns=0)


def test_strangers_see_nothing(varied, other_project):
    assert names(other_project) == []
    assert trace_get(project_id=other_project.pk, trace_id=varied[0].trace_id) is None
    assert trace_choices(project_id=other_project.pk, since_ns=0).agents == ()
