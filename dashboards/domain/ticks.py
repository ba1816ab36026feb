"""Round values for the axis of a chart, in the unit's own steps."""

from decimal import Decimal
from math import ceil, floor, log10

from core.clock import NS_PER_SECOND

# Above a second people count in sixtieths: round steps of time are not those of decimal numbers.
_LONG_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400)
_MOST_STEPS = 6


def linear_duration_ticks(highest_ns: int) -> list[int]:
    """Nanoseconds from 0 to at least `highest_ns`, four to seven of them."""
    for step_s in _LONG_STEPS_S:
        if highest_ns <= step_s * NS_PER_SECOND * _MOST_STEPS and highest_ns > NS_PER_SECOND * 3:
            return _multiples(step_s * NS_PER_SECOND, highest_ns)
    return _multiples(int(_round_step(Decimal(max(highest_ns, 4)))), highest_ns)


def log_duration_ticks(lowest_ns: int, highest_ns: int) -> list[int]:
    """Nanoseconds whose neighbours differ three- to sixfold, over the whole of [lowest_ns, highest_ns]."""
    decimal_ns = [factor * 10**power for power in range(10) for factor in (1, 3)][:-1]
    long_ns = [seconds * NS_PER_SECOND for seconds in (3, 10, 60, 300, 1_200, 3_600, 14_400, 43_200, 172_800)]
    steps = decimal_ns + long_ns
    return [step for step in steps if lowest_ns <= step * 3 and step <= highest_ns * 3]


def linear_usd_ticks(highest_usd: Decimal) -> list[Decimal]:
    """Dollars from 0 to at least `highest_usd` (above 0), four to seven of them."""
    step = _round_step(highest_usd)
    return [step * index for index in range(ceil(highest_usd / step) + 1)]


def log_usd_ticks(lowest_usd: Decimal, highest_usd: Decimal) -> list[Decimal]:
    """Powers of ten, and their triples, over the whole of [lowest_usd, highest_usd]."""
    powers = range(floor(log10(lowest_usd)), ceil(log10(highest_usd)) + 1)
    return [Decimal(factor).scaleb(power) for power in powers for factor in (1, 3)]


def _round_step(highest: Decimal) -> Decimal:
    """The step of 1, 2 or 5 times a power of ten that divides `highest` into at most _MOST_STEPS parts."""
    raw = highest / _MOST_STEPS
    power = raw.adjusted()
    return next(
        step for factor in (1, 2, 5, 10) if (step := Decimal(factor).scaleb(power)) >= raw or factor == 10
    )


def _multiples(step: int, highest: int) -> list[int]:
    return [step * index for index in range(-(-highest // step) + 1)]
