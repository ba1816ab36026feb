"""Models without a price get one, and what is stored is priced again: first seen, then applied, on record."""

from decimal import Decimal

import pytest
from django.core.management import call_command

from tests.integration.received import receive, summarise_all
from tests.unit.spans import make_span
from traces.models import Call, ModelAlias, OwnPrice, Repricing, Trace
from traces.services.repricing import repricing_apply, repricing_preview

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("span_tables")]


@pytest.fixture
def deployment(project):
    """A run on a deployment whose name says nothing, beside a call that has a price."""
    usage = {"input_tokens": 1_000_000, "output_tokens": 0, "cache_read_input_tokens": 0}
    receive(
        project,
        [
            make_span("agent", kind="agent"),
            make_span(
                "call", "agent", kind="llm", request_model="our-desk", provider="azure.ai.openai", **usage
            ),
            make_span("other", "agent", kind="llm", request_model="gpt-4o", **usage),
        ],
    )
    return project


def test_it_waits_for_a_price_and_the_total_says_at_least(deployment, client, owner):
    trace = Trace.objects.get()
    assert (trace.cost_usd, trace.unpriced_call_count) == (Decimal("2.5"), 1)
    client.force_login(owner)
    page = client.get(f"/p/{deployment.slug}/prices/").content.decode()
    assert "our-desk" in page
    assert "1,000,000" in page


def test_a_price_changes_nothing_until_it_is_applied(deployment, client, owner):
    OwnPrice.objects.create(project=deployment, model="our-*", input_usd=Decimal(3))
    preview = repricing_preview(project_id=deployment.pk)
    assert (preview.call_count, preview.before_usd, preview.after_usd) == (1, 0, 3)
    assert Call.objects.get(model="our-desk").cost_usd is None

    client.force_login(owner)
    compared = client.get(f"/p/{deployment.slug}/prices/?compare=1").content.decode()
    assert "Nothing is changed yet" in compared
    client.post(f"/p/{deployment.slug}/prices/apply/", {"reason": "a price for the desk"})
    summarise_all()

    assert Call.objects.get(model="our-desk").cost_usd == 3
    assert Trace.objects.get().cost_usd == Decimal("5.5")
    record = Repricing.objects.get()
    assert (record.made_by, record.reason, record.call_count) == (owner.username, "a price for the desk", 1)
    assert (record.before_usd, record.after_usd) == (0, 3)
    assert repricing_preview(project_id=deployment.pk).changes == []


def test_an_alias_does_the_same(deployment):
    ModelAlias.objects.create(project=deployment, name="Our-Desk", model="gpt-4o", provider="azure.ai.openai")
    call_command("reprice", project=deployment.slug, apply=True)
    summarise_all()
    call = Call.objects.get(model="our-desk")
    assert call.cost_usd == Decimal("2.5")
    assert call.price["model"] == "azure/gpt-4o"
    assert call.price["rule"] == "the alias “our-desk”"
    assert call.price["parts"] == [["input_tokens", 1_000_000, "2.5", 1_000_000]]


def test_where_nothing_changes_nothing_is_recorded(deployment):
    assert repricing_apply(project_id=deployment.pk, made_by="me", reason="", now=None) is None
    assert not Repricing.objects.exists()


def test_members_see_prices_and_only_owners_apply(deployment, client, member, stranger):
    client.force_login(member)
    assert client.get(f"/p/{deployment.slug}/prices/").status_code == 200
    assert client.post(f"/p/{deployment.slug}/prices/apply/").status_code == 403
    client.force_login(stranger)
    assert client.get(f"/p/{deployment.slug}/prices/").status_code == 404
    assert client.post(f"/p/{deployment.slug}/prices/apply/").status_code == 404


def test_a_project_may_count_what_its_exporter_says(project):
    project.counts_reported_cost = True
    project.save()
    told = {"input_tokens": 100, "output_tokens": 1, "details": {"reported_cost_usd": "0.07"}}
    receive(project, [make_span("call", kind="llm", request_model="gpt-4o", **told)])
    trace = Trace.objects.get()
    assert (trace.cost_usd, trace.reported_cost_usd) == (Decimal("0.07"), Decimal("0.07"))
