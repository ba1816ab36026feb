"""Incidents and rules in words: {% load alert_words %}."""

from datetime import timedelta
from urllib.parse import urlencode

from django import template

from alerts.domain.human_units import written_threshold
from alerts.domain.metrics import Metric, figure_from_decimal
from alerts.domain.suggestions import Suggestion
from alerts.domain.wording import figure_text, pair_text, whole_scope_text
from alerts.selectors import DeliveryRow, DeliveryTally, IncidentRow, RuleRow, TransitionRow
from core.units import at_least, format_duration
from dashboards.domain.threshold_gauge import times_threshold

register = template.Library()

SEVERITY_BADGES = {"info": "accent", "warning": "warning", "critical": "danger"}
STATE_BADGES = {"firing": "danger", "resolved": "ok", "pending": "warning"}
DELIVERY_BADGES = {"delivered": "ok", "failed": "warning", "dead": "danger"}
DELIVERY_WORDS = {
    "pending": "waiting",
    "delivered": "delivered",
    "failed": "retrying",
    "dead": "given up",
}


@register.filter
def incident_value(incident: IncidentRow) -> str:
    """`42.3 s`, `at least $3.20`; exact where rounding would hide that it is past the threshold."""
    return _value(incident, incident.metric)


@register.filter
def incident_threshold(incident: IncidentRow) -> str:
    """`30 s`."""
    return _threshold(incident, incident.metric)


@register.simple_tag
def transition_figures(transition: TransitionRow, metric: Metric) -> str:
    """`42.3 s against 30 s`: what was seen at a change, and what was allowed."""
    return f"{_value(transition, metric)} against {_threshold(transition, metric)}"


@register.simple_tag
def lasted(incident: IncidentRow) -> str:
    """How long an incident that is over fired: `2 min 5 s`."""
    if incident.resolved_at is None:
        return ""
    return format_duration((incident.resolved_at - incident.started_at) // timedelta(microseconds=1) * 1_000)


@register.filter
def rule_condition(rule: RuleRow) -> str:
    """`Trace Latency > 30 s`."""
    return f"{rule.metric.label} > {figure_text(metric=rule.metric, figure=rule.threshold)}"


@register.filter
def incident_condition(incident: IncidentRow) -> str:
    """`Trace Latency > 30 s for 10 s`: what the threshold was when this was seen."""
    threshold = figure_text(metric=incident.metric, figure=incident.threshold)
    held = f" for {incident.for_seconds} s" if incident.for_seconds else ""
    return f"{incident.metric.label} > {threshold}{held}"


@register.filter
def incident_times(incident: IncidentRow) -> str:
    """`1.4 × the threshold of 8.5 s`, or `threshold 8.5 s` where it is hardly past it."""
    times = times_threshold(value=incident.value, threshold=incident.threshold)
    threshold = _threshold(incident, incident.metric)
    return f"{times} the threshold of {threshold}" if times else f"threshold {threshold}"


@register.filter
def watches_words(metric: Metric) -> str:
    """What a threshold without a filter watches: `every run`."""
    return whole_scope_text(metric)


@register.filter
def suggestion_words(suggestion: Suggestion) -> str:
    """`Trace Latency > 24 s`."""
    threshold = figure_from_decimal(metric=suggestion.metric, amount=suggestion.threshold)
    return f"{suggestion.metric.label} > {figure_text(metric=suggestion.metric, figure=threshold)}"


@register.filter
def suggestion_query(suggestion: Suggestion) -> str:
    """The suggestion as what fills the admin's form in: `name=…&metric=…&threshold=…`."""
    key = suggestion.metric.key
    written = written_threshold(key, stored=suggestion.threshold)
    return urlencode({"name": suggestion.name, "metric": key, "threshold": written})


@register.filter
def tally_words(tally: DeliveryTally) -> str:
    """`2 delivered, 1 waiting`; nobody is told where the rule has no channel."""
    counts = ((tally.delivered, "delivered"), (tally.waiting, "waiting"), (tally.dead, "given up"))
    return ", ".join(f"{count} {word}" for count, word in counts if count) or "nobody"


@register.filter
def delivery_words(delivery: DeliveryRow) -> str:
    """`delivered`, `waiting`, `retrying`, `given up`."""
    return DELIVERY_WORDS[delivery.state]


@register.filter
def delivery_badge(delivery: DeliveryRow) -> str:
    """The class of a delivery's badge."""
    return _badge(DELIVERY_BADGES, delivery.state)


@register.filter
def state_badge(state: str) -> str:
    """The class of a state's badge."""
    return _badge(STATE_BADGES, state)


@register.filter
def severity_badge(severity: str) -> str:
    """The class of a severity's badge."""
    return _badge(SEVERITY_BADGES, severity)


def _badge(kinds: dict[str, str], name: str) -> str:
    return f"badge badge--{kinds[name]}" if name in kinds else "badge"


def _value(seen: IncidentRow | TransitionRow, metric: Metric) -> str:
    if seen.value is None:
        return "unknown"
    text, _ = pair_text(metric=metric, value=seen.value, threshold=seen.threshold)
    return at_least(text, seen.unknown_call_count)


def _threshold(seen: IncidentRow | TransitionRow, metric: Metric) -> str:
    if seen.value is None:
        return figure_text(metric=metric, figure=seen.threshold)
    return pair_text(metric=metric, value=seen.value, threshold=seen.threshold)[1]
