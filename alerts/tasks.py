"""Celery: evaluating rules, delivering what they found."""

import random
import time

from celery import shared_task
from django.core.cache import cache

from alerts.live import announce_alerts
from alerts.services.deliveries import due_deliver
from alerts.services.evaluation import rules_evaluate
from core import clock

LONGEST_RUN_S = 10.0
"""A run that has worked this long leaves the rest to the next one."""
DELIVERING_S = 20
"""A worker that died while it delivered keeps others from it for so long."""
_DELIVERING = "alerts.delivering"


@shared_task(name="alerts.tasks.evaluate_rules", soft_time_limit=30, time_limit=45)
def evaluate_rules() -> None:
    """Evaluate every rule once, and deliver what fired without waiting for the next beat."""
    evaluation = rules_evaluate(now=clock.now())
    for project_id in evaluation.changed_project_ids:
        announce_alerts(project_id=project_id)
    if evaluation.changed_project_ids:
        deliver_due.delay()


@shared_task(name="alerts.tasks.deliver_due", soft_time_limit=45, time_limit=60)
def deliver_due() -> None:
    """Make the deliveries that are due. Each is one worker's alone however many of these run; but one is enough:
    a channel that does not answer may hold up one of the workers that summarise traces, and not all of them.
    """
    if not cache.add(_DELIVERING, "1", timeout=DELIVERING_S):
        return
    try:
        _deliver_until(time.monotonic() + LONGEST_RUN_S)
    finally:
        cache.delete(_DELIVERING)


def _deliver_until(give_up_at: float) -> None:
    while time.monotonic() < give_up_at:
        project_ids = due_deliver(now=clock.now, jitter=random.random)
        if not project_ids:
            break
        for project_id in project_ids:
            announce_alerts(project_id=project_id)
