"""List prices: the offline tables of the package genai-prices, as rates for the counts of one call.

A rate is a price for so many units of one kind of usage (`input_tokens`, `cache_read_tokens`, `requests`, …). Kinds
overlap: cached tokens are input tokens too. A kind's rate is for what no finer kind with a rate of its own has.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from importlib.metadata import version
from typing import NamedTuple

from genai_prices.data_snapshot import get_snapshot
from genai_prices.data_units import unit_data
from genai_prices.types import ModelInfo, ModelPrice, TieredPrices
from genai_prices.units import UnitDef, UnitRegistry

VERSION = f"genai-prices {version('genai-prices')}"
"""Which list it is."""

_UNITS = UnitRegistry(unit_data)

_PROVIDER_IDS = {
    "azure.ai.inference": "azure",
    "azure.ai.openai": "azure",
    "aws.bedrock": "aws",
    "gcp.gemini": "google",
    "gcp.gen_ai": "google",
    "gcp.vertex_ai": "google",
    "mistral_ai": "mistral",
    "moonshot_ai": "moonshotai",
    "together_ai": "together",
    "x_ai": "x-ai",
}
"""The GenAI convention's names of providers that genai-prices calls otherwise."""

_MAKERS = ("openai", "anthropic", "google", "mistral", "cohere", "voyageai", "deepseek", "x-ai", "meta")
"""Who sells the models that they make, asked in this order for a model whose seller no span names; resellers are
not asked, since their prices differ."""


class Rate(NamedTuple):
    """US dollars for `per` units of a kind of usage. `finer` are the places in the rates of kinds within this one.
    `tiers` are (input tokens above which it holds, price), the highest first: it then holds for all tokens."""

    kind: str
    usd: Decimal
    per: int
    finer: tuple[int, ...] = ()
    tiers: tuple[tuple[int, Decimal], ...] = ()

    def at(self, input_tokens: int) -> Decimal:
        """The price for a call with so many input tokens."""
        for start, price in self.tiers:
            if input_tokens > start:
                return price
        return self.usd


@dataclass(frozen=True, slots=True)
class ListedModel:
    """A model that the list knows: `name` is provider and model in the list's words."""

    name: str
    context_window: int | None
    _model: ModelInfo

    def rates(self, *, at: datetime, context: Mapping[str, str]) -> tuple[Rate, ...]:
        """What it cost then, the finest kinds first. `context` are the terms of the call: service_tier, processing."""
        return _rates_of(self._model.get_prices(at, context or None))


@lru_cache(maxsize=4096)
def find_listed(provider: str | None, model: str) -> ListedModel | None:
    """The list's entry for a model, by its provider where that is known, else by its makers."""
    provider_id = _PROVIDER_IDS.get(provider, provider) if provider else None
    for seller in (provider_id,) if provider_id else (None, *_MAKERS):
        try:
            found_provider, found = get_snapshot().find_provider_model(model, None, seller, None)
        except LookupError:
            continue
        return ListedModel(f"{found_provider.id}/{found.id}", found.context_window, found)
    return None


_RATES: dict[int, tuple[ModelPrice, tuple[Rate, ...]]] = {}
_MOST_RATES = 4096


def _rates_of(prices: ModelPrice) -> tuple[Rate, ...]:
    """Compiled once for each of the list's price objects, which live as long as the process."""
    known = _RATES.get(id(prices))
    if known is not None and known[0] is prices:
        return known[1]
    if len(_RATES) >= _MOST_RATES:
        _RATES.clear()
    rates = _compile(prices)
    _RATES[id(prices)] = (prices, rates)
    return rates


def _compile(prices: ModelPrice) -> tuple[Rate, ...]:
    priced = [
        (_UNITS.unit_for_price_key(key), price)
        for key, price in vars(prices).items()
        if price is not None and not key.startswith("_")
    ]
    priced.sort(key=lambda entry: (-len(entry[0].dimensions), entry[0].usage_key))
    units = [unit for unit, _ in priced]
    return tuple(_rate(unit, price, units) for unit, price in priced)


def _rate(unit: UnitDef, price: Decimal | TieredPrices, units: list[UnitDef]) -> Rate:
    finer = tuple(
        place
        for place, other in enumerate(units)
        if other is not unit and unit.dimensions.items() <= other.dimensions.items()
    )
    if isinstance(price, TieredPrices):
        tiers = tuple((tier.start, tier.price) for tier in reversed(price.tiers))
        return Rate(unit.usage_key, price.base, unit.per, finer, tiers)
    return Rate(unit.usage_key, price, unit.per, finer)
