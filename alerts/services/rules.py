"""Changes of rules and channels. The admin and REST come through here, so that both refuse the same things."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from alerts.channels import KINDS
from alerts.channels.kind import ConfigError, config_clean
from alerts.domain.metrics import METRICS, SPEND, Metric
from alerts.domain.scope import parse_scope, spend_scope
from alerts.domain.thresholds import MOST_SECONDS, metric_problem, threshold_problem
from alerts.domain.wording import PLACEHOLDERS, unknown_placeholders
from alerts.models import Channel, Incident, Rule
from alerts.selectors import project_promises
from projects.models import Project
from traces.domain.filters import FilterError

MOST_NAME_CHARACTERS = 120
MOST_MESSAGE_CHARACTERS = 2_000


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """A rule as somebody wants it. `threshold` is in the metric's unit; `filter` "" watches every run."""

    project: Project
    name: str
    metric: str
    threshold: Decimal
    operator: str = ">"
    for_seconds: int = 0
    keep_firing_seconds: int = 300
    filter: str = ""
    severity: str = Rule.Severity.WARNING
    message: str = ""
    channels: Sequence[Channel] = ()
    enabled: bool = True


class DraftError(ValueError):
    """What cannot be accepted: field name to sentence."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(problems.values()))
        self.problems = problems


def rule_draft(rule: Rule) -> RuleDraft:
    """A stored rule as a draft, to be changed in parts. One query, unless its channels are loaded."""
    return RuleDraft(
        project=rule.project,
        name=rule.name,
        metric=rule.metric,
        threshold=rule.threshold,
        operator=rule.operator,
        for_seconds=rule.for_seconds,
        keep_firing_seconds=rule.keep_firing_seconds,
        filter=rule.filter or "",
        severity=rule.severity,
        message=rule.message,
        channels=list(rule.channels.all()),
        enabled=rule.enabled,
    )


def rule_problems(draft: RuleDraft, *, rule: Rule | None) -> dict[str, str]:
    """What is wrong with a draft, by field; empty when it can be saved. `rule` is the one that it would change.

    One query at most: whether another rule of the project has the name.
    """
    unknown = metric_problem(draft.metric)
    if unknown:
        return {"metric": unknown}
    metric = METRICS[draft.metric]
    checks = {
        "name": _name_problem(draft.name, is_taken=_is_name_taken(draft, rule)),
        "operator": None if draft.operator == ">" else "The operator is “>”.",
        "for_seconds": _seconds_problem(draft.for_seconds),
        "keep_firing_seconds": _seconds_problem(draft.keep_firing_seconds),
        "severity": _severity_problem(draft.severity),
        "filter": _filter_problem(draft.filter, metric=metric),
        "message": _message_problem(draft.message),
        "channels": _channels_problem(draft),
        "threshold": _threshold_problem(draft, rule=rule),
    }
    return {field: problem for field, problem in checks.items() if problem}


def rule_save(draft: RuleDraft, *, rule: Rule | None, now: datetime) -> Rule:
    """Make a rule, or change `rule`, as drafted. Raises DraftError when it has problems."""
    problems = rule_problems(draft, rule=rule)
    if problems:
        raise DraftError(problems)
    target = rule or Rule(project=draft.project)
    for name in (
        "name",
        "metric",
        "operator",
        "threshold",
        "for_seconds",
        "keep_firing_seconds",
        "severity",
        "message",
        "enabled",
    ):
        setattr(target, name, getattr(draft, name))
    target.filter = draft.filter.strip() or None
    with transaction.atomic():
        target.save()
        target.channels.set(draft.channels)
        rule_wake(rule=target, now=now)
    return target


def rule_wake(*, rule: Rule, now: datetime) -> None:
    """A rule was changed: what it holds open is looked at again at the next evaluation."""
    Incident.objects.filter(rule=rule, state__in=["pending", "firing"]).update(next_look_at=now)


def channel_problems(
    *, project: Project, name: str, kind: str, config: Any, channel: Channel | None
) -> tuple[dict[str, str], dict[str, Any]]:
    """What is wrong with a channel, by field (settings as `config.NAME`), and the settings to store.

    `channel` is the one that would change; a secret that is given back masked stays as it has it.
    """
    problems: dict[str, str] = {}
    namesakes = Channel.objects.filter(project=project, name=name).exclude(pk=channel.pk if channel else 0)
    name_problem = _name_problem(name, is_taken=namesakes.exists())
    if name_problem:
        problems["name"] = name_problem
    if kind not in KINDS:
        return problems | {"kind": f"There is no kind “{kind}”. Kinds are {', '.join(KINDS)}."}, {}
    if channel is not None and channel.kind != kind:
        return problems | {"kind": "A channel keeps its kind; make a new one instead."}, {}
    if not isinstance(config, dict):
        return problems | {"config": "Settings are an object."}, {}
    try:
        cleaned = config_clean(KINDS[kind], given=config, stored=channel.config if channel else {})
    except ConfigError as error:
        return problems | {f"config.{field}": problem for field, problem in error.problems.items()}, {}
    return problems, cleaned


def channel_save(*, project: Project, name: str, kind: str, config: Any, channel: Channel | None) -> Channel:
    """Make a channel, or change `channel`. Raises DraftError when it has problems."""
    problems, cleaned = channel_problems(
        project=project, name=name, kind=kind, config=config, channel=channel
    )
    if problems:
        raise DraftError(problems)
    target = channel or Channel(project=project, kind=kind)
    target.name, target.config = name, cleaned
    target.save()
    return target


def _threshold_problem(draft: RuleDraft, *, rule: Rule | None) -> str | None:
    """A rule that a lowered promise has overtaken must still be possible to switch off."""
    is_unmoved = rule is not None and (
        (draft.metric, draft.threshold, draft.for_seconds) == (rule.metric, rule.threshold, rule.for_seconds)
    )
    if is_unmoved and not draft.enabled:
        return None
    return threshold_problem(
        metric=METRICS[draft.metric],
        threshold=draft.threshold,
        for_seconds=draft.for_seconds,
        promises=project_promises(draft.project),
    )


def _is_name_taken(draft: RuleDraft, rule: Rule | None) -> bool:
    namesakes = Rule.objects.filter(project=draft.project, name=draft.name)
    return namesakes.exclude(pk=rule.pk if rule else 0).exists()


def _name_problem(name: str, *, is_taken: bool) -> str | None:
    if not name.strip():
        return "A name is needed."
    if len(name) > MOST_NAME_CHARACTERS:
        return f"A name has {MOST_NAME_CHARACTERS} characters at most."
    return f"The project has another one named “{name}”." if is_taken else None


def _seconds_problem(seconds: int) -> str | None:
    return None if 0 <= seconds <= MOST_SECONDS else f"Write 0 to {MOST_SECONDS:,} seconds."


def _severity_problem(severity: str) -> str | None:
    known = Rule.Severity.values
    return None if severity in known else f"Severities are {', '.join(known)}."


def _filter_problem(text: str, *, metric: Metric) -> str | None:
    try:
        expression = parse_scope(text)
    except FilterError as error:
        return f"{error.message} (at character {error.position + 1})"
    if metric is SPEND and spend_scope(expression) is None:
        return (
            "Spend is summed over model calls, so its scope is agent = … and service = … at most, "
            "each once: other fields belong to whole traces."
        )
    return None


def _message_problem(message: str) -> str | None:
    if len(message) > MOST_MESSAGE_CHARACTERS:
        return f"A message has {MOST_MESSAGE_CHARACTERS:,} characters at most."
    unknown = unknown_placeholders(message)
    if unknown:
        return f"{{{unknown[0]}}} stands for nothing. What can be filled in is {_placeholder_list()}."
    return None


def _placeholder_list() -> str:
    return ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)


def _channels_problem(draft: RuleDraft) -> str | None:
    strangers = [channel.name for channel in draft.channels if channel.project_id != draft.project.pk]
    if not strangers:
        return None
    return f"“{strangers[0]}” is a channel of another project than {draft.project.name}."
