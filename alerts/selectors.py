"""Reads of rules, incidents and their deliveries."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from django.db.models import Count, Max, Model, Q, QuerySet

from alerts.channels import KINDS
from alerts.domain.metrics import METRICS, Figure, Metric, figure_from_decimal
from alerts.domain.states import REASON_WORDS, Reason
from alerts.domain.thresholds import Promises, threshold_problem
from alerts.models import Channel, Delivery, Incident, Rule, Transition
from core.clock import datetime_from_ns, ns_from_datetime
from projects.models import Project
from traces.selectors.cursors import cursor_key, cursor_text
from traces.selectors.rows import Page

RowT = TypeVar("RowT", bound=Model)

MOST_INCIDENTS = 1_000
MOST_RULES = 500
MOST_CHANNELS = 500
_INCIDENTS = "incidents -started"
_RULES = "alert rules"
_CHANNELS = "alert channels"


@dataclass(frozen=True, slots=True)
class DeliveryTally:
    """How many deliveries of an incident are in which state; `waiting` will be tried (again)."""

    delivered: int = 0
    waiting: int = 0
    dead: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.delivered + self.waiting + self.dead


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """An incident that has fired at least once. Figures are in the metric's unit; `value` None: not known.

    `scope` is the rule's filter, "" for every run.
    """

    incident_id: int
    rule_id: int
    rule_name: str
    metric: Metric
    scope: str
    for_seconds: int
    severity: str
    state: str
    reason: str
    message: str
    value: Figure | None
    unknown_call_count: int
    threshold: Figure
    trace_id: bytes | None
    subject: str
    started_at: datetime
    resolved_at: datetime | None
    deliveries: DeliveryTally

    @property
    def is_firing(self) -> bool:
        """It is not over."""
        return self.state == Incident.State.FIRING


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One transition on its way to one channel."""

    channel_name: str
    kind_label: str
    state: str
    attempts: int
    answer: str
    next_attempt_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class TransitionRow:
    """A change of an incident, with what was seen then and who was told."""

    number: int
    from_state: str
    to_state: str
    reason: str
    message: str
    value: Figure | None
    unknown_call_count: int
    threshold: Figure
    at: datetime
    deliveries: tuple[DeliveryRow, ...]


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule as people read it. `problem` says why it would come too late, now that the project's promises are
    what they are; None when it comes in time."""

    rule_id: int
    name: str
    metric: Metric
    threshold: Figure
    for_seconds: int
    filter: str
    severity: str
    enabled: bool
    channel_names: tuple[str, ...]
    firing_count: int
    last_fired_at: datetime | None
    problem: str | None


def project_promises(project: Project) -> Promises:
    """What the project owes its users, for checking a threshold against."""
    return Promises(
        project_name=project.name,
        user_timeout_ns=project.user_timeout_ns,
        monthly_budget_usd=project.monthly_budget_usd,
    )


def incident_firing_count(*, project_id: int) -> int:
    """How many incidents of the project are firing. One query."""
    return Incident.objects.filter(project_id=project_id, state=Incident.State.FIRING).count()


def latency_thresholds(*, project_id: int) -> list[tuple[str, int]]:
    """(rule name, threshold in nanoseconds) of the enabled latency rules, the lowest first. One query."""
    rules = Rule.objects.filter(project_id=project_id, enabled=True, metric="trace_latency_ns")
    found = rules.order_by("threshold").values_list("name", "threshold")[:MOST_RULES]
    return [(name, int(threshold)) for name, threshold in found]


def incident_list(
    *, project_id: int, state: str | None = None, limit: int = 50, cursor: str | None = None
) -> Page[IncidentRow]:
    """Incidents that have fired, the last to begin first; of one state ("firing", "resolved") if given. Two queries.

    Raises traces.selectors.cursors.CursorError for a cursor of another list.
    """
    rows = _fired(project_id)
    if state is not None:
        rows = rows.filter(state=state)
    if cursor is not None:
        started_ns, last_id = cursor_key(_INCIDENTS, cursor, (int, int))
        started_at = datetime_from_ns(int(started_ns))
        rows = rows.filter(Q(started_at__lt=started_at) | Q(started_at=started_at, pk__lt=last_id))
    limit = max(1, min(limit, MOST_INCIDENTS))
    found = list(rows.order_by("-started_at", "-pk")[: limit + 1])
    shown, tallies = found[:limit], _tallies(found[:limit])
    return Page(
        results=[_incident_row(incident, tallies[incident.pk]) for incident in shown],
        next_cursor=_incident_cursor(shown[-1]) if len(found) > limit else None,
    )


def incident_get(*, project_id: int, incident_id: int) -> IncidentRow | None:
    """One incident of the project that has fired, or None. Two queries."""
    incident = _fired(project_id).filter(pk=incident_id).first()
    return None if incident is None else _incident_row(incident, _tallies([incident])[incident.pk])


def transition_list(*, project_id: int, incident_id: int) -> list[TransitionRow]:
    """All changes of an incident, the first one first, each with its deliveries. Two queries."""
    transitions = (
        Transition.objects.filter(incident__project_id=project_id, incident_id=incident_id)
        .select_related("incident__rule")
        .prefetch_related("deliveries__channel")
        .order_by("number")
    )
    return [_transition_row(transition) for transition in transitions]


def rule_list(*, project_id: int) -> list[RuleRow]:
    """The project's rules by name, at most MOST_RULES. Three queries."""
    rows = Rule.objects.filter(project_id=project_id).select_related("project").prefetch_related("channels")
    rules = list(rows.order_by("name")[:MOST_RULES])
    firings = _firings(rules)
    never: tuple[int, datetime | None] = (0, None)
    found = []
    for rule in rules:
        firing_count, last_fired_at = firings.get(rule.pk, never)
        found.append(_rule_row(rule, firing_count=firing_count, last_fired_at=last_fired_at))
    return found


