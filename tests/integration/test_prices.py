"""Models without a price get one, and what is stored is priced again: first seen, then applied, on record."""

from decimal import Decimal

import pytest
from django.core.management import call_command
from django.urls import reverse
from kombu.exceptions import OperationalError

from core.clock import now, now_ns
from tests.integration.received import receive, summarise_all
from tests.unit.spans import make_span
from traces.models import Call, ModelAlias, OwnPrice, Repricing, Trace
from traces.services.repricing import repricing_apply, repricing_preview
from traces.tasks import price_waiting

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("span_tables")]


def just_now(*, after_ns=0):
    """Times within the pages' ranges."""
    start_ns = now_ns() - 1_000_000_000 + after_ns
    return {"start_ns": start_ns, "end_ns": start_ns + 1_000}


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


def test_a_price_given_in_the_admin_reaches_the_calls_that_waited(deployment, client, owner, monkeypatch):
    monkeypatch.setattr(price_waiting, "apply_async", lambda kwargs, **_: price_waiting(**kwargs))
    owner.is_staff = True
    owner.save()
    client.force_login(owner)
    form = {"project": deployment.pk, "model": "*", "input_usd": "3", "provider": ""}
    form |= {"valid_from_0": "", "valid_from_1": "", "valid_until_0": "", "valid_until_1": ""}
    said = client.post(reverse("admin:traces_ownprice_add"), form, follow=True).content.decode()
    assert "so are those that waited for a price" in said
    summarise_all()

    # Both stood in one trace, which is computed anew as a whole.
    assert Call.objects.get(model="our-desk").cost_usd == 3
    record = Repricing.objects.get()
    assert (record.made_by, record.reason, record.call_count) == (owner.username, "own price of *", 1)
    assert (record.before_usd, record.after_usd) == (0, 3)


def test_an_outage_of_the_queue_is_told_and_loses_no_price(deployment, client, owner, monkeypatch):
    def fail(**_):
        raise OperationalError("no broker")

    monkeypatch.setattr(price_waiting, "apply_async", fail)
    owner.is_staff = True
    owner.save()
    client.force_login(owner)
    form = {"project": deployment.pk, "name": "our-desk", "model": "gpt-4o", "provider": ""}
    said = client.post(reverse("admin:traces_modelalias_add"), form, follow=True).content.decode()
    assert "The workers could not be told" in said
    assert ModelAlias.objects.get().model == "gpt-4o"


def test_estimates_reach_stored_calls_by_the_same_way(project, client, owner):
    silent = {"kind": "llm", "request_model": "gpt-4o", "details": {"text_bytes": [4_000_000, 0]}}
    receive(project, [make_span("call", **silent, **just_now())])
    assert Trace.objects.get().estimated_usd is None
    project.estimates_unmetered = True
    project.save()

    preview = repricing_preview(project_id=project.pk)
    assert (preview.call_count, preview.changes[0].estimated_count, preview.after_usd) == (1, 1, 0)
    assert repricing_apply(project_id=project.pk, made_by="me", reason="", now=now())
    summarise_all()

    trace = Trace.objects.get()
    assert (trace.cost_usd, trace.unmetered_call_count, trace.estimated_call_count) == (None, 1, 1)
    assert (trace.estimated_usd, Call.objects.get().estimated_usd) == (Decimal("2.5"), Decimal("2.5"))
    client.force_login(owner)
    words = "about $2.50 more for 1 call, estimated from their text"
    for path in ("traces/", "costs/", f"traces/{bytes(trace.trace_id).hex()}/"):
        assert words in client.get(f"/p/{project.slug}/{path}").content.decode()


def test_a_failed_call_that_may_have_been_billed_makes_the_total_a_lower_bound(project, client, owner):
    model = {"kind": "llm", "request_model": "gpt-4o"}
    usage = {"input_tokens": 1_000_000, "output_tokens": 0, "cache_read_input_tokens": 0}
    receive(
        project,
        [
            make_span("agent", kind="agent", **just_now()),
            make_span("cut", "agent", **model, **just_now(), status=2, error_type="ReadTimeout"),
            make_span("call", "agent", **model, **just_now(after_ns=1), **usage),
        ],
    )
    client.force_login(owner)
    for path in ("traces/", "costs/"):
        page = client.get(f"/p/{project.slug}/{path}").content.decode()
        assert "at least $2.50" in page
        assert "1 call that failed and may have been billed" in page


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
