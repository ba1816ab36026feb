"""Template filters of the trace pages: {% load trace_words %}."""

from decimal import Decimal
from typing import Any

from django import template

from core.clock import now_ns
from dashboards.domain.money import known_cost, known_tokens, unknown_calls
from dashboards.domain.timeline import Usage
from dashboards.domain.words import estimate_words, reason_words
from projects.models import Project
from traces.selectors.rows import TraceRow

register = template.Library()

LEAST_SHOWN_USD = Decimal("0.0001")
"""What is less is said to be less in a narrow column; the span's panel has the whole of it."""


@register.filter
def is_running(trace: TraceRow, project: Project) -> bool:
    """Whether its duration ticks."""
    return trace.is_running(now_ns=now_ns(), lost_after_ns=project.lost_after_ns)


@register.filter
def trace_unknown(trace: TraceRow) -> str:
    """What makes the trace's cost incomplete; empty when nothing does."""
    return unknown_calls(trace.unknown)


@register.filter
def trace_estimate(trace: TraceRow, estimate_usd: Decimal | None) -> str:
    """The cost beside the project's design estimate; empty without one."""
    is_least = trace.unknown.call_count > 0
    return estimate_words(cost_usd=trace.cost_usd, estimate_usd=estimate_usd, is_least=is_least)


@register.filter
def trace_tokens(trace: TraceRow) -> str:
    """The trace's tokens; `unknown` where there were calls and none reported any, a dash where there was nothing."""
    return known_tokens(trace.tokens, unknown_call_count=trace.unknown.silent_call_count)


@register.filter
def usage_tokens(usage: Usage) -> str:
    """The tokens of a subtree's calls, in the same words."""
    return known_tokens(usage.tokens, unknown_call_count=usage.unknown_call_count)


@register.filter
def usage_cost(usage: Usage) -> str:
    """What the calls of a subtree cost, short: `$0.0031`, `≥ $0.0031`, `< $0.0001`, `unknown`, a dash."""
    if usage.cost_usd and usage.cost_usd < LEAST_SHOWN_USD and not usage.unknown_call_count:
        return f"< ${LEAST_SHOWN_USD}"
    words = known_cost(usage.cost_usd, unknown_call_count=usage.unknown_call_count)
    return words.replace("at least", "≥")


@register.filter
def filter_text(value: str, field: str) -> str:
    """`field = "value"` in the filter language, the value quoted so that it stands for itself."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{field} = "{escaped}"'


@register.filter
def state_duration(state: dict[str, Any]) -> int:
    """How long a state lasted, in nanoseconds."""
    return int(state["end_time_unix_nano"]) - int(state["start_time_unix_nano"])


@register.filter
def first_line(text: str) -> str:
    """The first line that says something: error messages often carry a whole stack behind it."""
    said = text.split("Traceback (most recent call last)")[0].strip() or text.strip()
    return said.splitlines()[0] if said else ""


@register.filter
def counting_words(reason: str | None) -> str:
    """Why a span's usage is counted or not; empty for spans without usage."""
    return reason_words(reason) if reason else ""