def rule_problem(rule: Rule) -> str | None:
    """Why the rule would come too late for the promises of its project as they are now; None when it comes in time."""
    return threshold_problem(
        metric=METRICS[rule.metric],
        threshold=rule.threshold,
        for_seconds=rule.for_seconds,
        promises=project_promises(rule.project),
    )


def late_rule_list(project: Project) -> list[str]:
    """What the project's promises overtake, a sentence for each enabled rule that now comes too late. One query."""
    rules = Rule.objects.filter(project=project, enabled=True).order_by("name")[:MOST_RULES]
    found = []
    for rule in rules:
        rule.project = project
        problem = rule_problem(rule)
        if problem:
            found.append(f"The threshold “{rule.name}” now comes too late: {problem}")
    return found


def rule_page(*, project_id: int, limit: int, cursor: str | None) -> Page[Rule]:
    """The project's rules in the order in which they were made, with their channels. Two queries."""
    rows = Rule.objects.filter(project_id=project_id).select_related("project").prefetch_related("channels")
    return _page_by_id(rows, kind=_RULES, limit=min(limit, MOST_RULES), cursor=cursor)


def channel_page(*, project_id: int, limit: int, cursor: str | None) -> Page[Channel]:
    """The project's channels in the order in which they were made. One query."""
    rows = Channel.objects.filter(project_id=project_id)
    return _page_by_id(rows, kind=_CHANNELS, limit=min(limit, MOST_CHANNELS), cursor=cursor)


def _page_by_id(rows: QuerySet[RowT], *, kind: str, limit: int, cursor: str | None) -> Page[RowT]:
    if cursor is not None:
        rows = rows.filter(pk__gt=cursor_key(kind, cursor, (int,))[0])
    found = list(rows.order_by("pk")[: limit + 1])
    has_more = len(found) > limit
    return Page(
        results=found[:limit], next_cursor=cursor_text(kind, [found[limit - 1].pk]) if has_more else None
    )


def _fired(project_id: int) -> QuerySet[Incident]:
    return Incident.objects.filter(project_id=project_id, started_at__isnull=False).select_related("rule")


def _incident_cursor(incident: Incident) -> str:
    started_at = incident.started_at
    assert started_at is not None  # noqa: S101  # _fired gives no others
    return cursor_text(_INCIDENTS, [ns_from_datetime(started_at), incident.pk])


