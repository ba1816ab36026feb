"""REST: channels, rules and incidents, with the same refusals as the admin."""

from decimal import Decimal

import pytest

from alerts.models import Channel, Rule
from projects.services import api_key_create
from tests.integration.alert_rules import after, evaluate, make_channel, make_rule, make_run
from tests.integration.rest import Caller

pytestmark = pytest.mark.django_db

SECOND = 1_000_000_000
RULE = {"name": "Slow", "metric": "trace_latency_ns", "operator": ">", "threshold": 20 * SECOND}
HOOK = {"name": "Hook", "kind": "webhook", "config": {"url": "https://example.com/hook"}}


@pytest.fixture
def api(project, api_key) -> Caller:
    project.user_timeout_ns = 30 * SECOND
    project.monthly_budget_usd = Decimal(300)
    project.save()
    return Caller(api_key)


def test_a_channel_is_made_read_changed_and_removed(api):
    made = api.post("alerts/channels", HOOK)
    assert made.status == 201
    channel_id = made.body["id"]
    assert made.body == {"id": channel_id, **HOOK}

    assert api.get(f"alerts/channels/{channel_id}").body == made.body
    assert api.patch(f"alerts/channels/{channel_id}", {"name": "Other"}).body["name"] == "Other"
    assert api.get("alerts/channels").body == {"results": [{**made.body, "name": "Other"}], "next": None}
    assert api.delete(f"alerts/channels/{channel_id}").status == 204
    api.get(f"alerts/channels/{channel_id}").problem(404)


def test_a_secret_is_masked_and_can_be_sent_back(api):
    config = {"url": "https://example.com/", "authorization": "Bearer hush"}
    made = api.post("alerts/channels", {**HOOK, "config": config}).body
    assert made["config"]["authorization"] == "********"

    api.patch(f"alerts/channels/{made['id']}", {"config": made["config"], "name": "Again"})
    api.patch(f"alerts/channels/{made['id']}", {"name": "And again"})

    assert Channel.objects.get().config == config


def test_a_rule_has_the_documented_defaults(api):
    made = api.post("alerts/rules", RULE)

    assert made.status == 201
    assert made.body == {
        "id": made.body["id"],
        **RULE,
        "for_seconds": 0,
        "keep_firing_seconds": 300,
        "filter": "",
        "severity": "warning",
        "message": "",
        "channels": [],
        "enabled": True,
        "problem": None,
    }
    assert api.get(f"alerts/rules/{made.body['id']}").body == made.body


def test_a_rule_keeps_all_that_it_is_given(api):
    channel = api.post("alerts/channels", HOOK).body
    given = {
        "name": "Budget",
        "metric": "spend_usd",
        "operator": ">",
        "threshold": "250.5",
        "for_seconds": 60,
        "keep_firing_seconds": 10,
        "filter": 'agent = "planner"',
        "severity": "critical",
        "message": "{value} of the month",
        "channels": [channel["id"]],
        "enabled": False,
    }

    made = api.post("alerts/rules", given)

    assert made.body == {"id": made.body["id"], **given, "problem": None}


@pytest.mark.parametrize("threshold", [250.5, "250.50", "2.505e2"])
def test_money_is_a_number_or_text_and_comes_back_as_text(api, threshold):
    made = api.post("alerts/rules", {**RULE, "metric": "spend_usd", "threshold": threshold})
    assert made.body["threshold"] == "250.5"


def test_a_rule_is_changed_in_parts(api, project):
    channel = make_channel(project)
    rule = make_rule(project, name="Slow", channels=[channel])

    changed = api.patch(f"alerts/rules/{rule.pk}", {"threshold": 5 * SECOND, "filter": None})

    assert changed.status == 200
    assert changed.body["threshold"] == 5 * SECOND
    assert changed.body["channels"] == [channel.pk]
    assert api.patch(f"alerts/rules/{rule.pk}", {"channels": []}).body["channels"] == []
    assert api.delete(f"alerts/rules/{rule.pk}").status == 204
    assert not Rule.objects.exists()


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"threshold": 30 * SECOND}, "threshold", "not below the user-facing timeout of 30 s"),
        ({"metric": "spend_usd", "threshold": 300}, "threshold", "not below the monthly budget of $300.00"),
        ({"threshold": "soon"}, "threshold", "Write a number"),
        ({"threshold": True}, "threshold", "Write a number"),
        ({"threshold": "NaN"}, "threshold", "a number from 0 up"),
        ({"metric": "length"}, "metric", "There is no metric “length”"),
        ({"operator": "<"}, "operator", "The operator is “>”"),
        ({"severity": "bad"}, "severity", "Severities are"),
        ({"for_seconds": -1}, "for_seconds", "seconds"),
        ({"filter": "agnet = x"}, "filter", "at character"),
        ({"channels": [987654]}, "channels", "This project has no channel 987654"),
        ({"chanels": [1]}, "chanels", "what can be is name, metric"),
        ({"name": " "}, "name", "blank"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_in_words(api, fields, field, words):
    problem = api.post("alerts/rules", {**RULE, **fields}).problem(400)

    assert list(problem["errors"]) == [field]
    assert words in problem["errors"][field][0]
    assert not Rule.objects.exists()


def test_a_rule_that_a_lowered_promise_overtook_says_so_and_can_be_switched_off(api, project):
    rule = make_rule(project, threshold=Decimal(20 * SECOND))
    api.patch("project", {"user_timeout_ns": 15 * SECOND})

    assert "not below the user-facing timeout of 15 s" in api.get(f"alerts/rules/{rule.pk}").body["problem"]
    api.patch(f"alerts/rules/{rule.pk}", {"name": "Still late"}).problem(400)
    assert api.patch(f"alerts/rules/{rule.pk}", {"enabled": False}).status == 200
    api.patch(f"alerts/rules/{rule.pk}", {"enabled": True}).problem(400)
    assert api.patch(f"alerts/rules/{rule.pk}", {"enabled": True, "threshold": 14 * SECOND}).status == 200


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"kind": "pigeon"}, "kind", "There is no kind “pigeon”"),
        ({"config": {"url": "http://127.0.0.1/"}}, "config.url", "LINESIDE_OUTGOING_ALLOW"),
        ({"config": {"url": "https://example.com", "uri": "x"}}, "config.uri", "no such setting"),
        ({"config": {}}, "config.url", "Address is needed"),
        ({"config": "https://example.com"}, "config", "dictionary"),
    ],
)
def test_a_channel_that_cannot_be_is_refused_in_words(api, fields, field, words):
    problem = api.post("alerts/channels", {**HOOK, **fields}).problem(400)

    assert list(problem["errors"]) == [field]
    assert words in problem["errors"][field][0]


