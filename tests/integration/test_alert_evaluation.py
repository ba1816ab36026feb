"""Rules see each summarised run, the running ones and the month's spend; each subject makes one incident."""

from decimal import Decimal

import pytest

from alerts.models import Delivery, Incident, Rule, Transition
from alerts.selectors import incident_firing_count, incident_get, incident_list, transition_list
from alerts.services.rules import rule_draft, rule_save
from core.clock import ns_from_datetime
from tests.integration.alert_rules import after, evaluate, make_channel, make_rule, make_run
from tests.integration.factories import SECOND, make_call

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def looked_before(db):
    """The evaluation has looked once: what came before it is history."""
    evaluate(0)


def states() -> list[str]:
    return list(Incident.objects.order_by("pk").values_list("state", flat=True))


def test_a_run_past_the_threshold_fires_once(project):
    make_rule(project, name="Slow", channels=[make_channel(project)])
    run = make_run(project, ended=after(1), lasted_s=12, name="plan trip")

    assert evaluate(2) == {project.pk}
    assert evaluate(3, 4, 5) == set()

    [row] = incident_list(project_id=project.pk).results
    assert (row.state, row.trace_id, row.subject) == ("firing", run.trace_id, "plan trip")
    assert (row.value, row.threshold) == (12 * SECOND, 10 * SECOND)
    assert row.message == "Trace Latency 12 s > 10 s on plan trip"
    assert Delivery.objects.count() == 1
    assert incident_firing_count(project_id=project.pk) == 1


@pytest.mark.parametrize("lasted_s", [2, 10])
def test_a_run_that_keeps_to_the_threshold_makes_nothing(project, lasted_s):
    make_rule(project)
    make_run(project, ended=after(1), lasted_s=lasted_s)

    assert evaluate(2) == set()
    assert not Incident.objects.exists()


def test_what_a_slow_transaction_commits_late_is_seen_by_the_sweep(project):
    make_rule(project)
    make_run(project, ended=after(19), lasted_s=1)
    evaluate(20)
    make_run(project, ended=after(1), lasted_s=12)

    evaluate(21)
    assert states() == []
    evaluate(31)
    assert states() == ["firing"]


def test_an_ended_run_is_shown_for_a_while_and_then_resolved_and_told(project):
    make_rule(project, keep_firing_seconds=60, channels=[make_channel(project)])
    make_run(project, ended=after(1), lasted_s=12)
    evaluate(2, 61)
    assert states() == ["firing"]

    evaluate(63)

    [row] = incident_list(project_id=project.pk).results
    assert (row.state, row.reason, row.resolved_at) == ("resolved", "the run has ended", after(63))
    told = Transition.objects.filter(deliveries__isnull=False).values_list("to_state", flat=True)
    assert list(told) == ["firing", "resolved"]
    assert evaluate(64, 200) == set()


def test_a_running_run_fires_by_the_clock_before_its_next_span(project):
    make_rule(project)
    make_run(project, ended=after(1), lasted_s=3, status="open", name="agent")

    evaluate(7)
    assert states() == []
    assert evaluate(9) == {project.pk}

    [row] = incident_list(project_id=project.pk).results
    assert row.message == "Trace Latency 11 s > 10 s on agent, still running"


def test_an_incident_takes_the_name_that_the_root_brings(project):
    make_rule(project)
    run = make_run(project, ended=after(1), lasted_s=12, status="open", name="Planning")
    evaluate(2)

    run.name, run.status, run.summarised_at = "plan trip", "ok", after(3)
    run.save()
    assert evaluate(4) == {project.pk}

    [row] = incident_list(project_id=project.pk).results
    assert (row.state, row.subject) == ("firing", "plan trip")


def test_a_breach_must_last_as_long_as_the_rule_says(project):
    make_rule(project, for_seconds=5)
    make_run(project, ended=after(1), lasted_s=12)

    evaluate(2, 6)
    assert states() == ["pending"]
    assert incident_firing_count(project_id=project.pk) == 0
    evaluate(7)
    assert states() == ["firing"]


