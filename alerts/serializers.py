"""Channels, rules and incidents as JSON: functions give it, serializers check what comes in and describe both."""

from decimal import Decimal, InvalidOperation
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from alerts.channels import KINDS
from alerts.channels.kind import config_shown
from alerts.domain.metrics import METRICS, figure_from_decimal
from alerts.domain.wording import figure_json
from alerts.models import Channel, Incident, Rule
from alerts.selectors import IncidentRow, TransitionRow, rule_problem
from core.clock import ns_from_datetime
from projects.api.fields import NanosecondsField
from projects.api.strict import RefusesUnknown
from traces.serializers.parameters import PageParameters

FIGURE = {"oneOf": [{"type": "integer"}, {"type": "string", "format": "decimal"}]}
"""Durations are integers (nanoseconds), money is a decimal string (US dollars)."""
STATES = (Incident.State.FIRING.value, Incident.State.RESOLVED.value)


@extend_schema_field(FIGURE)
class ThresholdField(serializers.Field[Decimal, Any, Any, Any]):
    """A figure in the metric's unit, as a number or as a decimal string."""

    default_error_messages = {"form": "Write a number: nanoseconds for latency, US dollars for cost."}

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, bool) or not isinstance(data, int | float | str):
            self.fail("form")
        try:
            return Decimal(str(data))
        except InvalidOperation:
            self.fail("form")


@extend_schema_field({**FIGURE, "nullable": True})
class FigureField(serializers.Field[Any, Any, Any, Any]):
    """A figure that is given."""


class ChannelSerializer(RefusesUnknown, serializers.Serializer[Any]):
    """A way to reach people."""

    id = serializers.IntegerField(read_only=True)
    name = serializers.CharField()
    kind = serializers.CharField(help_text=f"{', '.join(KINDS)}. A channel keeps its kind.")
    config = serializers.DictField(
        help_text=(
            'The settings of its kind: {"to": [addresses]} for email, {"url", "authorization"?} for webhook. '
            "A secret comes back masked; sent back masked it stays as it is."
        )
    )


class RuleSerializer(RefusesUnknown, serializers.Serializer[Any]):
    """A threshold on a metric, and who hears of it."""

    id = serializers.IntegerField(read_only=True)
    name = serializers.CharField()
    metric = serializers.CharField(help_text=f"One of {', '.join(METRICS)}.")
    operator = serializers.CharField(default=">", help_text="`>`: it fires above the threshold.")
    threshold = ThresholdField(help_text="In the metric's unit: integer nanoseconds, or US dollars.")
    for_seconds = serializers.IntegerField(default=0, help_text="How long a breach lasts before it fires.")
    keep_firing_seconds = serializers.IntegerField(
        default=300, help_text="How long an incident shows as firing at least."
    )
    filter = serializers.CharField(
        default="",
        allow_blank=True,
        allow_null=True,
        help_text="Which runs it watches, in the filter language; blank: every run.",
    )
    severity = serializers.CharField(
        default=Rule.Severity.WARNING.value, help_text=f"One of {', '.join(Rule.Severity.values)}."
    )
    message = serializers.CharField(
        default="", allow_blank=True, help_text="What people are told; blank: the figures."
    )
    channels = serializers.ListField(
        child=serializers.IntegerField(), default=list, help_text="Ids of channels of this project."
    )
    enabled = serializers.BooleanField(default=True)
    problem = serializers.CharField(
        read_only=True,
        allow_null=True,
        help_text="Why it now comes too late, after a promise of the project was lowered; null: it comes in time.",
    )


class IncidentSerializer(serializers.Serializer[Any]):
    """What a rule found, once for each trace or month."""

    id = serializers.IntegerField()
    rule_id = serializers.IntegerField()
    rule = serializers.CharField()
    status = serializers.ChoiceField(choices=STATES)
    severity = serializers.CharField()
    metric = serializers.CharField()
    value = FigureField()
    value_is_lower_bound = serializers.BooleanField(help_text="Part of it is unknown: it is at least this.")
    unknown_call_count = serializers.IntegerField(help_text="Model calls whose cost is not in the value.")
    threshold = FigureField()
    trace_id = serializers.CharField(allow_null=True)
    subject = serializers.CharField(help_text="The run's name, or the month.")
    message = serializers.CharField()
    started_at_unix_nano = NanosecondsField()
    resolved_at_unix_nano = NanosecondsField(allow_null=True)


