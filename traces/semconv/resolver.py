"""From a span's attributes to the typed columns, whatever convention it speaks.

Precedence, field by field: the conventions in the order of PRECEDENCE, and within one its keys in their order;
the first attribute that holds a usable value wins. So a span that carries two conventions loses nothing, and
the current standard is believed before a vendor's dialect. All tables are compiled into one dictionary, so a
span costs one pass over its attributes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from traces.semconv import genai, lineside, openinference, traceloop, vercel
from traces.semconv.convention import TEXT_FIELDS, Convention
from traces.semconv.response_ids import find_response_id
from traces.semconv.tokens import read_usage

PRECEDENCE: tuple[Convention, ...] = (
    lineside.CONVENTION,
    genai.CONVENTION,
    openinference.CONVENTION,
    vercel.CONVENTION,
    traceloop.CONVENTION,
)


@dataclass(frozen=True, slots=True)
class SpanFields:
    """What a span says, in canonical fields. Tokens are in the normal form (traces.semconv.tokens)."""

    kind: str
    convention: str | None
    provider: str | None
    request_model: str | None
    response_model: str | None
    response_id: str | None
    agent: str | None
    tool: str | None
    tool_call_id: str | None
    prompt_name: str | None
    prompt_version: str | None
    session_id: str | None
    user_id: str | None
    state: str | None
    error_type: str | None
    input_tokens: int | None
    cache_read_input_tokens: int | None
    cache_creation_input_tokens: int | None
    output_tokens: int | None
    reasoning_output_tokens: int | None
    service: str | None
    environment: str | None
    release: str | None


class _Source(NamedTuple):
    field: str
    rank: int
    convention: str


def _compile(conventions: Sequence[Convention]) -> dict[str, tuple[_Source, ...]]:
    """Attribute key -> the fields it feeds, with the rank that decides between several keys of one field."""
    table: dict[str, list[_Source]] = {}
    for place, convention in enumerate(conventions):
        for field, keys in convention.fields.items():
            for rank, key in enumerate(keys, start=place * 100):
                table.setdefault(key, []).append(_Source(field, rank, convention.name))
    return {key: tuple(sources) for key, sources in table.items()}


_TABLE = _compile(PRECEDENCE)


def resolve(
    *,
    name: str,
    attributes: Mapping[str, Any],
    events: Sequence[tuple[str, Mapping[str, Any]]],
    resource: Mapping[str, Any],
    scope_name: str,
) -> SpanFields:
    """Map one span. Values are Python values (str, bool, int, float, bytes, list, dict); pure, never raises.

    `events` are (name, attributes) in order; an `exception` event gives the error type where no attribute does.
    """
    found = _collect(attributes)
    kind, convention = _find_kind(attributes)
    texts = {field: read_text(found.get(field)) for field in TEXT_FIELDS}
    usage = read_usage(found)
    if texts["response_id"] is None and kind == "llm":
        texts["response_id"] = find_response_id(attributes)
    if texts["agent"] is None and kind == "agent":
        texts["agent"] = _name_without_operation(name)
    if texts["tool"] is None and kind == "tool":
        texts["tool"] = _name_without_operation(name)
    if texts["error_type"] is None:
        texts["error_type"] = _exception_type(events)
    return SpanFields(
        kind=kind,
        convention=convention,
        service=read_text(resource.get("service.name")),
        environment=read_text(
            resource.get("deployment.environment.name", resource.get("deployment.environment"))
        ),
        release=read_text(resource.get("service.version")),
        input_tokens=usage.input_tokens,
        cache_read_input_tokens=usage.cache_read_input_tokens,
        cache_creation_input_tokens=usage.cache_creation_input_tokens,
        output_tokens=usage.output_tokens,
        reasoning_output_tokens=usage.reasoning_output_tokens,
        **texts,
    )


def _collect(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The best-ranked value of every canonical field that the attributes carry."""
    found: dict[str, Any] = {}
    ranks: dict[str, int] = {}
    for key, value in attributes.items():
        for field, rank, _ in _TABLE.get(key, ()):
            if value not in (None, "") and rank < ranks.get(field, 1 << 30):
                found[field] = value
                ranks[field] = rank
    return found


def _find_kind(attributes: Mapping[str, Any]) -> tuple[str, str | None]:
    """The kind and the convention that told it; `other` and None for a span that speaks none of them."""
    for convention in PRECEDENCE:
        told = attributes.get(convention.kind_key)
        if isinstance(told, str):
            kind = convention.kinds.get(told) or convention.kinds.get(told.upper())
            if kind is not None:
                return kind, convention.name
    for convention in PRECEDENCE:
        for key, kind in convention.kind_where_present.items():
            if key in attributes:
                return kind, convention.name
    return "other", None


def read_text(value: Any) -> str | None:
    """A non-empty text of an attribute; numbers as they print, anything else is not a name."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return None


_OPERATIONS = ("invoke_agent ", "create_agent ", "execute_tool ")


def _name_without_operation(name: str) -> str | None:
    """`invoke_agent planner` -> `planner`: span names are `{operation} {object}` by the GenAI convention."""
    for operation in _OPERATIONS:
        name = name.removeprefix(operation)
    return name.strip() or None


def _exception_type(events: Sequence[tuple[str, Mapping[str, Any]]]) -> str | None:
    """The type of the first exception event (OpenTelemetry: exceptions on spans)."""
    for name, attributes in events:
        if name == "exception":
            return read_text(attributes.get("exception.type"))
    return None
