"""Looks at what happened since the last look, and at what the clock alone changes, under every rule.

Everything here may run twice, late, or in two workers at once: incidents move by conditional updates only
(services.incidents), and a look back over the same traces finds nothing more to do.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from django.db import DatabaseError
from django.db.models import F
from django.db.models.functions import Greatest

from alerts.domain.conditions import Observation, observe_spend, observe_trace
from alerts.domain.metrics import SPEND, TRACE_LATENCY, Subject, figure_from_decimal
from alerts.domain.months import month_key, month_start, next_month_start
from alerts.domain.scope import parse_scope, spend_scope
from alerts.domain.states import Reason
from alerts.models import Incident, Rule, Watermark
from alerts.services.incidents import (
    Watched,
    incident_close,
    incident_observe,
    incidents_stored,
    rule_metric,
)
from core.clock import ns_from_datetime
from traces.domain.filters import Expression, FilterError
from traces.selectors.rows import TraceRow
from traces.selectors.series import spend_get
from traces.selectors.traces import traces_among, traces_open, traces_summarised_since

OVERLAP = timedelta(seconds=5)
"""Each look goes back so far behind the one before: a summary is visible only when its transaction commits."""
SWEEP_OVERLAP = timedelta(minutes=2)
SWEEP_EVERY = timedelta(seconds=10)
"""Every so often a look goes back much further, for what a slow transaction committed late."""
SPEND_EVERY = timedelta(seconds=2)
ROWS_A_LOOK = 1_000
MOST_LOOKS = 20
"""Of one evaluation; the rest of a long backlog is left to the next one, which is a second away."""
MOST_OPEN = 1_000
MOST_DUE = 500

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Evaluation:
    """What an evaluation changed: the projects whose pages should be told."""

    changed_project_ids: set[int] = field(default_factory=set)

    def note(self, *, rule: Rule, is_changed: bool) -> None:
        """Remember the rule's project if something changed."""
        if is_changed:
            self.changed_project_ids.add(rule.project_id)


def rules_evaluate(*, now: datetime) -> Evaluation:
    """Evaluate every enabled rule: runs summarised since the last look, runs that are still going, the month's
    spend, and incidents whose time has come. The caller announces what changed and delivers what is due."""
    evaluation = Evaluation()
    rules = list(Rule.objects.filter(enabled=True).select_related("project"))
    trace_rules = [rule for rule in rules if rule_metric(rule).subject is Subject.TRACE]
    watermark = _watermark(now=now)
    _evaluate_summarised(trace_rules, watermark=watermark, evaluation=evaluation, now=now)
    _evaluate_running(trace_rules, evaluation=evaluation, now=now)
    _evaluate_spend(rules, watermark=watermark, evaluation=evaluation, now=now)
    _look_again(evaluation=evaluation, now=now)
    return evaluation


@contextmanager
def _by_itself(rule: Rule) -> Iterator[None]:
    """A rule whose filter cannot be read, or takes too long, is logged and keeps no other from being looked at."""
    try:
        yield
    except (FilterError, DatabaseError):
        logger.exception("rule %s (“%s”) could not be evaluated", rule.pk, rule.name)


# --- Runs -------------------------------------------------------------------------------------------


def _evaluate_summarised(
    rules: Sequence[Rule], *, watermark: Watermark, evaluation: Evaluation, now: datetime
) -> None:
    """Runs that were summarised since the last look, oldest summary first; then move the watermark on."""
    is_sweep = _take_turn("swept_at", watermark=watermark, every=SWEEP_EVERY, now=now)
    since = watermark.summarised_until - (SWEEP_OVERLAP if is_sweep else OVERLAP)
    if not rules:  # without rules nothing is read, and a first rule does not look back over all history
        _watermark_advance(now)
        return
    for rows in _summarised(since=since, now=now):
        _evaluate_rows(rules, rows=rows, evaluation=evaluation, now=now)
        _watermark_advance(min(rows[-1].summarised_at, now))