def test_cost_per_trace_with_unknown_calls_is_a_lower_bound(project):
    make_rule(project, metric="trace_cost_usd", threshold=Decimal("0.50"))
    make_run(project, ended=after(1), lasted_s=1, cost_usd=Decimal("0.75"), unmetered_call_count=2, name="x")

    evaluate(2)

    [row] = incident_list(project_id=project.pk).results
    assert (row.value, row.unknown_call_count) == (Decimal("0.75"), 2)
    assert row.message == "Token Cost per Trace at least $0.75 (2 calls unknown) > $0.50 on x"


@pytest.mark.parametrize(
    ("metric", "threshold", "fields", "message"),
    [
        ("trace_tokens", 100, {"input_tokens": 90, "output_tokens": 20}, "Tokens per trace 110 > 100"),
        ("call_count", 2, {"llm_call_count": 3}, "Model calls per trace 3 > 2"),
        ("loop_count", 4, {"loop_count": 5}, "Repetitions of one call 5 > 4"),
        ("retry_count", 0, {"retry_count": 1}, "Retries per trace 1 > 0"),
        ("fallback_count", 0, {"fallback_count": 2}, "Fallbacks per trace 2 > 0"),
        ("handoff_count", 7, {"handoff_count": 8}, "Handoffs per trace 8 > 7"),
        ("human_wait_count", 0, {"human_wait_count": 1}, "Waits for a person per trace 1 > 0"),
        ("context_peak_tokens", 1_000, {"context_peak_tokens": 1_001}, "Fullest context 1,001 > 1,000"),
        (
            "context_percent",
            80,
            {"context_peak_tokens": 85, "context_window_tokens": 100},
            "Fullest context in percent of its window 85 > 80",
        ),
        ("retry_wait_ns", 2 * SECOND, {"retry_wait_ns": 3 * SECOND}, "Time waited between retries 3 s > 2 s"),
    ],
)
def test_what_agents_did_can_be_watched(project, metric, threshold, fields, message):
    make_rule(project, metric=metric, threshold=Decimal(threshold))
    make_run(project, ended=after(1), lasted_s=1, name="calm", **dict.fromkeys(fields, 0))
    make_run(project, ended=after(1), lasted_s=1, name="x", **fields)

    evaluate(2)

    [row] = incident_list(project_id=project.pk).results
    assert row.message == f"{message} on x"


def test_a_context_whose_window_is_not_known_is_no_breach(project):
    make_rule(project, metric="context_percent", threshold=Decimal(0))
    make_run(project, ended=after(1), lasted_s=1, context_peak_tokens=9)

    assert evaluate(2) == set()


def test_an_unknown_cost_is_no_breach(project):
    make_rule(project, metric="trace_cost_usd", threshold=Decimal(0))
    make_run(project, ended=after(1), lasted_s=1, cost_usd=None, unmetered_call_count=1)

    assert evaluate(2) == set()


@pytest.mark.parametrize(
    ("scope", "fires"),
    [
        ('agent = "planner"', True),
        ('agent = "critic"', False),
        ('service = "api"', True),
        ('agent = "planner" and service = "batch"', False),
    ],
)
def test_a_rule_watches_its_scope_only(project, scope, fires):
    make_rule(project, filter=scope)
    make_run(
        project,
        ended=after(1),
        lasted_s=12,
        agent_names=["planner"],
        service="api",
        service_names=["api"],
    )

    evaluate(2)

    assert states() == (["firing"] if fires else [])


def test_rules_see_runs_of_their_own_project_only(project, other_project):
    make_rule(project)
    make_run(other_project, ended=after(1), lasted_s=12)

    assert evaluate(2) == set()


def test_a_rule_that_is_switched_off_sees_nothing_and_lets_go(project):
    rule = make_rule(project)
    make_run(project, ended=after(1), lasted_s=12)
    evaluate(2)

    rule.enabled = False
    rule_save(rule_draft(rule), rule=rule, now=after(3))
    make_run(project, ended=after(3), lasted_s=12)
    evaluate(4)

    [row] = incident_list(project_id=project.pk).results
    assert (row.state, row.reason) == ("resolved", "the rule was switched off")


