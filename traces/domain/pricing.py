"""The price of one model call, from the offline tables of the package genai-prices.

A model is looked up as it was served, by its provider where that is known, then by its name alone; names that
gateways decorate are undressed first (`openai/gpt-4o`, `models/gemini-2.0-flash`). What the tables do not know has
no price: None, never zero.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import genai_prices
from genai_prices.data_snapshot import get_snapshot
from genai_prices.types import ModelInfo, Provider

from traces.semconv.tokens import Usage


@dataclass(frozen=True, slots=True)
class Price:
    """What a call cost in US dollars. `low_usd` is the least it can have cost, where the provider bills cached
    input for less and the span does not say how much was cached; else equal to `usd`."""

    usd: Decimal
    low_usd: Decimal


_PROVIDER_NAMES = {
    "x_ai": "x-ai",
    "together_ai": "together-ai",
    "azure.ai.inference": "azure",
    "azure.ai.openai": "azure",
    "aws.bedrock": "aws",
    "gcp.gemini": "google",
    "gcp.gen_ai": "google",
    "gcp.vertex_ai": "google",
    "mistral_ai": "mistral",
    "moonshot_ai": "moonshotai",
}
"""GenAI convention's names of providers that genai-prices calls otherwise."""

_MAKERS = ("openai", "anthropic", "google", "mistral", "cohere", "voyageai", "deepseek", "x-ai", "meta")
"""Who sells the models that they make, asked in this order for a model whose seller no span names; resellers are
not asked, since their prices differ."""


def price_call(*, provider: str | None, model: str | None, usage: Usage, at: datetime) -> Price | None:
    """The price of a call by the list prices of its time; None where the usage or the price is not known."""
    if not usage.is_reported or not model:
        return None
    found = _find_model(provider, model)
    if found is None:
        return None
    full = _calculate(found, usage, at)
    if full is None:
        return None
    return Price(usd=full, low_usd=_lowest(found, usage, at, full))


def _lowest(found: tuple[Provider, ModelInfo], usage: Usage, at: datetime, full: Decimal) -> Decimal:
    """The price with all input cached, where the cache split is not reported at all."""
    is_split_known = (
        usage.cache_read_input_tokens is not None or usage.cache_creation_input_tokens is not None
    )
    if is_split_known or not usage.input_tokens:
        return full
    cached = _calculate(found, usage._replace(cache_read_input_tokens=usage.input_tokens), at)
    return full if cached is None else min(full, cached)


def _calculate(found: tuple[Provider, ModelInfo], usage: Usage, at: datetime) -> Decimal | None:
    provider, model = found
    counts = genai_prices.Usage(
        input_tokens=usage.input_tokens or 0,
        output_tokens=usage.output_tokens or 0,
        cache_read_tokens=usage.cache_read_input_tokens,
        cache_write_tokens=usage.cache_creation_input_tokens,
    )
    try:
        result: Any = model.calc_price(counts, provider, genai_request_timestamp=at)
    except (LookupError, ValueError):
        return None  # the tables know the model, but not a price for what was used
    return Decimal(result.total_price)


@lru_cache(maxsize=4096)
def _find_model(provider: str | None, model: str) -> tuple[Provider, ModelInfo] | None:
    """The table's entry for a model, by the most specific reading of its name that the tables know."""
    for provider_id, model_ref in _readings(provider, model):
        try:
            return get_snapshot().find_provider_model(model_ref, None, provider_id, None)
        except LookupError:
            continue
    return None


def _readings(provider: str | None, model: str) -> list[tuple[str | None, str]]:
    """Readings of a model's name, the most specific first."""
    known = _PROVIDER_NAMES.get(provider, provider) if provider else None
    bare = model.removeprefix("models/")
    readings: list[tuple[str | None, str]] = [(known, model), (known, bare)]
    if "/" in bare:
        prefix, rest = bare.split("/", 1)
        readings += [(prefix, rest), (known, rest), (None, rest)]
    readings.append((None, bare))
    readings += [(maker, bare) for maker in _MAKERS]
    return [reading for place, reading in enumerate(readings) if reading not in readings[:place]]
