"""What one model call cost, and why: every dollar opens into kind × count × rate, with the list and the rule.

A call is priced by the served model at the time of the call: by the project's own prices where one fits, else by the
list (traces.domain.price_list), under the first reading of the model's name that is known (its aliases first, then
traces.domain.model_names). What nobody has a price for has none: None, never zero.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import NamedTuple, Protocol, cast

from core.clock import NS_PER_SECOND, datetime_from_ns
from traces.domain.billing import PricePart, bill_usage
from traces.domain.model_names import Reading, model_readings
from traces.domain.price_list import VERSION, ListedModel, Rate, find_listed
from traces.semconv.details import SpanDetails
from traces.semconv.providers import provider_name
from traces.semconv.tokens import Usage


class Price(NamedTuple):
    """What a call cost in US dollars: the sum of its parts.

    `low_usd` is the least it can have cost, where the provider bills cached input for less and no report says how much
    was cached, or how much of that was audio; else equal to `usd`. `source` is the list or the own price, `model` its name for the model, `rule` how
    the name was read. `saved_usd` is what a local cache saved: such a call cost nothing.
    """

    usd: Decimal
    low_usd: Decimal
    parts: tuple[PricePart, ...]
    source: str
    model: str
    rule: str
    saved_usd: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPrice:
    """A price that a project set: for models whose name fits the glob, of one provider or of any, in [since, until).

    `rates` are US dollars by kind: `input_tokens`, `cache_read_tokens`, `cache_write_tokens`, `output_tokens` for a
    million, `requests` and `seconds` for one.
    """

    name: str
    model: str
    provider: str | None
    since: datetime | None
    until: datetime | None
    rates: Mapping[str, Decimal]

    def fits(self, reading: Reading, at: datetime) -> bool:
        """Whether it is a price for this model at this time."""
        return (
            fnmatchcase(reading.model.lower(), self.model.lower())
            and (self.provider is None or self.provider == reading.provider)
            and (self.since is None or self.since <= at)
            and (self.until is None or at < self.until)
        )


class Alias(NamedTuple):
    """What a project's name for a model (an Azure deployment, a gateway's route) stands for."""

    provider: str | None
    model: str


@dataclass(frozen=True, slots=True)
class PriceBook:
    """A project's own prices, in the order in which they are asked, and its aliases by the name in lower case.

    `counts_reported`: where an exporter sent a cost of its own, that one is counted. `estimates_unmetered`: calls that
    report no usage are estimated by their text.
    """

    own: Sequence[OwnPrice] = ()
    aliases: Mapping[str, Alias] = field(default_factory=dict)
    counts_reported: bool = False
    estimates_unmetered: bool = False


LIST_ONLY = PriceBook()

_MILLION = 1_000_000
_FINER_THAN_INPUT = ("cache_read_tokens", "cache_write_tokens")


class Billed(Protocol):
    """What a price depends on besides the usage: who served which model, when, for how long."""

    @property
    def provider(self) -> str | None: ...
    @property
    def model(self) -> str | None: ...
    @property
    def start_ns(self) -> int: ...
    @property
    def duration_ns(self) -> int: ...


def price_call(
    call: Billed, usage: Usage, *, details: SpanDetails | None = None, book: PriceBook = LIST_ONLY
) -> Price | None:
    """The price of a call with the usage of all its reports; None where either is not known."""
    model = call.model
    if not usage.is_reported or not model:
        return None
    terms = details or {}
    found = _find_rates(call.provider, model, call.start_ns, terms, book)
    if found is None:
        return None
    rates, source, name, rule = found
    bill = bill_usage(rates, usage, terms, duration_ns=call.duration_ns)
    if bill is None:
        return None
    if terms.get("is_cache_hit"):
        nothing = Decimal(0)
        return Price(nothing, nothing, (), source, name, "answered from a local cache", saved_usd=bill.usd)
    return Price(bill.usd, bill.low_usd, bill.parts, source, name, rule)


_TERMS = frozenset(
    {
        "service_tier",
        "input_audio_tokens",
        "cache_audio_read_tokens",
        "output_audio_tokens",
        "cache_creation_1h_input_tokens",
        "is_cache_hit",
        "text_bytes",
    }
)


def price_terms(details: SpanDetails) -> SpanDetails | None:
    """What a price depends on besides model, time and usage, of all that is known of a call; None where nothing is."""
    if _TERMS.isdisjoint(details):
        return None
    return cast("SpanDetails", {name: value for name, value in details.items() if name in _TERMS})


def reported_price(usd: Decimal, *, model: str | None) -> Price:
    """The cost that the exporter sent, in a project that counts it."""
    return Price(usd, usd, (), "the exporter", model or "", "as the exporter reports it")


def find_model(
    provider: str | None, model: str, *, book: PriceBook = LIST_ONLY
) -> tuple[ListedModel, Reading] | None:
    """The list's entry for a model, and the reading of its name under which it stands there."""
    for reading in _readings(provider, model, book):
        listed = find_listed(reading.provider, reading.model)
        if listed is not None:
            return listed, reading
    return None


