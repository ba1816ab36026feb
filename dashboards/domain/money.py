"""Words for costs and tokens of which a part may not be known."""

from decimal import Decimal

from core.units import format_count, format_usd
from traces.selectors.rows import UnknownCost


def known_cost(
    cost_usd: Decimal | None, *, unknown_call_count: int, cost_low_usd: Decimal | None = None
) -> str:
    """`$1.20`; `$0.90–$1.20` where a cache split that matters is not reported (`cost_low_usd` is lower); `at least
    $0.90` where what some calls cost is not known; `unknown` where no call could be priced; a dash where no call cost
    anything."""
    if cost_usd is None:
        return "unknown" if unknown_call_count else "–"
    low_usd = cost_usd if cost_low_usd is None else cost_low_usd
    if unknown_call_count:
        return f"at least {format_usd(low_usd)}"
    low, high = format_usd(low_usd), format_usd(cost_usd)
    return high if low == high else f"{low}–{high}"


def known_tokens(tokens: int, *, unknown_call_count: int) -> str:
    """`12.4k`; `unknown` where there were calls and none reported any; a dash where no call used any."""
    if tokens:
        return format_count(tokens)
    return "unknown" if unknown_call_count else "–"


def unknown_calls(unknown: UnknownCost) -> str:
    """`3 calls without reported usage, 1 call without a known price; about $0.02 more for 3 calls, estimated from …`;
    empty where all is known."""
    kinds = (
        (unknown.unmetered_call_count, "without reported usage"),
        (unknown.unpriced_call_count, "without a known price"),
        (unknown.maybe_billed_call_count, "that failed and may have been billed"),
    )
    words = ", ".join(f"{_calls(number)} {what}" for number, what in kinds if number)
    return f"{words}; {estimate}" if (estimate := estimated_cost(unknown)) else words


def estimated_cost(unknown: UnknownCost) -> str:
    """`about $0.02 more for 3 calls, estimated from their text`; empty where nothing is estimated."""
    if unknown.estimated_usd is None:
        return ""
    amount = format_usd(unknown.estimated_usd)
    return f"about {amount} more for {_calls(unknown.estimated_call_count)}, estimated from their text"


def _calls(number: int) -> str:
    return f"{format_count(number)} call{'' if number == 1 else 's'}"
