"""The tasks: what they change is told to the project's open pages, and what fires is delivered at once."""

import pytest
from django.core import mail

from alerts import tasks
from alerts.models import Delivery, Incident
from core import clock
from tests.integration.alert_rules import make_channel, make_rule, make_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(monkeypatch) -> list[int]:
    """The projects whose pages were told, in order."""
    found: list[int] = []
    monkeypatch.setattr(tasks, "announce_alerts", lambda *, project_id: found.append(project_id))
    return found


@pytest.fixture(autouse=True)
def _deliver_here(monkeypatch):
    """What the evaluation enqueues runs at once, without a worker."""
    monkeypatch.setattr(tasks.deliver_due, "delay", tasks.deliver_due)


@pytest.fixture
def slow_run(project):
    make_rule(project, channels=[make_channel(project)])
    tasks.evaluate_rules()
    make_run(project, ended=clock.now(), lasted_s=12, name="plan trip")


def test_pages_hear_of_the_incident_and_of_its_delivery(project, slow_run, told):
    tasks.evaluate_rules()

    assert Incident.objects.get().state == "firing"
    assert Delivery.objects.get().state == "delivered"
    assert len(mail.outbox) == 1
    assert told == [project.pk, project.pk]


def test_an_evaluation_that_changes_nothing_tells_nobody(slow_run, told):
    tasks.evaluate_rules()
    told.clear()

    tasks.evaluate_rules()

    assert told == []
    assert len(mail.outbox) == 1


def test_a_second_deliverer_leaves_the_work_to_the_first(slow_run, told, monkeypatch):
    monkeypatch.setattr(tasks.cache, "add", lambda *_args, **_options: False)

    tasks.evaluate_rules()

    assert mail.outbox == []
    assert Delivery.objects.get().state == "pending"
