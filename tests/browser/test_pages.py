"""The pages in a real browser: readable in both themes and widths, live, by keyboard and without scripts."""

import re

import pytest
from playwright.sync_api import expect

from core.clock import now_ns
from tests.agent_run import CALL, ROOT, SECOND, TOOL, TRACE_ID, agent_run, receive
from tests.integration.factories import make_trace
from tests.otlp_requests import make_request, make_span
from traces.live import announce_traces

TRACE = f"/p/signals/traces/{TRACE_ID.hex()}/"


@pytest.fixture
def run(page, project, member, sign_in, span_tables):
    """One agent run, and its member signed in; `page` comes first because it opens the database."""
    receive(project, agent_run())
    sign_in(member)


def chosen(page, span_id: bytes):
    return page.locator(f"#span-{span_id.hex()}[aria-selected='true']")


@pytest.mark.parametrize(
    "path",
    [
        "/p/signals/",
        "/p/signals/traces/",
        TRACE,
        f"{TRACE}?span={TOOL.hex()}",
        "/p/signals/costs/",
        "/p/signals/connect/",
    ],
)
def test_a_page_can_be_read_in_both_themes_and_widths(page, run, look, fits, path):
    page.goto(path)
    page.wait_for_load_state("networkidle")
    expect(page.locator("h1").first).to_be_visible()
    assert fits()


def test_an_empty_project_can_be_read_in_both_themes_and_widths(page, member, sign_in, look, fits):
    sign_in(member)
    page.goto("/p/signals/")
    expect(page.get_by_text("OTEL_EXPORTER_OTLP_ENDPOINT").first).to_be_visible()
    assert fits()


def test_the_charts_are_drawn_with_points_and_the_timeout_as_a_line(page, run):
    page.goto("/p/signals/")
    for chart in ("latency-chart", "trace-cost-chart"):
        expect(page.locator(f"[data-chart='{chart}'] .scatterlayer .trace").first).to_be_attached()
    expect(page.locator("[data-chart='latency-chart'] .shapelayer path").first).to_be_attached()
    expect(page.locator(".legend__entry", has_text="user timeout 1 min")).to_be_visible()
    page.goto("/p/signals/costs/")
    expect(page.locator("[data-chart] .barlayer .point").first).to_be_attached()


def test_a_new_trace_appears_in_the_list_by_itself(page, project, run, elsewhere):
    page.goto("/p/signals/traces/")
    expect(page.locator("[data-live-state]")).to_have_text("Live")
    trace = make_trace(project, name="fresh from the wire", start_ns=now_ns())
    elsewhere(lambda: announce_traces(project_id=project.pk, trace_ids=[trace.trace_id]))

    expect(page.get_by_role("link", name="fresh from the wire")).to_be_visible(timeout=5_000)
    expect(page.locator(".trace-row").first).to_contain_text("fresh from the wire")


def test_the_overview_fills_by_itself(page, project, member, sign_in, span_tables, elsewhere):
    sign_in(member)
    page.goto("/p/signals/")
    expect(page.get_by_text("OTEL_EXPORTER_OTLP_ENDPOINT").first).to_be_visible()
    page.wait_for_timeout(500)
    receive(project, agent_run())
    elsewhere(lambda: announce_traces(project_id=project.pk, trace_ids=[TRACE_ID]))

    expect(page.get_by_role("heading", name="Trace latency")).to_be_visible(timeout=5_000)


def test_a_filter_is_written_into_the_address(page, run):
    page.goto("/p/signals/traces/")
    page.get_by_label("Status").select_option("error")
    page.get_by_role("button", name="Filter", exact=True).click()

    expect(page).to_have_url(re.compile(r"status=error"))
    expect(page.get_by_role("link", name="plan trip")).to_have_count(0)


def test_a_filter_that_is_changed_before_it_was_answered_gives_the_last_one(page, run):
    page.goto("/p/signals/traces/")
    with page.expect_event("requestfailed", lambda request: "status=error" in request.url):
        page.get_by_label("Status").evaluate(
            """(select) => {
                for (const status of ["error", "ok"]) {
                    select.value = status;
                    select.dispatchEvent(new Event("change", { bubbles: true }));
                }
            }"""
        )

    expect(page).to_have_url(re.compile(r"status=ok"))
    expect(page.get_by_label("Status")).to_have_value("ok")