def test_a_threshold_that_is_raised_resolves_what_it_held(project):
    rule = make_rule(project)
    make_run(project, ended=after(1), lasted_s=12)
    evaluate(2)

    rule.threshold = Decimal(20 * SECOND)
    rule_save(rule_draft(rule), rule=rule, now=after(3))
    evaluate(4)

    [row] = incident_list(project_id=project.pk).results
    assert (row.state, row.reason) == ("resolved", "is back within the threshold")


def spend(project, *, at: float, usd: str, **fields):
    run = make_run(project, ended=after(at), lasted_s=1)
    make_call(run, start_ns=ns_from_datetime(after(at)), cost_usd=Decimal(usd), **fields)


def test_the_months_spend_fires_once_a_month(project):
    make_rule(project, name="Budget", metric="spend_usd", threshold=Decimal(100))
    spend(project, at=-86_400, usd="60")
    evaluate(2)
    assert states() == []

    spend(project, at=3, usd="50")
    evaluate(5, 8, 11)

    [row] = incident_list(project_id=project.pk).results
    assert (row.state, row.subject, row.trace_id) == ("firing", "2026-11", None)
    assert row.value == Decimal(110)
    assert row.message == "Spend this month $110.00 > $100.00 in 2026-11"


def test_spend_before_the_month_does_not_count(project):
    make_rule(project, metric="spend_usd", threshold=Decimal(100))
    spend(project, at=-40 * 86_400, usd="500")

    evaluate(2)

    assert states() == []


def test_a_months_incident_ends_with_the_month(project):
    make_rule(project, metric="spend_usd", threshold=Decimal(100))
    spend(project, at=1, usd="150")
    evaluate(2)

    evaluate(8 * 86_400)

    [row] = incident_list(project_id=project.pk).results
    assert (row.state, row.reason) == ("resolved", "the month has ended")


def test_spend_of_an_agent_counts_its_calls_only(project):
    make_rule(project, metric="spend_usd", threshold=Decimal(100), filter='agent = "planner"')
    spend(project, at=1, usd="90", agent="planner")
    spend(project, at=1, usd="90", agent="critic")

    evaluate(2)

    assert states() == []


def test_the_course_of_an_incident_is_kept(project):
    make_rule(project, for_seconds=5, keep_firing_seconds=10, channels=[make_channel(project)])
    make_run(project, ended=after(1), lasted_s=12)
    evaluate(2, 8, 19)

    incident = Incident.objects.get()
    course = transition_list(project_id=project.pk, incident_id=incident.pk)

    assert [(step.from_state, step.to_state) for step in course] == [
        ("inactive", "pending"),
        ("pending", "firing"),
        ("firing", "resolved"),
    ]
    assert [len(step.deliveries) for step in course] == [0, 1, 1]
    assert incident_get(project_id=project.pk, incident_id=incident.pk).deliveries.waiting == 2


def test_a_rule_that_cannot_be_read_keeps_no_other_from_being_looked_at(project, caplog):
    make_rule(project, name="Broken", filter="status = ok")
    Rule.objects.update(filter="agnet = x")
    make_rule(project, name="Whole")
    make_run(project, ended=after(1), lasted_s=12)

    evaluate(2)

    assert [row.rule_name for row in incident_list(project_id=project.pk).results] == ["Whole"]
    assert "“Broken”" in caplog.text


def test_a_silent_project_makes_nothing(project, other_project):
    for metric, threshold in (("trace_latency_ns", 0), ("trace_cost_usd", 0), ("spend_usd", 0)):
        make_rule(project, name=metric, metric=metric, threshold=Decimal(threshold))
    make_run(other_project, ended=after(1), lasted_s=12, cost_usd=Decimal(5))

    assert evaluate(2, 5, 12) == set()
    assert not Incident.objects.exists()


def test_a_first_rule_does_not_look_back_over_all_history(project):
    make_run(project, ended=after(-3600), lasted_s=12)
    make_rule(project)

    assert evaluate(1, 11, 22) == set()


def test_many_runs_take_a_bounded_number_of_queries(project, django_assert_max_num_queries):
    make_rule(project, filter='agent = "planner"')
    for number in range(30):
        make_run(project, ended=after(1 + number / 100), lasted_s=number, agent_names=["planner"])
    evaluate(2)
    assert len(states()) == 19

    with django_assert_max_num_queries(14):
        evaluate(3)
