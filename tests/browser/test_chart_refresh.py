"""A live refresh brings a chart's element and its figure; both must come through."""

from playwright.sync_api import expect

from core.clock import now_ns
from tests.integration.factories import make_trace


def test_a_chart_is_drawn_again_after_a_live_refresh(page, project, member, sign_in):
    make_trace(project, start_ns=now_ns() - 60 * 10**9)
    sign_in(member)
    page.goto("/p/signals/")
    expect(page.locator("[data-chart='latency-chart'] .main-svg").first).to_be_visible()
    page.evaluate("document.querySelector('[data-chart]').dataset.before = 'true'")

    page.evaluate("document.body.dispatchEvent(new CustomEvent('lineside:alerts'))")

    expect(page.locator("[data-before]")).to_have_count(0)
    expect(page.locator("[data-chart='latency-chart'] .main-svg").first).to_be_visible()
