"""Template filters of the trace pages: {% load trace_words %}."""

from decimal import Decimal

from django import template

from dashboards.domain.money import known_cost, unknown_calls
from dashboards.domain.timeline import Usage
from dashboards.domain.words import estimate_words, reason_words
from traces.selectors.rows import TraceRow

register = template.Library()


@register.filter
def trace_unknown(trace: TraceRow) -> str:
    """What makes the trace's cost incomplete; empty when nothing does."""
    return unknown_calls(
        unmetered_call_count=trace.unmetered_call_count, unpriced_call_count=trace.unpriced_call_count
    )


@register.filter
def trace_estimate(trace: TraceRow, estimate_usd: Decimal | None) -> str:
    """The cost beside the project's design estimate; empty without one."""
    is_least = bool(trace.unmetered_call_count + trace.unpriced_call_count)
    return estimate_words(cost_usd=trace.cost_usd, estimate_usd=estimate_usd, is_least=is_least)


@register.filter
def usage_cost(usage: Usage) -> str:
    """What the calls of a subtree cost, short: `$0.0031`, `≥ $0.0031`, `unknown`, a dash."""
    words = known_cost(usage.cost_usd, unknown_call_count=usage.unknown_call_count)
    return words.replace("at least", "≥")


@register.filter
def filter_text(value: str, field: str) -> str:
    """`field = "value"` in the filter language, the value quoted so that it stands for itself."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{field} = "{escaped}"'


@register.filter
def first_line(text: str) -> str:
    """The first line that says something: error messages often carry a whole stack behind it."""
    said = text.split("Traceback (most recent call last)")[0].strip() or text.strip()
    return said.splitlines()[0] if said else ""


@register.filter
def counting_words(reason: str | None) -> str:
    """Why a span's usage is counted or not; empty for spans without usage."""
    return reason_words(reason) if reason else ""
