"""Figures and incidents in words, the same on pages, in mails and in refusals."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from alerts.domain.metrics import Figure, Metric, Subject, Unit
from core.clock import NS_PER_SECOND
from core.units import at_least, decimal_text, format_duration, format_usd

PLACEHOLDERS = {
    "rule": "the rule's name",
    "metric": "what it watches, such as Trace Latency",
    "value": "the value seen, with its unit",
    "threshold": "the threshold, with its unit",
    "subject": "the run's name, or the month",
    "agents": "the run's agents",
    "trace_id": "the run's id",
    "url": "the incident's page",
}
_PLACEHOLDER = re.compile(r"\{(\w*)\}")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a sentence about an incident can say. `subject` is the run's name or the month, "" if unknown."""

    rule: str
    metric: Metric
    value: Figure | None
    threshold: Figure
    subject: str
    unknown_call_count: int = 0
    is_running: bool = False
    agents: tuple[str, ...] = ()
    trace_id: str = ""
    url: str = ""


def figure_text(*, metric: Metric, figure: Figure | None) -> str:
    """`42.3 s`, `$3.20`, `unknown`."""
    return "unknown" if figure is None else _TEXTS[metric.unit](figure)


_TEXTS: dict[Unit, Callable[[Figure], str]] = {
    Unit.NANOSECONDS: lambda figure: format_duration(int(figure)),
    Unit.USD: lambda figure: format_usd(_money(figure)),
    Unit.COUNT: lambda figure: f"{int(figure):,}",
}


def whole_scope_text(metric: Metric) -> str:
    """What a threshold without a filter watches."""
    return "every run" if metric.subject is Subject.TRACE else "all model calls"


def pair_text(*, metric: Metric, value: Figure, threshold: Figure) -> tuple[str, str]:
    """Both figures, exact where rounding would make them look alike (`30.004 s > 30 s`, not `30 s > 30 s`)."""
    texts = (figure_text(metric=metric, figure=value), figure_text(metric=metric, figure=threshold))
    if value == threshold or texts[0] != texts[1]:
        return texts
    return _exact_text(metric, value), _exact_text(metric, threshold)


def figure_json(*, metric: Metric, figure: Figure | None) -> int | str | None:
    """The figure as the REST API has it: durations are numbers, money is a decimal string."""
    if figure is None:
        return None
    return decimal_text(_money(figure)) if metric.unit is Unit.USD else int(figure)


def incident_sentence(facts: Facts) -> str:
    """`Trace Latency 42.3 s > 30 s on planner`, with `, still running` where it does."""
    value, threshold = _values(facts)
    sign = "≤" if facts.value is not None and facts.value <= facts.threshold else ">"
    where = f" on {facts.subject}" if facts.trace_id and facts.subject else ""
    month = f" in {facts.subject}" if not facts.trace_id and facts.subject else ""
    return (
        f"{facts.metric.label} {value} {sign} {threshold}{where}{month}{', still running' * facts.is_running}"
    )


def fill_message(template: str, *, facts: Facts) -> str:
    """The rule's own message with its {placeholders} filled; a blank one gives `incident_sentence`.

    What fills a placeholder is not looked at again, and a name that is none stays as it was written.
    """
    if not template.strip():
        return incident_sentence(facts)
    value, threshold = _values(facts)
    words: Mapping[str, str] = {
        "rule": facts.rule,
        "metric": facts.metric.label,
        "value": value,
        "threshold": threshold,
        "subject": facts.subject,
        "agents": ", ".join(facts.agents) or "unknown",
        "trace_id": facts.trace_id,
        "url": facts.url,
    }
    return _PLACEHOLDER.sub(lambda match: words.get(match[1], match[0]), template)


def unknown_placeholders(template: str) -> list[str]:
    """Names in braces that stand for nothing, in order."""
    return [name for name in _PLACEHOLDER.findall(template) if name not in PLACEHOLDERS]


def _values(facts: Facts) -> tuple[str, str]:
    if facts.value is None:
        return "unknown", figure_text(metric=facts.metric, figure=facts.threshold)
    value, threshold = pair_text(metric=facts.metric, value=facts.value, threshold=facts.threshold)
    return at_least(value, facts.unknown_call_count), threshold


def _exact_text(metric: Metric, figure: Figure) -> str:
    if metric.unit is Unit.NANOSECONDS:
        whole, rest = divmod(int(figure), NS_PER_SECOND)
        return f"{whole}.{rest:09d}".rstrip("0").rstrip(".") + " s"
    if metric.unit is Unit.COUNT:
        return f"{int(figure):,}"
    return f"${decimal_text(_money(figure))}"


def _money(figure: Figure) -> Decimal:
    return Decimal(figure)
