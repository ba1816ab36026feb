"""Two workers evaluate and deliver at the same moment: every incident and every message is made once."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from alerts.models import Delivery, Incident, Transition
from alerts.services.deliveries import due_claim
from alerts.services.evaluation import rules_evaluate
from tests.integration.alert_rules import after, evaluate, make_channel, make_rule, make_run

pytestmark = pytest.mark.django_db(transaction=True)


def together(function: Callable[[], object], *, workers: int = 2) -> list[object]:
    """What the function gives in each of several workers that start it at the same moment."""
    start = threading.Barrier(workers)
    found: list[object] = []

    def work() -> None:
        try:
            start.wait()
            found.append(function())
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(found) == workers
    return found


@pytest.fixture
def slow_runs(project):
    make_rule(project, channels=[make_channel(project)])
    evaluate(0)
    for _ in range(10):
        make_run(project, ended=after(1), lasted_s=12)


def test_an_incident_is_recorded_once(slow_runs):
    together(lambda: rules_evaluate(now=after(2)))

    assert Incident.objects.filter(state="firing").count() == 10
    assert Transition.objects.count() == Delivery.objects.count() == 10


def test_an_incident_is_resolved_once(slow_runs):
    evaluate(2)

    together(lambda: rules_evaluate(now=after(400)))

    assert Incident.objects.filter(state="resolved").count() == 10
    assert Transition.objects.count() == Delivery.objects.count() == 20


def test_a_delivery_is_claimed_once(slow_runs):
    evaluate(2)

    claimed = together(lambda: [parcel.delivery_id for parcel in due_claim(now=after(3), limit=100)])

    assert sorted(claimed[0] + claimed[1]) == sorted(Delivery.objects.values_list("pk", flat=True))