def _summarised(*, since: datetime, now: datetime) -> Iterator[list[TraceRow]]:
    """Pages of what was summarised since then. Clocks of other machines may be a little ahead of `now`."""
    until = now + timedelta(minutes=1)
    for _ in range(MOST_LOOKS):
        rows = traces_summarised_since(since=since, until=until, limit=ROWS_A_LOOK)
        if rows:
            yield rows
        if len(rows) < ROWS_A_LOOK:
            return
        since = rows[-1].summarised_at + timedelta(microseconds=1)


def _evaluate_running(rules: Sequence[Rule], *, evaluation: Evaluation, now: datetime) -> None:
    """Runs that are still going: their latency grows by the clock, with or without new spans."""
    by_clock = [rule for rule in rules if rule_metric(rule) is TRACE_LATENCY]
    if by_clock:
        rows = traces_open(limit=MOST_OPEN)
        _evaluate_rows(by_clock, rows=rows, evaluation=evaluation, now=now)


def _evaluate_rows(
    rules: Sequence[Rule], *, rows: Iterable[TraceRow], evaluation: Evaluation, now: datetime
) -> None:
    """Each project's rows under that project's rules. Two queries a project with rules, one more for each rule
    with a filter that has a run past its threshold."""
    rules_of: dict[int, list[Rule]] = defaultdict(list)
    for rule in rules:
        rules_of[rule.project_id].append(rule)
    rows_of: dict[int, list[TraceRow]] = defaultdict(list)
    for row in rows:
        if row.project_id in rules_of:
            rows_of[row.project_id].append(row)
    for project_id, project_rows in rows_of.items():
        project_rules = rules_of[project_id]
        stored = incidents_stored(rules=project_rules, subjects={row.trace_id.hex() for row in project_rows})
        for rule in project_rules:
            with _by_itself(rule):
                changed = _evaluate_rule(rule, rows=project_rows, stored=stored, now=now)
                evaluation.note(rule=rule, is_changed=changed)


def _evaluate_rule(
    rule: Rule, *, rows: Sequence[TraceRow], stored: dict[tuple[int, str], Incident], now: datetime
) -> bool:
    """One rule over one project's rows; whether anything changed."""
    metric = rule_metric(rule)
    threshold = figure_from_decimal(metric=metric, amount=rule.threshold)

    def observe(row: TraceRow, *, is_in_scope: bool) -> Observation:
        return observe_trace(
            metric=metric,
            threshold=threshold,
            row=row,
            is_in_scope=is_in_scope,
            lost_after_ns=rule.project.lost_after_ns,
            now=now,
        )

    in_scope = _in_scope(rule, [row.trace_id for row in rows if observe(row, is_in_scope=True).is_breach])
    is_changed = False
    for row in rows:
        incident = stored.get((rule.pk, row.trace_id.hex()))
        if incident is None and row.trace_id not in in_scope:
            continue
        seen = observe(row, is_in_scope=row.trace_id in in_scope)
        watched = _watched(row, is_running=seen.settled_at is None)
        is_changed |= incident_observe(rule=rule, watched=watched, seen=seen, incident=incident, now=now)
    return is_changed


def _in_scope(rule: Rule, trace_ids: Sequence[bytes]) -> frozenset[bytes]:
    """Of these runs, those that the rule watches. The database answers, so that a filter has one meaning."""
    expression = _expression(rule)
    if expression is None or not trace_ids:
        return frozenset(trace_ids)
    found = traces_among(project_id=rule.project_id, trace_ids=trace_ids, expression=expression)
    return frozenset(row.trace_id for row in found)


def _expression(rule: Rule) -> Expression | None:
    return parse_scope(rule.filter)


def _watched(row: TraceRow, *, is_running: bool) -> Watched:
    return Watched(
        key=row.trace_id.hex(),
        name=row.name,
        trace_id=row.trace_id,
        agents=row.agents,
        is_running=is_running,
    )


# --- Spend ------------------------------------------------------------------------------------------


