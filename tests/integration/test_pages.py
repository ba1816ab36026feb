"""The pages by their HTML: who sees them, what they say, what they refuse, what they cost."""

import re
from decimal import Decimal

import pytest
from django.utils.html import escape

from core.clock import now_ns
from tests.agent_run import CALL, MARKUP, SECOND, STACK, TOOL, TRACE_ID, agent_run, receive
from tests.integration.factories import make_call, make_trace

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("span_tables")]

PAGES = ("", "traces/", f"traces/{TRACE_ID.hex()}/", "costs/", "prices/", "alerts/", "connect/", "doctor/")


@pytest.fixture
def run(project):
    """One agent run, received and summarised."""
    receive(project, agent_run())


@pytest.fixture
def text(client, member):
    """The page of `project` at an address, for its member."""
    client.force_login(member)

    def text(path: str, **query) -> str:
        response = client.get(f"/p/signals/{path}", query)
        assert response.status_code == 200
        return response.content.decode()

    return text


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("person", "status"), [("owner", 200), ("member", 200), ("stranger", 404)])
def test_a_project_is_for_its_people(client, request, run, path, person, status):
    client.force_login(request.getfixturevalue(person))
    assert client.get(f"/p/signals/{path}").status_code == status


@pytest.mark.parametrize("path", PAGES)
def test_who_is_not_signed_in_is_sent_to_the_sign_in_page(client, project, path):
    response = client.get(f"/p/signals/{path}")
    assert (response.status_code, response["location"].partition("?")[0]) == (302, "/sign-in/")


@pytest.mark.parametrize("path", PAGES)
def test_the_policy_allows_nothing_inline(client, member, run, path):
    client.force_login(member)
    response = client.get(f"/p/signals/{path}")
    page = response.content.decode()
    policy = response["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-" not in policy
    assert not re.search(r"<[^>]+\s(style|on\w+)=", page)
    assert "<style" not in page
    scripts = re.findall(r"<script([^>]*)>", page)
    assert all("src=" in script or 'type="application/json"' in script for script in scripts)


@pytest.mark.parametrize("path", PAGES)
def test_a_strangers_project_shows_nothing_of_ours(client, stranger, run, path):
    client.force_login(stranger)
    response = client.get(f"/p/elsewhere/{path}")
    assert "plan trip" not in response.content.decode()


@pytest.mark.parametrize(("path", "words"), [("", "OTEL_EXPORTER_OTLP_ENDPOINT"), ("connect/", "waiting")])
def test_an_empty_project_tells_a_newcomer_what_to_do(text, path, words):
    page = text(path)
    assert words in page
    assert "x-api-key=" in page


def test_the_overview_has_both_metrics_first(text, run):
    page = text("")
    latency, cost = page.index("Trace latency"), page.index("Token cost per trace")
    assert latency < cost < page.index("Running now") < page.index("Recent errors")
    assert page.index("Most expensive") < page.index("Slowest")
    for words in ("p50", "p95", "p99", "User timeout", "Spent this month", "5 s", "$0.0045"):
        assert words in page


def test_a_running_trace_is_among_what_runs_now(text, project):
    make_trace(project, status="open", name="still at it", start_ns=now_ns() - 5 * SECOND)
    running = text("").partition("Running now")[2].partition("Recent errors")[0]
    assert "still at it" in running


@pytest.mark.parametrize("path", ["", "traces/"])
def test_a_run_is_as_old_as_its_beginning_whatever_its_last_span_said(text, project, path):
    start_ns = now_ns() - 100 * SECOND
    make_trace(
        project,
        status="open",
        start_ns=start_ns,
        duration_ns=SECOND,
        end_ns=now_ns() - SECOND,
        llm_call_count=1,
        unmetered_call_count=1,
    )
    page = text(path)
    shown = re.search(rf'data-ticking="{start_ns}"[^>]*>([^<]*)<', page)
    assert re.fullmatch(r"1 min (4|5)\d s", shown[1])
    after = page[shown.end() :].partition("</tr>")[0]
    assert after.count("unknown") == 2  # its tokens, and what they cost


def test_a_trace_in_the_list_has_its_figures(text, run):
    row = text("traces/").partition('class="trace-row"')[2].partition("</tr>")[0]
    for words in ("plan trip", "planner", "gpt-4o", "5 s", "1.2k", "$0.0032–$0.0045", "ok", "ago"):
        assert words in row


def test_an_unknown_cost_is_never_shown_as_nothing(text, project):
    make_trace(project, llm_call_count=1, unmetered_call_count=1, cost_usd=None, start_ns=now_ns() - SECOND)
    row = text("traces/").partition('class="trace-row"')[2].partition("</tr>")[0]
    assert "unknown" in row
    assert "$0" not in row


def test_a_cost_of_which_calls_are_missing_says_how_many(text, project):
    cost = {"cost_usd": Decimal("0.5"), "cost_low_usd": Decimal("0.5")}
    make_trace(project, llm_call_count=3, unmetered_call_count=2, start_ns=now_ns() - SECOND, **cost)
    row = text("traces/").partition('class="trace-row"')[2].partition("</tr>")[0]
    assert "at least $" in row
    assert "2 calls unknown" in row


FILTERS = [
    ({"status": "error"}, ["broken"]),
    ({"agent": "critic"}, ["slow"]),
    ({"model": "gpt-4o"}, ["dear"]),
    ({"min_duration": "30s"}, ["slow"]),
    ({"min_duration": "30"}, ["slow"]),
    ({"min_cost": "$1"}, ["dear"]),
    ({"text": "brok"}, ["broken"]),
    ({"q": "duration > 30s or cost > $1"}, ["dear", "slow"]),
    ({"range": "1h"}, ["broken", "dear", "slow"]),
]


@pytest.fixture
def varied(project):
    """Three traces of today that differ, and one of last week."""
    now = now_ns()
    make_trace(project, name="broken", status="error", start_ns=now - 90 * SECOND)
    make_trace(
        project, name="slow", agent_names=["critic"], start_ns=now - 100 * SECOND, duration_ns=40 * SECOND
    )
    make_trace(project, name="dear", model_names=["gpt-4o"], cost_usd=2, start_ns=now - 95 * SECOND)
    make_trace(project, name="old", start_ns=now - 7 * 86_400 * SECOND)


@pytest.mark.parametrize(("query", "names"), FILTERS)
def test_a_filter_in_the_address_gives_its_rows(text, varied, query, names):
    found = re.findall(r'class="trace-row__link"[^>]*>([^<]+)<', text("traces/", **query))
    assert sorted(found) == names


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"q": "duration >"}, "character"),
        ({"min_duration": "long"}, "long"),
        ({"min_cost": "much"}, "much"),
        ({"status": "bad"}, "bad"),
    ],
)
def test_a_wrong_filter_is_answered_in_words(text, varied, query, words):
    page = text("traces/", **query)
    assert "Nothing is shown until the filter is right" in page
    assert words in page.partition("field__error")[2]