def _readings(provider: str | None, model: str, book: PriceBook) -> Iterable[Reading]:
    alias = book.aliases.get(model.lower())
    if alias is not None:
        yield Reading(alias.provider, alias.model, f"the alias “{model}”")
        yield from model_readings(alias.provider, alias.model)
    seller = provider or provider_name(model.partition("/")[0] if "/" in model else None)
    if seller in _NO_MAKERS and seller != "openrouter":
        yield from (reading for reading in model_readings(provider, model) if reading.provider == seller)
        return
    yield from model_readings(provider, model)
    if provider is not None and provider not in _NO_MAKERS:
        for reading in model_readings(None, model):
            yield reading._replace(rule=f"{reading.rule}, at its maker’s price")


_NO_MAKERS = frozenset(
    {
        "aws.bedrock",
        "azure.ai.openai",
        "azure.ai.inference",
        "openrouter",
        "groq",
        "together_ai",
        "fireworks",
        "ollama",
        "vllm",
        "lmstudio",
        "llamafile",
    }
)
"""Sellers of others' models at prices of their own, and programs that run models at home: what the list does not know
of them is not priced as its maker's. Everybody else may be a gateway: LiteLLM serves Claude as `openai`."""

_Found = tuple[Sequence[Rate], str, str, str]


def _find_rates(
    provider: str | None, model: str, at_ns: int, terms: SpanDetails, book: PriceBook
) -> _Found | None:
    """Rates, where they are from, the model's name there, and how the name was read."""
    if book.own:
        at = datetime_from_ns(at_ns)
        for reading in _readings(provider, model, book):
            own = next((price for price in book.own if price.fits(reading, at)), None)
            if own is not None:
                return _own_rates(own), own.name, own.model, reading.rule
    tier, minute = terms.get("service_tier", "").lower(), at_ns // _MINUTE_NS
    if model.lower() not in book.aliases:
        return _list_rates(provider, model, tier, minute)
    found = find_model(provider, model, book=book)
    return _rates_at(*found, tier, minute) if found else None


_MINUTE_NS = 60 * NS_PER_SECOND
"""Prices of the list hold from a date, or from a minute of the day."""


@lru_cache(maxsize=4096)
def _list_rates(provider: str | None, model: str, tier: str, minute: int) -> _Found | None:
    found = find_model(provider, model)
    return _rates_at(*found, tier, minute) if found else None


def _rates_at(listed: ListedModel, reading: Reading, tier: str, minute: int) -> _Found | None:
    rates = listed.rates(at=datetime_from_ns(minute * _MINUTE_NS), context=_context(tier))
    return (rates, VERSION, listed.name, reading.rule) if rates else None


def _context(tier: str) -> dict[str, str]:
    """The terms of the call in the list's words: a batch is cheaper, a priority tier dearer."""
    if tier in ("", "auto", "standard"):
        return {}
    return {"processing": "batch"} if tier == "batch" else {"service_tier": tier}


def _own_rates(own: OwnPrice) -> tuple[Rate, ...]:
    """Own rates, the finest first; a kind of input without a rate of its own is input."""
    kinds = [
        kind
        for kind in (*_FINER_THAN_INPUT, "input_tokens", "output_tokens", "requests", "seconds")
        if kind in own.rates
    ]
    finer = tuple(place for place, kind in enumerate(kinds) if kind in _FINER_THAN_INPUT)
    return tuple(
        Rate(
            kind,
            own.rates[kind],
            1 if kind in ("requests", "seconds") else _MILLION,
            finer if kind == "input_tokens" else (),
        )
        for kind in kinds
    )
