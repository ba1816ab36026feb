"""Words for costs and tokens of which a part may not be known."""

from decimal import Decimal

from core.units import format_count, format_usd


def known_cost(
    cost_usd: Decimal | None, *, unknown_call_count: int, cost_low_usd: Decimal | None = None
) -> str:
    """`$1.20`; `$0.90–$1.20` where a cache split that matters is not reported (`cost_low_usd` is lower); `at least
    $0.90` where calls are unmetered or unpriced; `unknown` where no call could be priced; a dash where no call cost
    anything."""
    if cost_usd is None:
        return "unknown" if unknown_call_count else "–"
    low_usd = cost_usd if cost_low_usd is None else cost_low_usd
    if unknown_call_count:
        return f"at least {format_usd(low_usd)}"
    low, high = format_usd(low_usd), format_usd(cost_usd)
    return high if low == high else f"{low}–{high}"


def known_tokens(tokens: int, *, unknown_call_count: int) -> str:
    """`12.4k`; `unknown` where calls succeeded and none reported any; a dash where no call used any."""
    if tokens:
        return format_count(tokens)
    return "unknown" if unknown_call_count else "–"


def unknown_calls(*, unmetered_call_count: int, unpriced_call_count: int) -> str:
    """`3 calls without usage, 2 without a known price`; empty where all is known."""
    parts = []
    if unmetered_call_count:
        parts.append(f"{_calls(unmetered_call_count)} without reported usage")
    if unpriced_call_count:
        parts.append(f"{_calls(unpriced_call_count)} without a known price")
    return ", ".join(parts)


def _calls(number: int) -> str:
    return f"{format_count(number)} call{'' if number == 1 else 's'}"