def _tallies(incidents: Iterable[Incident]) -> dict[int, DeliveryTally]:
    """Deliveries of these incidents, counted. One query."""
    states = Delivery.State
    counted = (
        Delivery.objects.filter(transition__incident__in=[incident.pk for incident in incidents])
        .values_list("transition__incident")
        .annotate(
            delivered=Count("pk", filter=Q(state=states.DELIVERED)),
            waiting=Count("pk", filter=Q(state__in=[states.PENDING, states.FAILED])),
            dead=Count("pk", filter=Q(state=states.DEAD)),
        )
    )
    found: dict[int, DeliveryTally] = defaultdict(DeliveryTally)
    for incident_id, delivered, waiting, dead in counted:
        found[incident_id] = DeliveryTally(delivered=delivered, waiting=waiting, dead=dead)
    return found


def _incident_row(incident: Incident, deliveries: DeliveryTally) -> IncidentRow:
    metric = METRICS[incident.rule.metric]
    assert incident.started_at is not None  # noqa: S101  # _fired gives no others
    return IncidentRow(
        incident_id=incident.pk,
        rule_id=incident.rule_id,
        rule_name=incident.rule.name,
        metric=metric,
        scope=incident.rule.filter or "",
        for_seconds=incident.rule.for_seconds,
        severity=incident.rule.severity,
        state=incident.state,
        reason=REASON_WORDS[Reason(incident.reason)] if incident.reason else "",
        message=incident.message,
        value=_figure(metric, incident.value),
        unknown_call_count=incident.unknown_call_count,
        threshold=figure_from_decimal(metric=metric, amount=incident.threshold),
        trace_id=bytes(incident.trace_id) if incident.trace_id else None,
        subject=incident.trace_name or incident.subject,
        started_at=incident.started_at,
        resolved_at=incident.resolved_at,
        deliveries=deliveries,
    )


def _transition_row(transition: Transition) -> TransitionRow:
    metric = METRICS[transition.incident.rule.metric]
    return TransitionRow(
        number=transition.number,
        from_state=transition.from_state,
        to_state=transition.to_state,
        reason=REASON_WORDS[Reason(transition.reason)],
        message=transition.message,
        value=_figure(metric, transition.value),
        unknown_call_count=transition.unknown_call_count,
        threshold=figure_from_decimal(metric=metric, amount=transition.threshold),
        at=transition.at,
        deliveries=tuple(_delivery_row(delivery) for delivery in transition.deliveries.all()),
    )


def _delivery_row(delivery: Delivery) -> DeliveryRow:
    channel = delivery.channel
    return DeliveryRow(
        channel_name=channel.name,
        kind_label=KINDS[channel.kind].label,
        state=delivery.state,
        attempts=delivery.attempts,
        answer=delivery.answer,
        next_attempt_at=delivery.next_attempt_at,
        finished_at=delivery.finished_at,
    )


def _firings(rules: Iterable[Rule]) -> dict[int, tuple[int, datetime | None]]:
    """(incidents that fire, when the last one began) by rule. One query."""
    counted = (
        Incident.objects.filter(rule__in=[rule.pk for rule in rules])
        .values_list("rule")
        .annotate(
            firing=Count("pk", filter=Q(state=Incident.State.FIRING)),
            last=Max("started_at"),
        )
    )
    return {rule_id: (firing, last) for rule_id, firing, last in counted}


def _rule_row(rule: Rule, *, firing_count: int, last_fired_at: datetime | None) -> RuleRow:
    metric = METRICS[rule.metric]
    return RuleRow(
        rule_id=rule.pk,
        name=rule.name,
        metric=metric,
        threshold=figure_from_decimal(metric=metric, amount=rule.threshold),
        for_seconds=rule.for_seconds,
        filter=rule.filter or "",
        severity=rule.severity,
        enabled=rule.enabled,
        channel_names=tuple(channel.name for channel in rule.channels.all()),
        firing_count=firing_count,
        last_fired_at=last_fired_at,
        problem=rule_problem(rule),
    )


def _figure(metric: Metric, amount: Decimal | None) -> Figure | None:
    return None if amount is None else figure_from_decimal(metric=metric, amount=amount)
