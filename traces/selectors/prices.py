"""What a project pays for models: its own prices and aliases, and what has no price yet."""

from collections.abc import Collection
from dataclasses import dataclass

from projects.models import Project
from traces.domain.pricing import Alias, OwnPrice, PriceBook
from traces.models import ModelAlias, Repricing
from traces.models import OwnPrice as StoredPrice
from traces.selectors.statements import select_rows

_RATES = {
    "input_tokens": "input_usd",
    "cache_read_tokens": "cache_read_usd",
    "cache_write_tokens": "cache_write_usd",
    "output_tokens": "output_usd",
    "requests": "request_usd",
    "seconds": "second_usd",
}
"""Kinds of usage, and the columns of their own prices."""
MOST_UNPRICED = 200


def price_books(project_ids: Collection[int]) -> dict[int, PriceBook]:
    """The price book of each of these projects. Three queries.

    Of several own prices the one that says more is asked first: a name before a pattern, a provider before none, the
    later beginning.
    """
    choices = Project.objects.filter(pk__in=project_ids).values_list(
        "pk", "counts_reported_cost", "estimates_unmetered"
    )
    chosen = {project_id: wishes for project_id, *wishes in choices}
    own: dict[int, list[StoredPrice]] = {project_id: [] for project_id in project_ids}
    for price in StoredPrice.objects.filter(project_id__in=project_ids):
        own[price.project_id].append(price)
    aliases: dict[int, dict[str, Alias]] = {project_id: {} for project_id in project_ids}
    for alias in ModelAlias.objects.filter(project_id__in=project_ids):
        aliases[alias.project_id][alias.name.lower()] = Alias(alias.provider or None, alias.model)
    books = {}
    for project_id in project_ids:
        counts_reported, estimates_unmetered = chosen.get(project_id, (False, False))
        books[project_id] = PriceBook(
            own=tuple(map(_own_price, sorted(own[project_id], key=_telling))),
            aliases=aliases[project_id],
            counts_reported=counts_reported,
            estimates_unmetered=estimates_unmetered,
        )
    return books


def _telling(price: StoredPrice) -> tuple[bool, bool, float, int]:
    begins = price.valid_from.timestamp() if price.valid_from else float("-inf")
    return ("*" in price.model or "?" in price.model, not price.provider, -begins, price.pk)


def _own_price(price: StoredPrice) -> OwnPrice:
    rates = {kind: getattr(price, column) for kind, column in _RATES.items()}
    return OwnPrice(
        name=f"own price {price.pk}",
        model=price.model,
        provider=price.provider or None,
        since=price.valid_from,
        until=price.valid_until,
        rates={kind: rate for kind, rate in rates.items() if rate is not None},
    )


@dataclass(frozen=True, slots=True)
class UnpricedModel:
    """A model whose calls wait for a price: how many calls, how many tokens, when the last one began."""

    provider: str | None
    model: str | None
    call_count: int
    input_tokens: int
    output_tokens: int
    last_start_ns: int


def unpriced_models(*, project_id: int) -> list[UnpricedModel]:
    """Models of counted calls without a price, the most calls first, at most MOST_UNPRICED. One query."""
    rows = select_rows("unpriced_models", {"project_id": project_id, "limit": MOST_UNPRICED})
    return [UnpricedModel(*row) for row in rows]


def own_price_list(*, project_id: int, limit: int = 100) -> list[StoredPrice]:
    """The project's own prices, by model. One query."""
    return list(StoredPrice.objects.filter(project_id=project_id)[:limit])


def alias_list(*, project_id: int, limit: int = 100) -> list[ModelAlias]:
    """The project's aliases of models, by name. One query."""
    return list(ModelAlias.objects.filter(project_id=project_id)[:limit])


def repricing_list(*, project_id: int, limit: int = 20) -> list[Repricing]:
    """The record of repricings, the latest first. One query."""
    return list(Repricing.objects.filter(project_id=project_id)[:limit])