def test_a_channel_keeps_its_kind(api, project):
    channel = make_channel(project)

    problem = api.patch(f"alerts/channels/{channel.pk}", {"kind": "webhook"}).problem(400)

    assert "keeps its kind" in problem["errors"]["kind"][0]


def test_incidents_are_listed_the_last_first_and_paged(api, project):
    make_rule(project)
    evaluate(0)
    for number in range(3):
        make_run(project, ended=after(1 + 10 * number), lasted_s=12, name=f"run {number}")
        evaluate(2 + 10 * number)

    first = api.get("alerts/incidents", limit=2).body
    second = api.get("alerts/incidents", limit=2, cursor=first["next"]).body

    assert [row["subject"] for row in first["results"] + second["results"]] == ["run 2", "run 1", "run 0"]
    assert second["next"] is None
    row = first["results"][0]
    assert (row["status"], row["metric"], row["value"]) == ("firing", "trace_latency_ns", 12 * SECOND)
    assert api.get("alerts/incidents", status="resolved").body["results"] == []
    api.get("alerts/incidents", cursor="nonsense").problem(400)
    api.get("alerts/incidents", status="open").problem(400)


def test_an_incident_has_its_course(api, project):
    make_rule(project, channels=[make_channel(project)])
    evaluate(0)
    make_run(project, ended=after(1), lasted_s=12)
    evaluate(2)
    [row] = api.get("alerts/incidents").body["results"]

    [change] = api.get(f"alerts/incidents/{row['id']}").body["transitions"]

    assert (change["from_state"], change["to_state"]) == ("inactive", "firing")
    assert change["deliveries"] == [{"channel": "Team", "state": "pending", "attempts": 0, "answer": ""}]


@pytest.mark.parametrize("path", ["alerts/rules/{rule}", "alerts/channels/{channel}"])
def test_a_key_reaches_nothing_of_another_project(api, other_project, path):
    rule, channel = make_rule(other_project), make_channel(other_project)
    address = path.format(rule=rule.pk, channel=channel.pk)

    api.get(address).problem(404)
    api.patch(address, {"name": "Mine"}).problem(404)
    api.delete(address).problem(404)

    assert (Rule.objects.count(), Channel.objects.count()) == (1, 1)
    assert api.get("alerts/rules").body["results"] == []


def test_a_rule_cannot_tell_a_channel_of_another_project(api, other_project):
    channel = make_channel(other_project)
    api.post("alerts/rules", {**RULE, "channels": [channel.pk]}).problem(400)


@pytest.mark.parametrize(("scope", "reads", "writes"), [("read", 200, 403), ("write", 403, 201)])
def test_scopes_are_kept(project, scope, reads, writes):
    _, key = api_key_create(project=project, name="Narrow", scopes=frozenset({scope}))
    caller = Caller(key)

    assert caller.get("alerts/channels").status == reads
    assert caller.post("alerts/channels", HOOK).status == writes


def test_without_a_key_there_is_nothing():
    for path in ("alerts/channels", "alerts/rules", "alerts/incidents"):
        Caller().get(path).problem(401)


def test_a_list_takes_a_constant_number_of_queries(api, project, django_assert_max_num_queries):
    channels = [make_channel(project, name=f"Channel {number}") for number in range(3)]
    for number in range(10):
        make_rule(project, name=f"Rule {number}", channels=channels)
    for path in ("alerts/rules", "alerts/channels"):
        with django_assert_max_num_queries(4):
            api.get(path)
