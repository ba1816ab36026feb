"""What a model's name may mean to a price list: readings of it, the most specific first.

Gateways, clouds and people dress names: `openrouter/anthropic/claude-…`, Bedrock's ARNs, Vertex's `@` versions,
`models/…` resources, fine-tunes (`ft:`), date suffixes, `-latest`. Each reading says which rule made it.
`is_same_model` says whether two names are versions of one model.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from traces.semconv.providers import provider_name


class Reading(NamedTuple):
    """A way to read a name: the provider (the GenAI convention's name; None: not known), the model, and the rule."""

    provider: str | None
    model: str
    rule: str


AS_IT_IS = "the name as it is"

_ARN = re.compile(r"^arn:[\w-]+:bedrock:.*/(?P<id>[^/]+)$")
_RESOURCE = re.compile(r"^(?:projects/.*/)?(?:publishers/(?P<publisher>[\w-]+)/)?models/(?P<id>.+)$")
_DATE = re.compile(r"[-@](?:20\d{2}-?[01]\d-?[0-3]\d|\d{4})$")
_FINE_TUNE = re.compile(r"^ft:(?P<base>[^:]+):")


@lru_cache(maxsize=4096)
def model_readings(provider: str | None, model: str) -> tuple[Reading, ...]:
    """Readings of a model's name, the name as it is first; each once."""
    readings: dict[tuple[str | None, str], Reading] = {}
    for reading in _readings(provider, model.strip()):
        if reading.model:
            readings.setdefault((reading.provider, reading.model.lower()), reading)
    return tuple(readings.values())


def _readings(provider: str | None, model: str) -> Iterator[Reading]:
    if provider is None:
        yield from _behind_prefixes(None, model)  # the seller stands in the name or nowhere
    yield Reading(provider, model, AS_IT_IS)
    if arn := _ARN.match(model):
        yield Reading("aws.bedrock", arn["id"], "the model in Bedrock's ARN")
    if resource := _RESOURCE.match(model):
        yield from _undated(Reading(provider, resource["id"], "the model in the resource's name"))
    yield from _undated(Reading(provider, model, AS_IT_IS))
    yield from _behind_prefixes(provider, model)
    if tuned := _FINE_TUNE.match(model):
        yield from _undated(Reading(provider, tuned["base"], "the model that was fine-tuned"))


def _behind_prefixes(provider: str | None, model: str) -> Iterator[Reading]:
    """`bedrock/us.anthropic.claude-…`, `openrouter/openai/gpt-4o`: sellers in front, the model last."""
    rest = model
    while "/" in rest and not rest.startswith(("arn:", "projects/", "publishers/", "models/")):
        seller, rest = rest.split("/", 1)
        named = provider_name(seller)
        if seller.lower() == "openrouter" or named is None:
            yield Reading("openrouter" if named else provider, rest, f"what follows “{seller}/”")
        else:
            yield from _undated(Reading(named, rest, f"what follows “{seller}/”"))
    if rest != model:
        yield from _undated(Reading(provider, rest, "what follows the last “/”"))
        yield from _undated(Reading(None, rest, "what follows the last “/”, whoever sells it"))


def _undated(reading: Reading) -> Iterator[Reading]:
    """The name, then without a version: `@20250929` with a dash, without its date, without `-latest`."""
    yield reading
    if "@" in reading.model:
        yield reading._replace(model=reading.model.replace("@", "-"), rule="Vertex's @ version")
    without = _DATE.sub("", reading.model)
    if without != reading.model:
        yield reading._replace(model=without, rule="the name without its date")
    if without.endswith("-latest"):
        yield reading._replace(model=without.removesuffix("-latest"), rule="the name without -latest")


# --- Versions of one model --------------------------------------------------------------------------------

_VERSION = re.compile(
    r"(?:[-@:](?:20\d{2}-?[01]\d-?[0-3]\d|\d{2}-20\d{2}|\d{4}|00\d|0|latest|preview|exp|v\d+))+$"
)
_DATES = re.compile(r"\d{4,}|\d{2}|00\d")
_SELLERS = ("us.", "eu.", "apac.", "global.", "anthropic.", "amazon.", "meta.")


def is_same_model(one: str, other: str) -> bool:
    """`gpt-4o` and its version `gpt-4o-2024-08-06` are one model; two versions of it, or `gpt-4o-mini`, are not."""
    (line, version), (other_line, other_version) = _line_and_version(one), _line_and_version(other)
    return line == other_line and (not version or not other_version or version == other_version)


@lru_cache(maxsize=4096)
def _line_and_version(name: str) -> tuple[str, str]:
    """The model without its seller, Bedrock's region and its version; and the version, where it is a certain one."""
    bare = name.rsplit("/", 1)[-1].lower()
    for seller in _SELLERS:
        bare = bare.removeprefix(seller)
    line = _VERSION.sub("", bare)
    version = "".join(_DATES.findall(bare[len(line) :]))
    return line, version
