"""Every dollar opened: kind of usage × count × rate, with the list that the rate is from and how the model was found."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.units import decimal_text, format_usd
from traces.selectors.rows import SpanNode

KIND_WORDS = {
    "input_tokens": "input tokens",
    "output_tokens": "output tokens",
    "cache_read_tokens": "tokens read from a cache",
    "cache_write_tokens": "tokens written to a cache",
    "cache_write_5m_tokens": "tokens written to a cache for 5 min",
    "cache_write_1h_tokens": "tokens written to a cache for 1 h",
    "input_audio_tokens": "audio in, tokens",
    "cache_audio_read_tokens": "audio read from a cache, tokens",
    "output_audio_tokens": "audio out, tokens",
    "output_reasoning_tokens": "reasoning tokens",
    "requests": "requests",
    "seconds": "seconds",
}
_PER_WORDS = {1: "each", 1_000: "per 1,000", 1_000_000: "per million"}


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One part of a cost: `quantity` of `kind` at `rate` are `usd`."""

    kind: str
    quantity: int
    rate: str
    usd: Decimal


@dataclass(frozen=True, slots=True)
class PriceFacts:
    """How a cost came about. `total` is the sum of the rows; `reported` what the exporter says, and the difference.
    `is_estimate`: no usage is reported, and the counts are guessed from the call's text."""

    rows: tuple[PriceRow, ...]
    total: Decimal
    source: str
    model: str
    rule: str
    saved: str
    reported: str
    is_estimate: bool


def price_facts(node: SpanNode) -> PriceFacts | None:
    """The opened cost of a span's call, or its opened estimate; None where it has neither."""
    price = node.price
    total = node.estimated_usd if node.cost_usd is None else node.cost_usd
    if price is None or total is None:
        return None
    return PriceFacts(
        rows=tuple(_rows(price)),
        total=total,
        source=price["source"],
        model=price["model"],
        rule=price["rule"],
        saved=format_usd(Decimal(price["saved_usd"])) if price.get("saved_usd") else "",
        reported=reported_words(cost_usd=node.cost_usd, reported_cost_usd=node.reported_cost_usd),
        is_estimate=node.cost_usd is None,
    )


def reported_words(*, cost_usd: Decimal | None, reported_cost_usd: Decimal | None) -> str:
    """What the exporter says that it cost, and how far that is from ours; empty where it says nothing."""
    if reported_cost_usd is None:
        return ""
    if cost_usd is None or cost_usd == reported_cost_usd:
        return format_usd(reported_cost_usd)
    difference = reported_cost_usd - cost_usd
    return f"{format_usd(reported_cost_usd)}, {format_usd(abs(difference))} {'more' if difference > 0 else 'less'}"


def _rows(price: Mapping[str, Any]) -> Iterable[PriceRow]:
    for kind, quantity, rate, per in price["parts"]:
        yield PriceRow(
            kind=KIND_WORDS.get(kind, kind.replace("_", " ")),
            quantity=quantity,
            rate=f"${decimal_text(Decimal(rate))} {_PER_WORDS.get(per, f'per {per:,}')}",
            usd=Decimal(rate) * quantity / per,
        )


@dataclass(frozen=True, slots=True)
class OpenedCost:
    """A model's part of a trace's cost, kind by kind; `rule` says how its name was read."""

    model: str
    source: str
    rule: str
    rows: tuple[PriceRow, ...]
    usd: Decimal


def open_cost(nodes: Iterable[SpanNode]) -> tuple[OpenedCost, ...]:
    """The cost of a trace by model and price, the dearest first: what its counted spans' costs add up to."""
    parts: dict[tuple[str, str, str], dict[tuple[str, str], list[PriceRow]]] = {}
    totals: dict[tuple[str, str, str], Decimal] = {}
    for node in nodes:
        if not node.is_counted or node.price is None:
            continue
        key = (node.price["model"], node.price["source"], node.price["rule"])
        rows = list(_rows(node.price))
        usd = (
            sum((row.usd for row in rows), Decimal(0)) if rows else node.cost_usd
        )  # the exporter tells no parts
        totals[key] = totals.get(key, Decimal(0)) + (usd or 0)
        of_model = parts.setdefault(key, {})
        for row in rows:
            of_model.setdefault((row.kind, row.rate), []).append(row)
    opened = [
        OpenedCost(*key, rows=tuple(map(_together, of_model.values())), usd=totals[key])
        for key, of_model in parts.items()
    ]
    return tuple(sorted(opened, key=lambda cost: (-cost.usd, cost.model)))


def _together(rows: list[PriceRow]) -> PriceRow:
    return PriceRow(
        rows[0].kind,
        sum(row.quantity for row in rows),
        rows[0].rate,
        sum((row.usd for row in rows), Decimal(0)),
    )
