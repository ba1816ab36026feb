"""What a call's usage costs at given rates, kind by kind.

Kinds overlap, as rates do (traces.domain.price_list): each kind is billed for what no finer kind has. Where it is not told
how much of the input was cached, or how much of the cached input was audio, the bill is a range.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from core.clock import NS_PER_SECOND
from traces.domain.price_list import Rate
from traces.semconv.details import SpanDetails
from traces.semconv.tokens import Usage


class PricePart(NamedTuple):
    """`quantity` units of a kind at `rate_usd` for `per` of them."""

    kind: str
    quantity: int
    rate_usd: Decimal
    per: int

    @property
    def usd(self) -> Decimal:
        """What the part cost, exactly."""
        return self.rate_usd * self.quantity / self.per


class Bill(NamedTuple):
    """`usd` is the sum of the parts, and the most that it can have been; `low_usd` is the least."""

    usd: Decimal
    low_usd: Decimal
    parts: tuple[PricePart, ...]


def bill_usage(rates: Sequence[Rate], usage: Usage, terms: SpanDetails, *, duration_ns: int) -> Bill | None:
    """The bill of one call; None for counts that contradict one another."""
    counts = _counts(usage, terms, duration_ns=duration_ns)
    bills = [bill for told in _with_cached_audio(counts) if (bill := _bill(rates, told)) is not None]
    if not bills:
        return None
    dearest = max(bills)
    is_split_told = usage.cache_read_input_tokens is not None or usage.cache_creation_input_tokens is not None
    if is_split_told and len(bills) == 1:
        return dearest
    cached = None if is_split_told else _bill(rates, _all_cached(rates, counts))
    return dearest._replace(low_usd=min(bill.usd for bill in (*bills, cached) if bill is not None))


def _counts(usage: Usage, terms: SpanDetails, *, duration_ns: int) -> dict[str, int]:
    """The call's usage by kind, in the list's words."""
    counts = {
        "input_tokens": usage.input_tokens or 0,
        "output_tokens": usage.output_tokens or 0,
        "cache_read_tokens": usage.cache_read_input_tokens or 0,
        "cache_write_tokens": usage.cache_creation_input_tokens or 0,
        "output_reasoning_tokens": usage.reasoning_output_tokens or 0,
        "requests": 1,
        "seconds": -(-duration_ns // NS_PER_SECOND),
    }
    if terms:
        counts |= {
            "cache_write_1h_tokens": terms.get("cache_creation_1h_input_tokens", 0),
            "input_audio_tokens": terms.get("input_audio_tokens", 0),
            "cache_audio_read_tokens": terms.get("cache_audio_read_tokens", 0),
            "output_audio_tokens": terms.get("output_audio_tokens", 0),
        }
    return counts


def _bill(rates: Sequence[Rate], counts: Mapping[str, int]) -> Bill | None:
    """The bill of exact counts; None where a part is larger than its whole."""
    left: list[int] = []
    parts: list[PricePart] = []
    usd = Decimal(0)
    for rate in rates:
        quantity = counts.get(rate.kind, 0)
        for place in rate.finer:
            quantity -= left[place]
        if quantity < 0:
            return None
        left.append(quantity)
        if quantity:
            price = rate.at(counts["input_tokens"]) if rate.tiers else rate.usd
            parts.append(PricePart(rate.kind, quantity, price, rate.per))
            usd += price * quantity / rate.per
    return Bill(usd, usd, tuple(parts))


def _with_cached_audio(counts: dict[str, int]) -> Iterator[dict[str, int]]:
    """The counts, with the least and with the most audio that can have come from the cache where that is not told."""
    audio, cached = counts.get("input_audio_tokens", 0), counts["cache_read_tokens"]
    if not audio or not cached or counts["cache_audio_read_tokens"]:
        yield counts
        return
    yield {**counts, "cache_audio_read_tokens": max(0, audio + cached - counts["input_tokens"])}
    yield {**counts, "cache_audio_read_tokens": min(audio, cached)}


def _all_cached(rates: Sequence[Rate], counts: dict[str, int]) -> dict[str, int]:
    """The counts with all input cached; audio that has a rate of its own and none from a cache is never cached."""
    audio, kinds = counts.get("input_audio_tokens", 0), {rate.kind for rate in rates}
    is_never_cached = "input_audio_tokens" in kinds and "cache_audio_read_tokens" not in kinds
    return {
        **counts,
        "cache_read_tokens": counts["input_tokens"] - (audio if is_never_cached else 0),
        "cache_audio_read_tokens": audio,
    }
