"""Changes of incidents. One function moves an incident; whoever comes second moves nothing."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from alerts.domain.conditions import Observation
from alerts.domain.metrics import METRICS, Metric, figure_from_decimal
from alerts.domain.states import (
    REASON_WORDS,
    Reason,
    Standing,
    State,
    Step,
    Timing,
    next_look,
    next_step,
    should_notify,
)
from alerts.domain.wording import Facts, fill_message, incident_sentence
from alerts.models import Delivery, Incident, Rule, Transition


@dataclass(frozen=True, slots=True)
class Watched:
    """One subject under one rule, as far as it is known now. `key` is the incident's subject: a trace id in hex
    or a month; `name` what people call it."""

    key: str
    name: str
    trace_id: bytes | None = None
    agents: tuple[str, ...] = ()
    is_running: bool = False


def incident_url(incident: Incident) -> str:
    """The incident's page, as a whole address that works from a mail."""
    return f"{settings.LINESIDE_PUBLIC_URL}{reverse('incident', args=[incident.project.slug, incident.pk])}"


def rule_metric(rule: Rule) -> Metric:
    """What the rule watches. KeyError for a metric that is no more."""
    return METRICS[rule.metric]


def rule_timing(rule: Rule) -> Timing:
    """The rule's patience."""
    return Timing(
        hold=timedelta(seconds=rule.for_seconds), keep_firing=timedelta(seconds=rule.keep_firing_seconds)
    )


def incident_standing(incident: Incident) -> Standing:
    """Where the incident stands, for the state machine."""
    return Standing(
        state=State(incident.state),
        since=incident.state_since,
        reason=Reason(incident.reason) if incident.reason else None,
    )


def incidents_stored(
    *, rules: Collection[Rule], subjects: Collection[str]
) -> dict[tuple[int, str], Incident]:
    """The incidents of these rules about these subjects, by (rule id, subject). One query."""
    found = Incident.objects.filter(
        rule__in=[rule.pk for rule in rules], subject__in=list(subjects)
    ).select_related("project")
    return {(incident.rule_id, incident.subject): incident for incident in found}


def incident_observe(
    *, rule: Rule, watched: Watched, seen: Observation, incident: Incident | None, now: datetime
) -> bool:
    """Apply what was seen of a subject; whether anything changed.

    `incident` is what is stored for the rule and subject (None: nothing). Two callers with the same view make
    the change once: the second finds the row in another state, or its subject taken, and changes nothing.
    """
    standing = incident_standing(incident) if incident else Standing(State.INACTIVE, since=now)
    step = next_step(standing=standing, seen=seen, timing=rule_timing(rule), now=now)
    if step is None:
        return incident is not None and _refresh(incident, rule=rule, watched=watched, seen=seen, now=now)
    with transaction.atomic():
        target = incident or _subject_create(rule=rule, watched=watched, now=now)
        if target.state != standing.state:  # another evaluator has made it meanwhile, and moved it on
            return False
        return _move(target, rule=rule, watched=watched, seen=seen, step=step, now=now)


def incident_close(*, incident: Incident, reason: Reason, now: datetime) -> bool:
    """End an incident whose subject or rule is no more: a firing one resolves, a pending one is dropped.
    Whether anything changed."""
    is_firing = incident.state == State.FIRING
    step = Step(State.RESOLVED if is_firing else State.INACTIVE, reason)
    value = incident.value
    metric = rule_metric(incident.rule)
    seen = Observation(
        value=None if value is None else figure_from_decimal(metric=metric, amount=value),
        is_breach=False,
        unknown_call_count=incident.unknown_call_count,
        settled_at=now,
    )
    watched = Watched(
        key=incident.subject,
        name=incident.trace_name or incident.subject,
        trace_id=bytes(incident.trace_id) if incident.trace_id else None,
    )
    with transaction.atomic():
        return _move(incident, rule=incident.rule, watched=watched, seen=seen, step=step, now=now)


