"""Costs, counting decisions and ages in the words that the trace pages use."""

from decimal import Decimal

from core.units import format_usd
from traces.domain.counting import Reason

UNKNOWN = "unknown"
NO_CALLS = "–"

REASON_WORDS = {
    Reason.CALL: "",
    Reason.ONLY_REPORT: "Counted: no model span below tells of this usage.",
    Reason.SAME_RESPONSE: "Not counted: second report of a call with the same response id.",
    Reason.SAME_CALL_NESTED: "Not counted: second report of the call that another instrumentation tells of inside or around it.",
    Reason.SAME_CALL_OVERLAP: "Not counted: second report of a call that another instrumentation saw at the same time.",
    Reason.WRAPPER: "Not counted: this repeats the sum of the calls below it.",
    Reason.FAILED: "The call failed and reported no usage.",
    Reason.UNMETERED: "The call succeeded without reporting usage; its cost is unknown.",
}


def cost_words(*, cost_usd: Decimal | None, cost_low_usd: Decimal | None, unknown_call_count: int) -> str:
    """`$0.0031`; `at least $0.0031` where some of it is unknown; `unknown`; a dash where nothing was called.

    `unknown_call_count` are successful calls whose cost is not known.
    """
    if cost_usd is None:
        return UNKNOWN if unknown_call_count else NO_CALLS
    if unknown_call_count == 0 and (cost_low_usd is None or cost_low_usd == cost_usd):
        return format_usd(cost_usd)
    return f"at least {format_usd(cost_usd if cost_low_usd is None else cost_low_usd)}"


def reason_words(reason: str) -> str:
    """Why a span's usage is counted or not, in a sentence, where it is not plain; an unknown reason as it is."""
    try:
        return REASON_WORDS[Reason(reason)]
    except ValueError:
        return reason


def unknown_words(*, unmetered_call_count: int, unpriced_call_count: int) -> str:
    """What makes a cost incomplete: `2 calls without usage, 1 call without a known price`; empty when nothing does."""
    parts = [
        f"{number} call{'' if number == 1 else 's'} without {lack}"
        for number, lack in ((unmetered_call_count, "usage"), (unpriced_call_count, "a known price"))
        if number
    ]
    return ", ".join(parts)


def estimate_words(*, cost_usd: Decimal | None, estimate_usd: Decimal | None, is_least: bool) -> str:
    """How the cost compares with the design estimate: `6.1× the estimate of $0.02`; empty without an estimate.

    `is_least`: some of the cost is unknown, so that the factor is a lower bound too.
    """
    if estimate_usd is None:
        return ""
    if cost_usd is None or estimate_usd == 0:
        return f"estimate {format_usd(estimate_usd)}"
    factor = cost_usd / estimate_usd
    shown = f"{factor:.0f}" if factor >= 10 else f"{factor:.1f}".removesuffix(".0")
    return f"{'at least ' if is_least else ''}{shown}× the estimate of {format_usd(estimate_usd)}"