def _evaluate_spend(
    rules: Sequence[Rule], *, watermark: Watermark, evaluation: Evaluation, now: datetime
) -> None:
    """The running month's spend under each spend rule. One query a rule, at most every SPEND_EVERY."""
    spend_rules = [rule for rule in rules if rule_metric(rule) is SPEND]
    if not spend_rules or not _take_turn("spend_looked_at", watermark=watermark, every=SPEND_EVERY, now=now):
        return
    month = month_key(now)
    stored = incidents_stored(rules=spend_rules, subjects={month})
    for rule in spend_rules:
        with _by_itself(rule):
            changed = _evaluate_month(rule, incident=stored.get((rule.pk, month)), now=now)
            evaluation.note(rule=rule, is_changed=changed)


def _evaluate_month(rule: Rule, *, incident: Incident | None, now: datetime) -> bool:
    """One spend rule over the running month; whether anything changed."""
    agent, service = spend_scope(_expression(rule)) or (None, None)
    spend = spend_get(
        project_id=rule.project_id,
        since_ns=ns_from_datetime(month_start(now)),
        until_ns=ns_from_datetime(next_month_start(now)),
        agent=agent,
        service=service,
    )
    month = month_key(now)
    return incident_observe(
        rule=rule,
        watched=Watched(key=month, name=month),
        seen=observe_spend(threshold=rule.threshold, spend=spend, now=now),
        incident=incident,
        now=now,
    )


# --- By the clock -----------------------------------------------------------------------------------


def _look_again(*, evaluation: Evaluation, now: datetime) -> None:
    """Incidents whose next look is due, and those of rules that were switched off."""
    due = (
        Incident.objects.filter(state__in=["pending", "firing"], next_look_at__lte=now)
        .select_related("project", "rule__project")
        .order_by("next_look_at")[:MOST_DUE]
    )
    by_rule = sorted(due, key=lambda incident: incident.rule_id)
    for _, incidents in groupby(by_rule, key=lambda incident: incident.rule_id):
        listed = list(incidents)
        with _by_itself(listed[0].rule):
            evaluation.note(rule=listed[0].rule, is_changed=_look_again_at(listed, now=now))


def _look_again_at(incidents: Sequence[Incident], *, now: datetime) -> bool:
    """Due incidents of one rule; whether anything changed."""
    rule = incidents[0].rule
    if not rule.enabled:
        return _close_all(incidents, reason=Reason.RULE_OFF, now=now)
    if rule_metric(rule).subject is Subject.MONTH:
        past = [incident for incident in incidents if incident.subject != month_key(now)]
        return _close_all(past, reason=Reason.MONTH_ENDED, now=now)
    rows = traces_among(
        project_id=rule.project_id,
        trace_ids=[bytes(incident.trace_id) for incident in incidents if incident.trace_id],
    )
    stored = {(rule.pk, incident.subject): incident for incident in incidents}
    is_changed = _evaluate_rule(rule, rows=rows, stored=stored, now=now)
    found = {row.trace_id.hex() for row in rows}
    gone = [incident for incident in incidents if incident.subject not in found]
    return _close_all(gone, reason=Reason.GONE, now=now) or is_changed


def _close_all(incidents: Iterable[Incident], *, reason: Reason, now: datetime) -> bool:
    closed = [incident_close(incident=incident, reason=reason, now=now) for incident in incidents]
    return any(closed)


# --- The watermark ----------------------------------------------------------------------------------


def _watermark(*, now: datetime) -> Watermark:
    watermark, _ = Watermark.objects.get_or_create(
        pk=1, defaults={"summarised_until": now, "spend_looked_at": now - SPEND_EVERY, "swept_at": now}
    )
    return watermark


def _watermark_advance(until: datetime) -> None:
    """Never back: another evaluator may be further on."""
    Watermark.objects.filter(pk=1).update(summarised_until=Greatest(F("summarised_until"), until))


def _take_turn(look: str, *, watermark: Watermark, every: timedelta, now: datetime) -> bool:
    """Whether it is time for this longer look, and no other evaluator has just taken it."""
    last: datetime = getattr(watermark, look)
    if now - last < every:
        return False
    return Watermark.objects.filter(pk=1, **{look: last}).update(**{look: now}) == 1
