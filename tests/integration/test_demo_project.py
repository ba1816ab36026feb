"""The demo completes a project that has no promises and thresholds, and leaves alone what somebody has set."""

from decimal import Decimal

import pytest

from alerts.models import Rule
from demo.problems import DemoError
from demo.project import Project as DemoProject
from projects.services import api_key_create
from tests.integration.processes import free_port

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def demo_project(live_server, api_key):
    return DemoProject(live_server.url, {"x-api-key": api_key})


def test_it_sets_a_budget_and_an_estimate_where_there_are_none(demo_project, project):
    words = demo_project.set_missing_promises()
    project.refresh_from_db()
    assert words == ["a monthly budget of $300", "a design estimate of $0.015 a trace"]
    assert (project.monthly_budget_usd, project.estimate_usd) == (Decimal(300), Decimal("0.015"))


def test_it_leaves_a_budget_that_somebody_set(demo_project, project):
    project.monthly_budget_usd = Decimal(20)
    project.save()
    assert demo_project.set_missing_promises() == ["a design estimate of $0.015 a trace"]
    project.refresh_from_db()
    assert project.monthly_budget_usd == Decimal(20)


def test_it_adds_two_thresholds_where_there_is_none(demo_project, project):
    assert len(demo_project.set_missing_rules()) == 2
    rules = {rule.metric: rule.threshold for rule in Rule.objects.filter(project=project)}
    assert rules == {"trace_latency_ns": 45_000_000_000, "trace_cost_usd": 1}
    assert demo_project.set_missing_rules() == []


def test_it_adds_no_threshold_that_would_come_too_late(demo_project, project):
    project.user_timeout_ns = 30_000_000_000
    project.save()
    assert demo_project.set_missing_rules() == ["a threshold of $1 on Token Cost per Trace"]


@pytest.mark.parametrize("scope", ["read", "ingest"])
def test_a_key_that_may_not_write_changes_nothing(live_server, project, scope):
    _, key = api_key_create(project=project, name="Narrow", scopes=frozenset({scope}))
    narrow = DemoProject(live_server.url, {"x-api-key": key})
    assert narrow.set_missing_promises() == []
    assert narrow.set_missing_rules() == []
    assert not Rule.objects.exists()


def test_pages_that_do_not_answer_are_one_sentence():
    nobody = DemoProject(f"http://127.0.0.1:{free_port()}", {})
    with pytest.raises(DemoError, match="cannot be asked about its project"):
        nobody.set_missing_promises()
