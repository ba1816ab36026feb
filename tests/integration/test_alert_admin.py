"""Thresholds and channels in the admin: in people's units, refused in words, each owner's own."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.core import mail

from alerts.models import Channel, Incident, Rule
from projects.models import Membership
from tests.integration.alert_rules import after, evaluate, make_channel, make_rule, make_run

pytestmark = pytest.mark.django_db

SECOND = 1_000_000_000
RULE = {
    "name": "Slow",
    "enabled": "on",
    "metric": "trace_latency_ns",
    "threshold": "20",
    "for_seconds": "0",
    "keep_firing_seconds": "300",
    "severity": "warning",
    "message": "",
}


@pytest.fixture
def admin_owner(client, owner) -> User:
    """The owner, let into the admin and signed in."""
    owner.is_staff = True
    owner.save()
    client.force_login(owner)
    return owner


def add_rule(client, project, **fields):
    return client.post("/admin/alerts/rule/add/", {"project": project.pk, **RULE, **fields})


def add_channel(client, project, **fields):
    values = {"project": project.pk, "name": "Team", "kind": "email", "email_to": "a@example.com"}
    return client.post("/admin/alerts/channel/add/", {**values, **fields})


def test_a_rule_is_written_in_seconds_and_stored_in_nanoseconds(client, admin_owner, promises):
    channel = make_channel(promises)

    response = add_rule(
        client, promises, threshold="12.5", agent="planner", service="api", channels=[channel.pk]
    )

    assert response.status_code == 302
    rule = Rule.objects.get()
    assert rule.threshold == Decimal(12_500_000_000)
    assert rule.filter == 'agent = "planner" and service = "api"'
    assert list(rule.channels.all()) == [channel]


def test_a_rule_comes_back_as_it_was_written_and_can_be_changed(client, admin_owner, promises):
    rule = make_rule(promises, threshold=Decimal(12_500_000_000), filter='agent = "planner"')
    address = f"/admin/alerts/rule/{rule.pk}/change/"

    form = client.get(address).context["adminform"].form
    shown = {name: form[name].value() for name in ("threshold", "agent", "service", "rest")}
    assert shown == {"threshold": "12.5", "agent": "planner", "service": "", "rest": ""}
    client.post(address, {**RULE, "threshold": "15", "agent": "critic", "project": "0"})

    rule.refresh_from_db()
    assert (rule.threshold, rule.filter, rule.project) == (Decimal(15 * SECOND), 'agent = "critic"', promises)


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        (
            {"threshold": "30"},
            "threshold",
            "30 s is not below the user-facing timeout of 30 s of project Signals: "
            "the alert would come after the user has given up.",
        ),
        ({"threshold": "25", "for_seconds": "5"}, "threshold", "(30 s in all)"),
        (
            {"metric": "spend_usd", "threshold": "300"},
            "threshold",
            "$300.00 is not below the monthly budget of $300.00 of project Signals: "
            "the alert would come after the money is gone.",
        ),
        ({"metric": "trace_cost_usd", "threshold": "500"}, "threshold", "not below the monthly budget"),
        ({"threshold": "0.0000000001"}, "threshold", "nine decimal places"),
        ({"threshold": "-1"}, "threshold", "greater than or equal to 0"),
        ({"rest": "agnet = x"}, "rest", "at character"),
        ({"metric": "spend_usd", "threshold": "10", "rest": "status = error"}, "rest", "Spend is summed"),
        ({"message": "{valu}"}, "message", "{valu} stands for nothing"),
        ({"name": ""}, "name", "required"),
    ],
)
def test_what_cannot_be_is_refused_in_words(client, admin_owner, promises, fields, field, words):
    response = add_rule(client, promises, **fields)

    assert response.status_code == 200
    errors = response.context["adminform"].form.errors
    assert list(errors) == [field]
    assert words in errors[field][0]
    assert not Rule.objects.exists()


def test_a_second_rule_of_the_same_name_is_refused(client, admin_owner, promises):
    make_rule(promises, name="Slow")

    errors = add_rule(client, promises).context["adminform"].form.errors

    assert "another one named “Slow”" in errors["name"][0]


def test_without_a_budget_a_spend_rule_is_saved_with_a_warning(client, admin_owner, project):
    response = client.post(
        "/admin/alerts/rule/add/",
        {"project": project.pk, **RULE, "metric": "spend_usd", "threshold": "10"},
        follow=True,
    )

    assert "has no monthly budget" in response.content.decode()
    assert Rule.objects.get().threshold == Decimal(10)


def test_a_threshold_under_which_the_promise_was_moved_is_marked(client, admin_owner, promises):
    rule = make_rule(promises, threshold=Decimal(20 * SECOND))
    promises.user_timeout_ns = 15 * SECOND
    promises.save()

    words = "20 s is not below the user-facing timeout of 15 s"
    assert words in client.get(f"/admin/alerts/rule/{rule.pk}/change/").content.decode()
    assert words in client.get(f"/p/{promises.slug}/alerts/").content.decode()


def test_who_lowers_a_promise_is_told_which_thresholds_it_overtakes(client, admin_owner, promises):
    make_rule(promises, name="Slow", threshold=Decimal(20 * SECOND))
    make_rule(promises, name="Slower", threshold=Decimal(25 * SECOND), enabled=False)
    make_rule(promises, name="Early", threshold=Decimal(10 * SECOND))
    form = {
        "name": promises.name,
        "user_timeout_ns": "15",
        "monthly_budget_usd": "300",
        "retention_days": "30",
    }
    inline = {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}

    response = client.post(f"/admin/projects/project/{promises.pk}/change/", {**form, **inline}, follow=True)

    told = [str(message) for message in response.context["messages"] if message.level_tag == "warning"]
    assert told == [
        "The threshold “Slow” now comes too late: 20 s is not below the user-facing timeout of 15 s of project "
        "Signals: the alert would come after the user has given up."
    ]


def test_a_threshold_that_was_overtaken_can_be_switched_off(client, admin_owner, promises):
    rule = make_rule(promises, threshold=Decimal(20 * SECOND))
    promises.user_timeout_ns = 15 * SECOND
    promises.save()
    off = {name: value for name, value in RULE.items() if name != "enabled"}

    client.post(f"/admin/alerts/rule/{rule.pk}/change/", off)

    rule.refresh_from_db()
    assert rule.enabled is False


def test_the_form_says_what_a_threshold_must_stay_below(client, admin_owner, promises):
    page = client.get("/admin/alerts/rule/add/").content.decode()

    assert "user-facing timeout (30 s)" in page
    assert "monthly budget ($300.00)" in page
    assert "There is no channel yet" in page


def test_a_rule_is_offered_the_channels_of_its_own_project(client, admin_owner, promises, other_project):
    Membership.objects.create(project=other_project, user=admin_owner, role=Membership.Role.OWNER)
    rule, _ = make_rule(promises), make_channel(promises, name="Ours")
    make_channel(other_project, name="Theirs")

    change = client.get(f"/admin/alerts/rule/{rule.pk}/change/").content.decode()
    add = client.get("/admin/alerts/rule/add/").content.decode()

    assert "Ours · E-mail" in change
    assert "Theirs" not in change
    assert "Theirs · E-mail · Elsewhere" in add


def test_a_mail_channel_is_made(client, admin_owner, project):
    add_channel(client, project, email_to="a@example.com\nb@example.com")

    assert Channel.objects.get().config == {"to": ["a@example.com", "b@example.com"]}


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"email_to": "nobody"}, "email_to", "“nobody” is not a mail address"),
        ({"email_to": ""}, "email_to", "Recipients is needed"),
        ({"kind": "webhook"}, "webhook_url", "Address is needed"),
        ({"kind": "webhook", "webhook_url": "http://10.0.0.8/"}, "webhook_url", "LINESIDE_OUTGOING_ALLOW"),
        ({"kind": "pigeon"}, "kind", "pigeon"),
    ],
)
def test_a_channel_that_cannot_be_is_refused_in_words(client, admin_owner, project, fields, field, words):
    errors = add_channel(client, project, **fields).context["adminform"].form.errors

    assert list(errors) == [field]
    assert words in errors[field][0]


def test_a_secret_is_kept_and_never_shown(client, admin_owner, project):
    secret = "Bearer hush-hush"
    add_channel(
        client,
        project,
        kind="webhook",
        webhook_url="https://example.com/hook",
        webhook_authorization=secret,
    )
    channel = Channel.objects.get()
    address = f"/admin/alerts/channel/{channel.pk}/change/"

    form = client.get(address).context["adminform"].form
    pages = client.get(address).content + client.get("/admin/alerts/channel/").content
    assert "https://example.com" in client.get("/admin/alerts/channel/").content.decode()
    client.post(
        address,
        {
            "name": "Renamed",
            "webhook_url": "https://example.com/hook",
            "webhook_authorization": form["webhook_authorization"].value(),
        },
    )

    channel.refresh_from_db()
    assert secret.encode() not in pages
    assert (channel.name, channel.config["authorization"]) == ("Renamed", secret)


def test_a_test_message_is_sent_after_a_question(client, admin_owner, project):
    channel = make_channel(project)
    address = f"/admin/alerts/channel/{channel.pk}/test/"

    question = client.get(address)
    assert "Send a test message now?" in question.content.decode()
    assert mail.outbox == []
    answer = client.post(address, {"_form_submitted": "on"})

    assert answer["hx-redirect"] == f"/admin/alerts/channel/{channel.pk}/change/"
    assert [message.subject for message in mail.outbox] == [
        "[Lineside] test: Test message: This is a test of the channel “Team”. Nothing is wrong."
    ]


@pytest.fixture
def foreign(other_project):
    """A rule and a channel of another project."""
    return make_rule(other_project, name="Theirs"), make_channel(other_project, name="Their team")


def test_an_owner_sees_and_changes_nothing_of_another_project(client, admin_owner, foreign):
    rule, channel = foreign
    pages = client.get("/admin/alerts/rule/").content + client.get("/admin/alerts/channel/").content
    assert b"Theirs" not in pages
    assert b"Their team" not in pages
    for address in (
        f"/admin/alerts/rule/{rule.pk}/change/",
        f"/admin/alerts/rule/{rule.pk}/delete/",
        f"/admin/alerts/channel/{channel.pk}/change/",
        f"/admin/alerts/channel/{channel.pk}/delete/",
    ):
        # Django answers what is not in the queryset as if there were none: back to the start, with a message.
        assert client.get(address)["location"] == "/admin/"
        assert client.post(address, {**RULE, "post": "yes"})["location"] == "/admin/"
    assert Rule.objects.filter(name="Theirs").exists()
    assert Channel.objects.filter(name="Their team").exists()
    client.post(f"/admin/alerts/channel/{channel.pk}/test/", {"_form_submitted": "on"})
    assert mail.outbox == []


def test_a_channel_of_another_project_cannot_be_told(client, admin_owner, promises, foreign):
    _, channel = foreign

    errors = add_rule(client, promises, channels=[channel.pk]).context["adminform"].form.errors

    assert list(errors) == ["channels"]


def test_a_rule_cannot_be_put_into_another_project(client, admin_owner, other_project):
    errors = add_rule(client, other_project).context["adminform"].form.errors

    assert "project" in errors
    assert not Rule.objects.exists()


@pytest.fixture
def incident(promises) -> Incident:
    """A run of 12 s against 10 s."""
    make_rule(promises)
    evaluate(0)
    make_run(promises, ended=after(1), lasted_s=12, name="plan trip")
    evaluate(2)
    return Incident.objects.get()


def test_incidents_can_be_read_and_not_changed(client, admin_owner, incident):
    address = f"/admin/alerts/incident/{incident.pk}/"
    listed = client.get("/admin/alerts/incident/").content.decode()
    page = client.get(f"{address}change/").content.decode()

    assert "12 s against 10 s" in listed
    assert f"/p/signals/traces/{bytes(incident.trace_id).hex()}/" in page
    assert f"/p/signals/alerts/{incident.pk}/" in page
    assert client.post(f"{address}change/", {"message": "nothing"}).status_code == 403
    assert client.post(f"{address}delete/", {"post": "yes"}).status_code == 403
    assert client.get("/admin/alerts/incident/add/").status_code == 403


def test_incidents_of_another_project_are_not_listed(client, admin_owner, other_project):
    make_rule(other_project)
    evaluate(0)
    make_run(other_project, ended=after(1), lasted_s=12, name="their trip")
    evaluate(2)

    assert "their trip" not in client.get("/admin/alerts/incident/").content.decode()
    incident = Incident.objects.get()
    assert client.get(f"/admin/alerts/incident/{incident.pk}/change/")["location"] == "/admin/"


def test_a_rule_is_removed_with_its_incidents(client, admin_owner, incident):
    response = client.post(f"/admin/alerts/rule/{incident.rule_id}/delete/", {"post": "yes"})

    assert response.status_code == 302
    assert not Rule.objects.exists()
    assert not Incident.objects.exists()


@pytest.mark.parametrize(
    "address", ["/admin/alerts/rule/", "/admin/alerts/channel/", "/admin/alerts/incident/"]
)
@pytest.mark.parametrize("person", ["member", "stranger"])
def test_members_and_strangers_do_not_come_in(client, request, address, person):
    user = request.getfixturevalue(person)
    user.is_staff = True
    user.save()
    client.force_login(user)

    assert client.get(address).status_code == 403


def test_lists_take_a_constant_number_of_queries(client, admin_owner, project, django_assert_max_num_queries):
    for number in range(12):
        make_rule(project, name=f"Rule {number}")
        make_channel(project, name=f"Channel {number}")
    for address in ("/admin/alerts/rule/", "/admin/alerts/channel/", "/admin/alerts/incident/"):
        with django_assert_max_num_queries(14):
            client.get(address)
