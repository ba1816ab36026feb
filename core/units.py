"""Numbers for people: durations, money and counts in the units that an engineer would say."""

from decimal import Context, Decimal

_DURATION_STEPS = (
    (86_400_000_000_000, "d"),
    (3_600_000_000_000, "h"),
    (60_000_000_000, "min"),
)


# More digits than 64 bits of nanoseconds have, so that no result is ever rounded.
_EXACT = Context(prec=60)


def _three_digits(value: Decimal) -> str:
    """At most three significant digits and no exponent: 1.23, 12.3, 123."""
    if value >= 100:
        return f"{value:.0f}"
    if value >= 10:
        return f"{value:.1f}".removesuffix(".0")
    text = f"{value:.2f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def ns_from_seconds(seconds: Decimal) -> int:
    """Whole nanoseconds of a decimal number of seconds, exactly.

    Raises ValueError where a part of a nanosecond would be lost.
    """
    if not seconds.is_finite():
        raise ValueError(f"{seconds} is not a number of seconds")
    ns = int(seconds.scaleb(9, context=_EXACT))
    if Decimal(ns).scaleb(-9, context=_EXACT) != seconds:
        raise ValueError(f"{seconds} s has more than nine decimal places")
    return ns


def seconds_from_ns(duration_ns: int) -> Decimal:
    """A duration in seconds, exactly and without trailing zeros: 60, 1.5, 0.000000001."""
    seconds = Decimal(duration_ns).scaleb(-9, context=_EXACT).normalize(_EXACT)
    return seconds.quantize(Decimal(1)) if seconds == seconds.to_integral_value() else seconds


def format_duration(duration_ns: int) -> str:
    """`850 ns`, `1.2 ms`, `3.04 s`, `2 min 5 s`, `3 h 20 min`, `2 d 4 h`."""
    if duration_ns < 0:
        return "-" + format_duration(-duration_ns)
    for index, (step, unit) in enumerate(_DURATION_STEPS):
        if duration_ns >= step:
            whole, rest = divmod(duration_ns, step)
            smaller, smaller_unit = (
                _DURATION_STEPS[index + 1] if index + 1 < len(_DURATION_STEPS) else (1_000_000_000, "s")
            )
            part = rest // smaller
            return f"{whole} {unit} {part} {smaller_unit}" if part else f"{whole} {unit}"
    for step, unit in ((1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "µs")):
        if duration_ns >= step:
            return f"{_three_digits(Decimal(duration_ns) / step)} {unit}"
    return f"{duration_ns} ns"


def format_usd(amount: Decimal) -> str:
    """`$12.40`, `$0.0031`, `$0`; at least two significant digits below a dollar, cents above."""
    if amount < 0:
        return "-" + format_usd(-amount)
    if amount == 0:
        return "$0"
    if amount >= 1:
        return f"${amount:,.2f}"
    places = max(2, 1 - amount.adjusted())
    return f"${amount:.{places}f}"


def format_count(count: int) -> str:
    """`950`, `12.4k`, `3.1M`."""
    for step, unit in ((1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k")):
        if abs(count) >= step:
            return f"{_three_digits(Decimal(count) / step)}{unit}"
    return str(count)


def decimal_text(amount: Decimal | None) -> str | None:
    """A plain decimal string without exponent or trailing zeros: the REST form of money."""
    if amount is None:
        return None
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def at_least(text: str, unknown_call_count: int) -> str:
    """`at least $3.20 (2 calls unknown)` of a figure that has not all calls in it."""
    if not unknown_call_count:
        return text
    calls = f"{unknown_call_count:,} call{'' if unknown_call_count == 1 else 's'}"
    return f"at least {text} ({calls} unknown)"
