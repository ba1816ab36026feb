"""Rules, channels and moments for the tests of alerts."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from alerts.models import Channel, Rule
from alerts.services.evaluation import rules_evaluate
from alerts.services.rules import RuleDraft, channel_save, rule_save
from core.clock import ns_from_datetime
from projects.models import Project
from tests.integration.factories import SECOND, make_trace
from traces.models import Trace

START = datetime(2026, 11, 24, 12, tzinfo=UTC)
"""When the evaluation looks for the first time."""


def after(seconds: float) -> datetime:
    """So long after START."""
    return START + timedelta(seconds=seconds)


def make_rule(project: Project, **fields: Any) -> Rule:
    """A rule on Trace Latency above 10 s, unless the fields say otherwise."""
    values: dict[str, Any] = {
        "name": "Slow",
        "metric": "trace_latency_ns",
        "threshold": Decimal(10 * SECOND),
    }
    return rule_save(RuleDraft(project=project, **(values | fields)), rule=None, now=START)


def make_channel(project: Project, **fields: Any) -> Channel:
    """A mail channel, unless the fields say otherwise."""
    values: dict[str, Any] = {"name": "Team", "kind": "email", "config": {"to": ["team@example.com"]}}
    return channel_save(project=project, channel=None, **(values | fields))


def make_run(project: Project, *, ended: datetime, lasted_s: float, **fields: Any) -> Trace:
    """The summary of a run that ended, and was summarised, at this moment."""
    duration_ns = round(lasted_s * SECOND)
    values: dict[str, Any] = {
        "start_ns": ns_from_datetime(ended) - duration_ns,
        "duration_ns": duration_ns,
        "summarised_at": ended,
    }
    return make_trace(project, **(values | fields))


def evaluate(*seconds: float) -> set[int]:
    """Evaluate at these moments after START; the projects whose pages would be told."""
    changed: set[int] = set()
    for moment in seconds:
        changed |= rules_evaluate(now=after(moment)).changed_project_ids
    return changed