def test_the_list_goes_on_by_keyset(text, project):
    for number in range(60):
        make_trace(project, name=f"run {number:02}", start_ns=now_ns() - (100 + number) * SECOND)
    first = text("traces/")
    older = re.search(r'class="button" href="/p/signals/traces/\?cursor=([^"]+)"', first)[1]
    second = text("traces/", cursor=older)
    found = [re.findall(r"run \d\d", page) for page in (first, second)]
    assert {*found[0], *found[1]} == {f"run {number:02}" for number in range(60)}
    assert not {*found[0]} & {*found[1]}


def test_the_trace_page_draws_the_tree(text, run):
    page = text(f"traces/{TRACE_ID.hex()}/")
    rows = re.findall(r'role="treeitem"\s+id="span-(\w+)"[^>]*aria-level="(\d)"', page)
    assert [level for _, level in rows] == ["1", "2", "2"]
    for words in ("plan trip", "chat gpt-4o", "execute_tool find_fares", "$0.0045", "1.2k", "no fares"):
        assert words in page


def test_the_panel_shows_the_call_that_the_address_names(text, run):
    page = text(f"traces/{TRACE_ID.hex()}/", span=CALL.hex())
    panel = page.partition('id="span-panel"')[2]
    for words in ("The night train.", "gpt-4o-2024-08-06", "openai", "temperature", "Attributes"):
        assert words in panel


def test_the_panel_shows_an_exception_with_its_stack(text, run):
    panel = text(f"traces/{TRACE_ID.hex()}/", span=TOOL.hex()).partition('id="span-panel"')[2]
    assert "KeyError" in panel
    assert escape(STACK.splitlines()[1]) in panel


def test_what_an_agent_wrote_is_text(text, run):
    page = text(f"traces/{TRACE_ID.hex()}/", span=CALL.hex())
    assert MARKUP not in page
    assert "<b>bold" not in page
    assert escape(MARKUP) in page


def test_the_panel_comes_alone_where_it_is_asked_for_alone(client, member, run):
    client.force_login(member)
    address = f"/p/signals/traces/{TRACE_ID.hex()}/spans/{CALL.hex()}/"
    part = client.get(address, headers={"hx-request": "true"})
    assert "The night train." in part.content.decode()
    assert "<html" not in part.content.decode()
    whole = client.get(address)
    assert whole["location"] == f"/p/signals/traces/{TRACE_ID.hex()}/?span={CALL.hex()}"


@pytest.mark.parametrize("trace_id", ["ff" * 16, "zz", "0af7"])
def test_an_unknown_trace_is_said_to_be_one(client, member, project, trace_id):
    client.force_login(member)
    response = client.get(f"/p/signals/traces/{trace_id}/")
    assert response.status_code == 404
    assert "trace" in response.content.decode().lower()


def test_costs_are_told_by_model_agent_service_and_day(text, run):
    page = text("costs/", range="7d")
    for words in ("By model", "By agent", "By service", "gpt-4o", "planner", "tests", "$0.0045"):
        assert words in page


def test_lists_take_a_constant_number_of_queries(client, member, project, django_assert_max_num_queries):
    client.force_login(member)
    for number in range(30):
        trace = make_trace(project, name=f"run {number}", start_ns=now_ns() - (100 + number) * SECOND)
        make_call(trace, start_ns=trace.start_ns)
    for path, most in (("", 22), ("traces/", 10), ("costs/", 14)):
        with django_assert_max_num_queries(most):
            client.get(f"/p/signals/{path}")