class DeliverySerializer(serializers.Serializer[Any]):
    """One change on its way to one channel."""

    channel = serializers.CharField()
    state = serializers.CharField(
        help_text="`pending`, `delivered`, `failed` (tried again) or `dead` (given up)."
    )
    attempts = serializers.IntegerField()
    answer = serializers.CharField(help_text="What the channel answered last.")


class TransitionSerializer(serializers.Serializer[Any]):
    """A change of an incident's state, with what was seen then."""

    from_state = serializers.CharField()
    to_state = serializers.CharField()
    reason = serializers.CharField()
    value = FigureField()
    threshold = FigureField()
    at_unix_nano = NanosecondsField()
    deliveries = DeliverySerializer(many=True)


class IncidentDetailSerializer(IncidentSerializer):
    """An incident with all its changes, the first one first."""

    transitions = TransitionSerializer(many=True)


class ChannelPageSerializer(serializers.Serializer[Any]):
    """Channels in the order in which they were made."""

    results = ChannelSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class RulePageSerializer(serializers.Serializer[Any]):
    """Rules in the order in which they were made."""

    results = RuleSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class IncidentPageSerializer(serializers.Serializer[Any]):
    """Incidents, the last to begin first."""

    results = IncidentSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class IncidentParameters(PageParameters):
    """Which incidents."""

    status = serializers.ChoiceField(choices=STATES, required=False, help_text="Those of this status only.")


def channel_json(channel: Channel) -> dict[str, Any]:
    """A channel, secrets masked."""
    return {
        "id": channel.pk,
        "name": channel.name,
        "kind": channel.kind,
        "config": config_shown(KINDS[channel.kind], stored=channel.config),
    }


def rule_json(rule: Rule) -> dict[str, Any]:
    """A rule with the ids of its channels."""
    metric = METRICS[rule.metric]
    return {
        "id": rule.pk,
        "name": rule.name,
        "metric": rule.metric,
        "operator": rule.operator,
        "threshold": figure_json(
            metric=metric, figure=figure_from_decimal(metric=metric, amount=rule.threshold)
        ),
        "for_seconds": rule.for_seconds,
        "keep_firing_seconds": rule.keep_firing_seconds,
        "filter": rule.filter or "",
        "severity": rule.severity,
        "message": rule.message,
        "channels": sorted(channel.pk for channel in rule.channels.all()),
        "enabled": rule.enabled,
        "problem": rule_problem(rule),
    }


def incident_json(row: IncidentRow) -> dict[str, Any]:
    """An incident."""
    return {
        "id": row.incident_id,
        "rule_id": row.rule_id,
        "rule": row.rule_name,
        "status": row.state,
        "severity": row.severity,
        "metric": row.metric.key,
        "value": figure_json(metric=row.metric, figure=row.value),
        "value_is_lower_bound": row.unknown_call_count > 0,
        "unknown_call_count": row.unknown_call_count,
        "threshold": figure_json(metric=row.metric, figure=row.threshold),
        "trace_id": row.trace_id.hex() if row.trace_id else None,
        "subject": row.subject,
        "message": row.message,
        "started_at_unix_nano": str(ns_from_datetime(row.started_at)),
        "resolved_at_unix_nano": str(ns_from_datetime(row.resolved_at)) if row.resolved_at else None,
    }


def transition_json(transition: TransitionRow, *, incident: IncidentRow) -> dict[str, Any]:
    """A change of the incident."""
    return {
        "from_state": transition.from_state,
        "to_state": transition.to_state,
        "reason": transition.reason,
        "value": figure_json(metric=incident.metric, figure=transition.value),
        "threshold": figure_json(metric=incident.metric, figure=transition.threshold),
        "at_unix_nano": str(ns_from_datetime(transition.at)),
        "deliveries": [
            {
                "channel": delivery.channel_name,
                "state": delivery.state,
                "attempts": delivery.attempts,
                "answer": delivery.answer,
            }
            for delivery in transition.deliveries
        ],
    }
