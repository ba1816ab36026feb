"""Alerts as a person meets them: a threshold set in the admin, the badge that appears by itself, the incident."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from alerts import tasks
from alerts.models import Channel, Incident, Rule
from core.clock import now, now_ns
from tests.integration.alert_rules import make_channel, make_rule
from tests.integration.factories import SECOND, make_trace


@pytest.fixture
def admin_owner(page, owner, sign_in):
    """The owner, let into the admin and signed in; `page` comes first because it opens the database."""
    owner.is_staff = True
    owner.save()
    sign_in(owner)
    return owner


@pytest.fixture(autouse=True)
def _deliver_here(monkeypatch):
    """What the evaluation enqueues runs at once, without a worker."""
    monkeypatch.setattr(tasks.deliver_due, "delay", tasks.deliver_due)


def slow_run(project, **fields):
    """A run of 12 s that ended and was summarised just now."""
    values = {"start_ns": now_ns() - 12 * SECOND, "duration_ns": 12 * SECOND, "name": "Plan a trip to Lisbon"}
    return make_trace(project, summarised_at=now(), **(values | fields))


@pytest.fixture
def incident(promises, elsewhere):
    """A run of 12 s against 8.5 s, of which the team heard and a broken hook did not."""
    broken = make_channel(promises, name="Hook", kind="webhook", config={"url": "http://localhost:9/"})
    make_rule(
        promises,
        name="Slow for the user",
        threshold=Decimal("8.5") * SECOND,
        severity="critical",
        filter='agent = "planner"',
        channels=[make_channel(promises), broken],
    )
    elsewhere(tasks.evaluate_rules)
    slow_run(promises, agent_names=["planner"])
    elsewhere(tasks.evaluate_rules)
    return Incident.objects.get()


def test_the_alerts_page_can_be_read_in_both_themes_and_widths(page, admin_owner, incident, look, fits):
    page.goto("/p/signals/alerts/")

    expect(page.locator(".firing")).to_have_text("1 firing")
    expect(page.get_by_role("link", name="Slow for the user").first).to_be_visible()
    expect(page.get_by_role("link", name="Plan a trip to Lisbon")).to_be_visible()
    expect(page.get_by_text("1 delivered, 1 waiting")).to_be_visible()
    assert fits()


def test_an_incident_can_be_read_in_both_themes_and_widths(page, admin_owner, incident, look, fits):
    page.goto(f"/p/signals/alerts/{incident.pk}/")

    expect(page.get_by_role("heading", level=1)).to_contain_text("Slow for the user")
    expect(page.get_by_role("img", name="Trace Latency 12 s, threshold 8.5 s")).to_be_visible()
    expect(page.get_by_text("1.4 × the threshold of 8.5 s")).to_be_visible()
    expect(page.get_by_text("retrying")).to_be_visible()
    expect(page.get_by_text("which alerts may not reach")).to_be_visible()
    assert fits()


def test_the_first_thresholds_can_be_read_in_both_themes_and_widths(page, admin_owner, promises, look, fits):
    page.goto("/p/signals/alerts/")

    expect(page.get_by_role("link", name="Trace Latency > 24 s")).to_be_visible()
    expect(page.get_by_role("link", name="Spend this month > $240.00")).to_be_visible()
    assert fits()


def test_the_admin_of_alerts_fits_both_themes_and_widths(page, admin_owner, incident, look, fits):
    channel = Channel.objects.get(kind="webhook")
    changes = [f"rule/{incident.rule_id}", f"channel/{channel.pk}", f"incident/{incident.pk}"]
    lists = ["rule/", "channel/", "incident/"]
    for path in (*lists, "rule/add/", "channel/add/", *(f"{change}/change/" for change in changes)):
        page.goto(f"/admin/alerts/{path}")
        page.wait_for_function(
            "window.Alpine !== undefined && !document.documentElement.hasAttribute('x-cloak')"
        )
        page.wait_for_load_state("networkidle")
        assert page.locator("#content").is_visible(), path
        assert fits(), path


def test_a_threshold_is_set_by_the_first_suggestion(page, admin_owner, promises):
    page.goto("/p/signals/alerts/")
    page.get_by_role("link", name="Trace Latency > 24 s").click()

    expect(page.locator("#id_threshold")).to_have_value("24")
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_text("was added successfully")).to_be_visible()
    rule = Rule.objects.get()
    assert (rule.project, rule.metric, rule.threshold) == (
        promises,
        "trace_latency_ns",
        Decimal(24 * SECOND),
    )


def test_a_threshold_that_comes_too_late_is_refused_and_then_mended(page, admin_owner, promises):
    channel = make_channel(promises, name="On call")
    page.goto("/admin/alerts/rule/add/")
    page.get_by_label("Name").fill("Slow for the user")
    page.get_by_label("Threshold").fill("30")
    page.get_by_label("Agent").fill("planner")
    page.get_by_label("On call · E-mail").check()
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_text("the alert would come after the user has given up")).to_be_visible()
    page.get_by_label("Threshold").fill("12.5")
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_text("was added successfully")).to_be_visible()
    rule = Rule.objects.get()
    assert (rule.threshold, rule.filter) == (Decimal(12_500_000_000), 'agent = "planner"')
    assert list(rule.channels.all()) == [channel]


def test_a_channel_shows_the_settings_of_its_kind_and_can_be_tried(page, admin_owner, promises):
    page.goto("/admin/alerts/channel/add/")
    expect(page.get_by_label("Recipients")).to_be_visible()
    expect(page.get_by_label("Authorization header")).to_be_hidden()
    page.get_by_label("Name").fill("Hook")
    page.get_by_label("Kind").select_option("webhook")
    expect(page.get_by_label("Recipients")).to_be_hidden()
    page.get_by_label("Address").fill("http://10.0.0.8/hook")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("is a private address")).to_be_visible()

    page.get_by_label("Address").fill("http://localhost:9/")
    page.get_by_role("button", name="Save and continue editing").click()
    page.locator("a", has_text="Send a test message").click()
    page.locator("#dialog").get_by_role("button", name="Send").click()

    expect(
        page.get_by_text(re.compile("The test message did not arrive.*which alerts may not reach"))
    ).to_be_visible()


def test_the_badge_and_the_incident_appear_without_a_reload(page, admin_owner, promises, elsewhere, base_url):
    make_rule(promises, name="Slow for the user")
    elsewhere(tasks.evaluate_rules)
    page.goto("/p/signals/alerts/")
    expect(page.locator("[data-live-state='live']")).to_be_visible()
    expect(page.locator(".firing")).to_have_count(0)
    page.evaluate("window.isTheSamePage = true")

    slow_run(promises)
    elsewhere(tasks.evaluate_rules)

    expect(page.locator(".firing")).to_have_text("1 firing")
    expect(page.get_by_role("link", name="Plan a trip to Lisbon")).to_be_visible()
    assert page.evaluate("window.isTheSamePage") is True
    page.locator(".firing").click()
    expect(page).to_have_url(f"{base_url}/p/signals/alerts/")


def test_the_incident_says_that_it_is_live_after_a_refresh_too(page, admin_owner, incident):
    page.goto(f"/p/signals/alerts/{incident.pk}/")
    expect(page.locator("[data-live-state]")).to_have_text("Live")
    page.evaluate("document.querySelector('#incident-body > *').dataset.before = 'true'")

    page.evaluate("document.body.dispatchEvent(new CustomEvent('lineside:alerts'))")

    expect(page.locator("[data-before]")).to_have_count(0)
    expect(page.locator("[data-live-state]")).to_have_text("Live")
    expect(page.locator("[data-live-state]")).to_be_visible()
