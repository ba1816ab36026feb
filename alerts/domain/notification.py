"""What a channel is told. Every channel gets the same facts and puts them into its own form."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from alerts.domain.metrics import Figure, Metric
from alerts.domain.wording import figure_json, figure_text
from core.clock import ns_from_datetime
from core.units import at_least


@dataclass(frozen=True, slots=True)
class Notification:
    """One change of one incident.

    `key` names this change for this channel; it is the same at every attempt, so that a receiver can tell a
    repetition. `status` is "firing" or "resolved" (or "test", from the admin's button). `agents` and `services`
    are those of the run.
    """

    key: str
    status: str
    incident_id: int | None
    project: str
    rule: str
    severity: str
    metric: Metric
    value: Figure | None
    threshold: Figure
    unknown_call_count: int
    trace_id: bytes | None
    subject: str
    message: str
    url: str
    started_at: datetime
    ended_at: datetime | None


def notification_json(notification: Notification) -> dict[str, Any]:
    """The webhook's body. `status`, `rule`, `metric`, `value`, `threshold`, `trace_id` and `url` are promised by
    the API; the forms of figures and times are those of REST."""
    told = notification
    return {
        "id": told.key,
        "status": told.status,
        "incident_id": told.incident_id,
        "project": told.project,
        "rule": told.rule,
        "severity": told.severity,
        "metric": told.metric.key,
        "value": figure_json(metric=told.metric, figure=told.value),
        "threshold": figure_json(metric=told.metric, figure=told.threshold),
        "value_is_lower_bound": told.unknown_call_count > 0,
        "unknown_call_count": told.unknown_call_count,
        "trace_id": told.trace_id.hex() if told.trace_id else None,
        "subject": told.subject,
        "message": told.message,
        "url": told.url,
        "started_at_unix_nano": str(ns_from_datetime(told.started_at)),
        "resolved_at_unix_nano": str(ns_from_datetime(told.ended_at)) if told.ended_at else None,
    }


def notification_subject(notification: Notification) -> str:
    """One line: `[Lineside] firing: Slow planner: Trace Latency 42.3 s > 30 s on planner`."""
    line = f"[Lineside] {notification.status}: {notification.rule}: {notification.message}"
    return " ".join(line.split())[:200]


def notification_text(notification: Notification) -> str:
    """The same for a person to read, as plain text."""
    told = notification
    lines = [
        told.message,
        "",
        f"Status:    {told.status}",
        f"Rule:      {told.rule} ({told.severity})",
        f"Metric:    {told.metric.label}",
        f"Value:     {at_least(figure_text(metric=told.metric, figure=told.value), told.unknown_call_count)}",
        f"Threshold: {figure_text(metric=told.metric, figure=told.threshold)}",
        f"Project:   {told.project}",
        f"Since:     {told.started_at:%Y-%m-%d %H:%M:%S} UTC",
    ]
    if told.ended_at:
        lines.append(f"Until:     {told.ended_at:%Y-%m-%d %H:%M:%S} UTC")
    if told.trace_id:
        lines.append(f"Trace:     {told.subject or 'unnamed'} ({told.trace_id.hex()})")
    return "\n".join([*lines, "", told.url, ""])