def test_a_span_is_chosen_by_a_click_and_stays_in_the_address(page, run):
    page.goto(TRACE)
    page.locator(f"#span-{CALL.hex()}").click()

    expect(page).to_have_url(re.compile(f"span={CALL.hex()}"))
    expect(page.locator("#span-panel")).to_contain_text("The night train.")
    page.reload()
    expect(chosen(page, CALL)).to_be_visible()
    expect(page.locator("#span-panel")).to_contain_text("The night train.")


def test_a_span_is_chosen_by_the_keyboard(page, run):
    page.goto(TRACE)
    page.locator(f"#span-{ROOT.hex()}").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(f"span={TOOL.hex()}"))
    expect(page.locator("#span-panel")).to_contain_text("KeyError")


def test_a_branch_is_folded_and_unfolded(page, run):
    page.goto(TRACE)
    page.locator(f"#span-{ROOT.hex()}").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(f"#span-{CALL.hex()}")).to_be_hidden()
    page.get_by_role("button", name="Expand all").click()
    expect(page.locator(f"#span-{CALL.hex()}")).to_be_visible()


def test_what_an_agent_wrote_does_not_run(page, run):
    dialogs = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.goto(f"{TRACE}?span={CALL.hex()}")
    expect(page.locator("#span-panel")).to_contain_text("<script>alert('agent')</script>")
    assert dialogs == []


def test_links_lead_on_without_scripts(browser, base_url, context, run):
    """The same session in a browser that runs no scripts."""
    plain = browser.new_context(
        java_script_enabled=False, storage_state=context.storage_state(), base_url=base_url
    )
    page = plain.new_page()
    page.goto("/p/signals/traces/")
    page.get_by_role("link", name="plan trip").click()
    page.locator(f"#span-{TOOL.hex()}").click()

    expect(page).to_have_url(re.compile(f"span={TOOL.hex()}"))
    expect(page.locator("#span-panel")).to_contain_text("KeyError")
    plain.close()


def test_the_switcher_leads_to_the_other_project(page, run, member, other_project):
    other_project.memberships.create(user=member)
    page.goto("/p/signals/costs/")
    page.locator("summary", has_text="Signals").click()
    page.get_by_role("link", name="Elsewhere").click()
    expect(page).to_have_url(re.compile(r"/p/elsewhere/"))


def test_a_long_trace_is_drawn_in_parts(page, project, member, sign_in, span_tables):
    """Two thousand calls under one root: the first part at once, the rest as the reader comes to it."""
    start_ns = now_ns() - 60 * SECOND
    root = make_span(
        trace_id=TRACE_ID,
        span_id=ROOT,
        name="root",
        start_time_unix_nano=start_ns,
        end_time_unix_nano=start_ns + 50 * SECOND,
    )
    steps = [
        make_span(
            trace_id=TRACE_ID,
            span_id=(1_000 + number).to_bytes(8, "big"),
            parent_span_id=ROOT,
            name=f"step {number}",
            start_time_unix_nano=start_ns + number * 10**7,
            end_time_unix_nano=start_ns + number * 10**7 + 10**6,
        )
        for number in range(2_000)
    ]
    receive(project, make_request(root, *steps).SerializeToString())
    sign_in(member)

    page.goto(TRACE)
    expect(page.get_by_text("2,001 spans", exact=True)).to_be_visible()
    drawn = page.locator(".span-row").count()
    assert 0 < drawn < 2_001
    page.locator("#more-spans").scroll_into_view_if_needed()
    # Not by expect() alone: for its message it reads the whole tree at each try, and so keeps the page from drawing.
    page.locator(".span-row").nth(drawn).wait_for(state="attached")
    expect(page.locator(".span-row").nth(drawn)).to_be_attached()


def test_a_span_without_tokens_does_not_speak_of_them_on_a_phone(page, run):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(TRACE)

    def words_after(span_id: bytes) -> str:
        cell = page.locator(f"#span-{span_id.hex()} .span-row__tokens")
        return cell.evaluate("element => getComputedStyle(element, '::after').content")

    assert words_after(CALL) == '" tokens"'
    assert words_after(TOOL) == "none"
