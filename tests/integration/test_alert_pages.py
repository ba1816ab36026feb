"""The alerts page and an incident's page: what they say, to whom, and at which cost."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alerts.models import Incident
from alerts.services.deliveries import due_deliver
from tests.integration.alert_rules import after, evaluate, make_channel, make_rule, make_run

pytestmark = pytest.mark.django_db


def fire(project, *, name="plan trip", lasted_s=12.3, **fields) -> Incident:
    """One more incident of the project's rule on runs above 10 s, made by the first call with these fields."""
    made = Incident.objects.count()
    if not made:
        make_rule(project, **fields)
    evaluate(100 * made)
    make_run(project, ended=after(100 * made + 1), lasted_s=lasted_s, name=name)
    evaluate(100 * made + 2)
    return Incident.objects.latest("pk")


def text(client, address: str, **options) -> str:
    response = client.get(address, **options)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def alerts_url(project) -> str:
    return f"/p/{project.slug}/alerts/"


def test_an_empty_page_offers_an_owner_the_first_thresholds(client, project, owner, alerts_url):
    owner.is_staff = True
    owner.save()
    project.monthly_budget_usd = Decimal(300)
    project.save()
    client.force_login(owner)

    page = text(client, alerts_url)

    assert "Trace Latency &gt; 48 s" in page
    assert "metric=spend_usd&amp;threshold=240" in page


def test_an_empty_page_offers_a_member_nothing_that_they_may_not_do(client, member, alerts_url):
    client.force_login(member)

    page = text(client, alerts_url)

    assert "An owner of this project can add one" in page
    assert "/admin/" not in page.partition("<main")[2]


def test_the_page_shows_what_fires_with_its_figures_and_its_trace(client, project, member, alerts_url):
    incident = fire(project, severity="critical")
    client.force_login(member)

    page = text(client, alerts_url)

    assert f"{alerts_url}{incident.pk}/" in page
    assert f"/p/{project.slug}/traces/{bytes(incident.trace_id).hex()}/" in page
    for words in ("12.3 s", "10 s", "plan trip", "critical", "1 firing"):
        assert words in page


def test_an_incident_says_what_when_and_who_was_told(client, project, member):
    incident = fire(project, channels=[make_channel(project)], filter='name = "plan trip"')
    due_deliver(now=lambda: after(3), jitter=lambda: 0.0)
    client.force_login(member)

    page = text(client, f"/p/{project.slug}/alerts/{incident.pk}/")

    assert "Trace Latency 12.3 s, threshold 10 s, user-facing timeout 1 min" in page
    for words in ("1.2 × the threshold of 10 s", "Passed the threshold", "Team", "delivered", "1 recipient"):
        assert words in page
    assert "name = &quot;plan trip&quot;" in page
    assert bytes(incident.trace_id).hex() in page


def test_an_incident_of_a_month_leads_to_the_costs(client, project, member):
    incident = fire(project)
    Incident.objects.filter(pk=incident.pk).update(trace_id=None, trace_name="", subject="2026-11")
    client.force_login(member)

    page = text(client, f"/p/{project.slug}/alerts/{incident.pk}/")

    assert f'href="/p/{project.slug}/costs/">2026-11' in page


def test_what_an_agent_wrote_is_text(client, project, member, alerts_url):
    incident = fire(project, name="<script>alert(1)</script>")
    client.force_login(member)

    for address in (alerts_url, f"{alerts_url}{incident.pk}/"):
        page = text(client, address)
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_a_live_refresh_gets_the_part_that_changes(client, project, member, alerts_url):
    incident = fire(project)
    client.force_login(member)

    for address, target in (
        (alerts_url, "alerts-body"),
        (f"{alerts_url}{incident.pk}/", "incident-body"),
    ):
        part = text(client, address, headers={"HX-Request": "true", "HX-Target": target})
        assert "plan trip" in part
        assert "<html" not in part


def test_older_incidents_follow_by_a_link_that_works_without_scripts(
    client, project, member, alerts_url, monkeypatch
):
    monkeypatch.setattr("dashboards.views.alerts.PAST_PAGE", 1)
    for name in ("first run", "second run"):
        fire(project, name=name, keep_firing_seconds=1)
    evaluate(1_000)
    client.force_login(member)

    page = client.get(alerts_url)
    older = page.context["older_url"]

    assert [row.subject for row in page.context["incidents"]] == ["second run"]
    assert "first run" in text(client, older)
    rows = text(client, older, headers={"HX-Request": "true", "HX-Target": "older-incidents"})
    assert "first run" in rows
    assert "<html" not in rows
    assert client.get(f"{alerts_url}?cursor=nonsense")["location"] == alerts_url


@pytest.mark.parametrize("path", ["alerts/", "alerts/{incident}/", "firing/"])
def test_a_stranger_finds_nothing(client, project, stranger, path):
    address = f"/p/{project.slug}/{path.format(incident=fire(project).pk)}"

    assert client.get(address)["location"].startswith("/sign-in/")
    client.force_login(stranger)
    assert client.get(address).status_code == 404


def test_an_incident_is_not_found_under_another_project(client, project, other_project, stranger):
    incident = fire(project)
    client.force_login(stranger)

    assert client.get(f"/p/{other_project.slug}/alerts/{incident.pk}/").status_code == 404
    assert "plan trip" not in text(client, f"/p/{other_project.slug}/alerts/")


def test_the_page_takes_as_many_queries_for_many_as_for_few(client, project, member, alerts_url):
    client.force_login(member)
    fire(project, channels=[make_channel(project)], keep_firing_seconds=1)
    fire(project)
    with CaptureQueriesContext(connection) as few:
        text(client, alerts_url)

    for number in range(8):
        fire(project)
        make_rule(project, name=f"Slower {number}")

    with CaptureQueriesContext(connection) as many:
        text(client, alerts_url)
    assert len(many) == len(few) <= 16