def _subject_create(*, rule: Rule, watched: Watched, now: datetime) -> Incident:
    """The row of a subject, inactive; when another evaluator has just made it, that one."""
    incident, _ = Incident.objects.select_related("project").get_or_create(
        rule=rule,
        subject=watched.key,
        defaults={
            "project_id": rule.project_id,
            "trace_id": watched.trace_id,
            "trace_name": watched.name if watched.trace_id else "",
            "state_since": now,
            "threshold": rule.threshold,
        },
    )
    return incident


def _move(
    incident: Incident, *, rule: Rule, watched: Watched, seen: Observation, step: Step, now: datetime
) -> bool:
    """Change the state by an UPDATE that must find the row as it was read, record it, and queue what to tell."""
    origin = State(incident.state)
    timing = rule_timing(rule)
    message = _message(incident, rule=rule, watched=watched, seen=seen, step=step)
    value = None if seen.value is None else Decimal(seen.value)
    changes = {
        "state": step.to,
        "state_since": now,
        "reason": step.reason,
        "transition_count": incident.transition_count + 1,
        "value": value,
        "unknown_call_count": seen.unknown_call_count,
        "threshold": rule.threshold,
        "trace_name": watched.name if watched.trace_id else "",
        "next_look_at": next_look(
            standing=Standing(step.to, since=now, reason=step.reason), timing=timing, now=now
        ),
        **({"started_at": now, "resolved_at": None, "message": message} if step.to is State.FIRING else {}),
        **({"resolved_at": now} if step.to is State.RESOLVED else {}),
    }
    moved = Incident.objects.filter(
        pk=incident.pk, state=origin, transition_count=incident.transition_count
    ).update(**changes)
    if moved != 1:
        return False
    record = Transition.objects.create(
        incident=incident,
        number=incident.transition_count + 1,
        from_state=origin,
        to_state=step.to,
        reason=step.reason,
        value=value,
        unknown_call_count=seen.unknown_call_count,
        threshold=rule.threshold,
        message=message,
        at=now,
    )
    if should_notify(step, origin=origin):
        _queue(record, rule=rule, now=now)
    return True


def _queue(record: Transition, *, rule: Rule, now: datetime) -> None:
    Delivery.objects.bulk_create(
        Delivery(transition=record, channel=channel, created_at=now, next_attempt_at=now)
        for channel in rule.channels.all()
    )


def _message(incident: Incident, *, rule: Rule, watched: Watched, seen: Observation, step: Step) -> str:
    """The rule's own words for what begins, plain ones for what is over."""
    metric = rule_metric(rule)
    facts = Facts(
        rule=rule.name,
        metric=metric,
        value=seen.value,
        threshold=figure_from_decimal(metric=metric, amount=rule.threshold),
        subject=watched.name,
        unknown_call_count=seen.unknown_call_count,
        is_running=watched.is_running,
        agents=watched.agents,
        trace_id=watched.trace_id.hex() if watched.trace_id else "",
        url=incident_url(incident),
    )
    if step.to in (State.PENDING, State.FIRING):
        return fill_message(rule.message, facts=facts)
    return f"{incident_sentence(facts)}: {REASON_WORDS[step.reason]}"


def _refresh(incident: Incident, *, rule: Rule, watched: Watched, seen: Observation, now: datetime) -> bool:
    """Without a change of state: keep figure and name up to date, and the next look ahead of now. A run has its
    own name once its root has arrived, which is when it ends; before, it is called by its first span.

    Not by the clock alone: what a running run's latency is, everyone can tell who knows when it began.
    """
    if incident.state not in (State.PENDING, State.FIRING):
        return False
    changes: dict[str, object] = {}
    is_clockwork = seen.settled_at is None and incident.trace_id is not None
    if not is_clockwork and seen.value is not None and incident.value != seen.value:
        changes |= {"value": Decimal(seen.value), "unknown_call_count": seen.unknown_call_count}
    if watched.trace_id and watched.name != incident.trace_name:
        changes["trace_name"] = watched.name
    is_news = bool(changes)
    if incident.next_look_at is None or incident.next_look_at <= now:
        standing = incident_standing(incident)
        changes["next_look_at"] = next_look(standing=standing, timing=rule_timing(rule), now=now)
    if changes:
        Incident.objects.filter(
            pk=incident.pk, state=incident.state, transition_count=incident.transition_count
        ).update(**changes)
    return is_news
