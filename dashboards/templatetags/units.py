"""Template filters that turn stored values into words: {% load units %}.

None is shown as a dash, or as "unknown" where it is money: an unknown price is never zero.
"""

from datetime import datetime
from decimal import Decimal
from typing import Literal

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from core.clock import NS_PER_DAY, NS_PER_SECOND, datetime_from_ns, now_ns, ns_from_datetime
from core.units import format_count, format_duration, format_usd
from dashboards.domain.money import known_cost, unknown_calls
from traces.selectors.rows import TraceRow

register = template.Library()

NOTHING = "–"

KIND_WORDS = {
    "agent": "Agent",
    "workflow": "Workflow",
    "llm": "LLM",
    "embedding": "Embedding",
    "retrieval": "Retrieval",
    "rerank": "Rerank",
    "tool": "Tool",
    "guardrail": "Guardrail",
    "evaluation": "Evaluation",
    "human": "Human",
    "state": "State",
    "other": "Other",
}


def _as_ns(moment: int | datetime) -> int:
    return ns_from_datetime(moment) if isinstance(moment, datetime) else moment


@register.filter
def duration(duration_ns: int | Literal[""] | None) -> str:
    """`3.04 s`. "" is what a template makes of a field of nothing."""
    return NOTHING if duration_ns is None or duration_ns == "" else format_duration(duration_ns)


@register.filter
def usd(amount: Decimal | Literal[""] | None) -> str:
    """`$0.0031`, or `unknown`. "" is what a template makes of a field of nothing."""
    return "unknown" if amount is None or amount == "" else format_usd(amount)


@register.filter
def count(number: int | Literal[""] | None) -> str:
    """`12.4k`. "" is what a template makes of a field of nothing."""
    return NOTHING if number is None or number == "" else format_count(number)


@register.filter
def exact(number: int | None) -> str:
    """`12,431`, for titles and tables that are read digit by digit."""
    return NOTHING if number is None else f"{number:,}"


@register.filter
def percent(share: float | None) -> str:
    """`12 %`, `0.4 %`, `< 0.1 %` of a share between 0 and 1."""
    if share is None:
        return NOTHING
    hundredths = share * 100
    if 0 < hundredths < 0.1:
        return "< 0.1 %"
    return f"{hundredths:.0f} %" if hundredths >= 10 or hundredths == 0 else f"{hundredths:.1f} %"


@register.filter
def multiple(share: float) -> str:
    """`38 % of` a whole, and beyond it `20×`: to be read before the whole's name."""
    if share < 1:
        return f"{percent(share)} of"
    return f"{share:.0f}×" if share >= 10 else f"{share:.1f}×"


@register.filter
def dotted(name: str) -> str:
    """The name of an attribute, which may be broken after its dots."""
    return format_html_join(mark_safe(".<wbr>"), "{}", ((part,) for part in name.split(".")))


@register.filter
def ago(moment: int | datetime | None) -> str:
    """`just now`, `12 s ago`, `3 min ago`, `2 d ago`: one unit, as it is read at a glance."""
    if moment is None:
        return NOTHING
    seconds = (now_ns() - _as_ns(moment)) // NS_PER_SECOND
    if seconds < 1:
        return "just now"
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit} ago"
    return f"{seconds} s ago"


@register.simple_tag
def age(moment: int | datetime, css: str = "") -> SafeString:
    """The moment as ago(), kept true by js/ages.js while the page is open, with the exact time as its title."""
    return format_html(
        '<time{} datetime="{}" title="{}" data-age="{}">{}</time>',
        format_html(' class="{}"', css) if css else "",
        iso(moment),
        timestamp(moment),
        _as_ns(moment),
        ago(moment),
    )


@register.filter
def elapsed(start_ns: int) -> str:
    """`12 s`, `1 min 12 s`: how long something runs that began then, in the words that js/ticking.js goes on with."""
    seconds = max(0, now_ns() - start_ns) // NS_PER_SECOND
    return format_duration(seconds * NS_PER_SECOND) if seconds else "0 s"


@register.filter
def clock(moment: int | datetime | None) -> str:
    """`14:03:22` within the last day, else `23 Nov 14:03:22`; UTC like every time that is shown."""
    if moment is None:
        return NOTHING
    moment_ns = _as_ns(moment)
    form = "%H:%M:%S" if abs(now_ns() - moment_ns) < NS_PER_DAY else "%-d %b %H:%M:%S"
    return datetime_from_ns(moment_ns).strftime(form)


@register.filter
def timestamp(moment: int | datetime | None) -> str:
    """`2025-11-23 14:03:22.104512 UTC`, for titles."""
    if moment is None:
        return NOTHING
    return datetime_from_ns(_as_ns(moment)).strftime("%Y-%m-%d %H:%M:%S.%f UTC")


@register.filter
def iso(moment: int | datetime | None) -> str:
    """`2025-11-23T14:03:22.104512+00:00`, for the datetime attribute."""
    return "" if moment is None else datetime_from_ns(_as_ns(moment)).isoformat()


@register.filter(name="hex")
def hex_text(identifier: bytes | memoryview | None) -> str:
    """A trace's or span's id in lower-case hexadecimal; nothing for None."""
    return "" if identifier is None else bytes(identifier).hex()


@register.filter
def kind_class(kind: str) -> str:
    """`kind kind--tool`; kinds that this page does not know look like `other`."""
    return f"kind kind--{kind if kind in KIND_WORDS else 'other'}"


@register.filter
def kind_word(kind: str) -> str:
    """`Tool`."""
    return KIND_WORDS.get(kind, KIND_WORDS["other"])


@register.inclusion_tag("dashboards/_kind.html")
def kind_mark(kind: str, *, is_worded: bool = True) -> dict[str, str | bool]:
    """The glyph and word of a kind in its colour; without the word, it is the glyph's label."""
    known = kind if kind in KIND_WORDS else "other"
    return {"kind": known, "word": KIND_WORDS[known], "is_worded": is_worded}


@register.inclusion_tag("dashboards/_status.html")
def status_mark(status: str | int) -> dict[str, str]:
    """A trace's status (open, ok, error) or a span's (0 unset, 1 ok, 2 error) as a badge."""
    names = {0: "unset", 1: "ok", 2: "error"}
    return {"status": names[status] if isinstance(status, int) else status}


@register.inclusion_tag("dashboards/_cost.html")
def trace_cost(trace: TraceRow, *, is_noted: bool = False) -> dict[str, str | int]:
    """A trace's cost, `at least …` where it has calls of unknown cost, with those in the title; and their number beside
    it, where nothing else on the page says it."""
    words = known_cost(
        trace.cost_usd, unknown_call_count=trace.unknown.call_count, cost_low_usd=trace.cost_low_usd
    )
    return {
        "words": words,
        "unknown": unknown_calls(trace.unknown),
        "noted_count": trace.unknown.call_count if is_noted and trace.cost_usd is not None else 0,
    }
