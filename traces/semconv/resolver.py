"""From a span's attributes to the typed columns, whatever convention it speaks.

Precedence: `traces.semconv.registry`. All tables are compiled into one dictionary by attribute key, so a span costs
one pass over its attributes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any, NamedTuple

from traces.semconv.convention import TEXT_FIELDS, Convention
from traces.semconv.details import SpanDetails, read_details
from traces.semconv.events import asked_in_events, exception_type, states_in_events
from traces.semconv.guess import guess_kind
from traces.semconv.providers import provider_name
from traces.semconv.registry import KIND_PRECEDENCE, PRECEDENCE, SETTINGS_DOCUMENTS
from traces.semconv.response_ids import find_response_id
from traces.semconv.text_size import text_size
from traces.semconv.tokens import Speaker, read_usage
from traces.semconv.unknown_usage import MOST_KEYS, is_usage_key, usage_example
from traces.semconv.values import LARGEST_DOCUMENT, read_document, read_text, unquote, value_at


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
    details: SpanDetails | None


# --- The tables, compiled ---------------------------------------------------------------------------------


class _Source(NamedTuple):
    field: str
    rank: int
    convention: str
    scopes: tuple[str, ...] = ()


@dataclass(slots=True)
class _Key:
    """What one attribute key tells: fields, kinds by its value, a kind by being there."""

    sources: list[_Source] = field(default_factory=list)
    paths: list[tuple[str, _Source]] = field(default_factory=list)
    kinds: list[tuple[int, str, Mapping[str, str]]] = field(default_factory=list)
    present: tuple[int, str, str] | None = None
    is_quoted: bool = False


_RANKS = 1000
"""Ranks of one convention; documents come behind its plain keys."""


def _compile() -> dict[str, _Key]:
    table: dict[str, _Key] = {}
    for place, convention in enumerate(PRECEDENCE):
        _add_fields(table, convention, place * _RANKS)
    for place, convention in enumerate(KIND_PRECEDENCE):
        for key, kinds in convention.kinds.items():
            table.setdefault(key, _Key()).kinds.append((place, convention.name, kinds))
        for rank, (key, kind) in enumerate(convention.kind_where_present.items(), start=place * _RANKS):
            entry = table.setdefault(key, _Key())
            entry.present = entry.present or (rank, convention.name, kind)
    quoted = tuple(prefix for convention in PRECEDENCE for prefix in convention.quoted)
    for key, entry in table.items():
        entry.is_quoted = key.startswith(quoted)
    return table


def _add_fields(table: dict[str, _Key], convention: Convention, first_rank: int) -> None:
    for name, keys in convention.fields.items():
        for rank, key in enumerate(keys, start=first_rank):
            entry = table.setdefault(key, _Key())
            entry.sources.append(_Source(name, rank, convention.name))
    for name, keys in convention.own_fields.items():
        for rank, key in enumerate(keys, start=first_rank + len(convention.fields.get(name, ()))):
            entry = table.setdefault(key, _Key())
            entry.sources.append(_Source(name, rank, convention.name, convention.scopes))
    rank = first_rank + _RANKS // 2
    for key, paths in convention.documents.items():
        entry = table.setdefault(key, _Key())
        for path, name in paths.items():
            entry.paths.append((path, _Source(name, rank, convention.name)))
            rank += 1


_TABLE = _compile()
_ROUGH_COUNTS = tuple(scope for convention in PRECEDENCE for scope in convention.rough_counts)
_NAMED_AGENTS = tuple(scope for convention in PRECEDENCE for scope in convention.named_agents)
_RUNNING_TOTALS = tuple(scope for convention in PRECEDENCE for scope in convention.running_totals)


# --- One span ---------------------------------------------------------------------------------------------


class _Found:
    """The best-ranked value of every canonical field, and the best-ranked kind, that the attributes carry."""

    __slots__ = ("kind", "kind_rank", "present", "ranks", "scope_name", "tellers", "unknown_usage", "values")

    def __init__(self, attributes: Mapping[str, Any], *, scope_name: str) -> None:
        self.scope_name = scope_name
        self.values: dict[str, Any] = {}
        self.tellers: dict[str, str] = {}
        self.ranks: dict[str, int] = {}
        self.kind: tuple[str, str] | None = None
        self.kind_rank = len(KIND_PRECEDENCE)
        self.present: tuple[int, str, str] | None = None
        self.unknown_usage: dict[str, str] = {}
        for key, value in attributes.items():
            entry = _TABLE.get(key)
            if entry is None:
                if is_usage_key(key) and (example := usage_example(value)):
                    self.unknown_usage[key] = example
            elif value is not None and value != "":
                self._take(entry, _unquote(value) if entry.is_quoted else value)

    def _take(self, entry: _Key, value: Any) -> None:
        for source in entry.sources:
            self._offer(source, value)
        if entry.paths:
            document = read_document(value)
            for path, source in entry.paths if document is not None else ():
                self._offer(source, value_at(document, path))
        for rank, name, kinds in entry.kinds:
            if rank < self.kind_rank:
                kind = _kind_of(kinds, value)
                if kind is not None:
                    self.kind, self.kind_rank = (kind, name), rank
        if entry.present is not None and (self.present is None or entry.present < self.present):
            self.present = entry.present

    def _offer(self, source: _Source, value: Any) -> None:
        if value is None or value == "" or source.rank >= self.ranks.get(source.field, 1 << 30):
            return
        if source.scopes and not _is_within(self.scope_name, source.scopes):
            return
        if source.field == "provider" and provider_name(read_text(value)) is None:
            return  # a framework that names itself hides no provider
        self.values[source.field] = value
        self.ranks[source.field] = source.rank
        self.tellers[source.field] = source.convention

    def text(self, name: str) -> str | None:
        return read_text(self.values.get(name))


def _unquote(value: Any) -> Any:
    return value if isinstance(value, str) and len(value) > LARGEST_DOCUMENT else unquote(value)


def _kind_of(kinds: Mapping[str, str], value: Any) -> str | None:
    if not isinstance(value, str):
        return kinds.get("*")
    found = kinds.get(value) or kinds.get(value.upper())
    if found is not None:
        return found
    return next(
        (kind for pattern, kind in kinds.items() if "*" in pattern and fnmatchcase(value, pattern)), None
    )


def resolve(
    *,
    name: str,
    attributes: Mapping[str, Any],
    events: Sequence[tuple[str, Mapping[str, Any]]],
    resource: Mapping[str, Any],
    scope_name: str,
    start_ns: int = 0,
    event_times_ns: Sequence[int] = (),
) -> SpanFields:
    """Map one span. Values are Python values (str, bool, int, float, bytes, list, dict); pure, never raises.

    `events` are (name, attributes) in order, `event_times_ns` their times; an `exception` event gives the error type
    where no attribute does.
    """
    found = _Found(attributes, scope_name=scope_name)
    kind, convention = _find_kind(found, name, scope_name, attributes)
    texts: dict[str, Any] = {field_name: found.text(field_name) for field_name in TEXT_FIELDS}
    texts["provider"] = provider_name(texts["provider"])
    model = texts["response_model"] or texts["request_model"]
    speaker = Speaker(found.tellers.get("input_tokens"), scope_name, texts["provider"], model, name)
    usage = read_usage(found.values, speaker)
    if kind == "agent" and texts["agent"] is None and _is_within(scope_name, _NAMED_AGENTS):
        kind = "agent" if found.text("agent_node") else "workflow"
    if convention is not None and kind in ("agent", "tool") and texts[kind] is None:
        texts[kind] = _name_of(kind, found, name, texts["request_model"])
    _mend(texts, kind, attributes, events)
    if events and kind in ("llm", "tool") and "arguments" not in found.values:
        found.values["arguments"] = asked_in_events(events)
    details = read_details(
        found.values,
        event_times=((event, at) for (event, _), at in zip(events, event_times_ns, strict=False)),
        start_ns=start_ns,
    )
    if events and (states := states_in_events(events, event_times_ns)):
        details["states"] = states
    if found.unknown_usage:
        details["unknown_usage"] = dict(sorted(found.unknown_usage.items())[:MOST_KEYS])
    if usage.is_reported:
        details |= _evidence(kind, found, scope_name)
    elif kind in _WITH_TEXT and (size := text_size(attributes=attributes, events=events)):
        details["text_bytes"] = size
    environment = resource.get("deployment.environment.name", resource.get("deployment.environment"))
    return SpanFields(
        kind=kind,
        convention=convention,
        service=read_text(resource.get("service.name")),
        environment=read_text(environment) or found.text("environment"),
        release=read_text(resource.get("service.version")) or found.text("release"),
        details=details or None,
        **usage._asdict(),
        **texts,
    )


def _name_of(kind: str, found: _Found, span_name: str, model: str | None) -> str | None:
    """The agent's or tool's name that the span's own name holds."""
    own_name = (
        (kind == "agent" and found.text("agent_node")) or found.text("own_name") or _own_name(span_name)
    )
    return own_name if own_name != model else None  # the Vercel AI SDK calls an agent without a name so


def _mend(
    texts: dict[str, Any],
    kind: str,
    attributes: Mapping[str, Any],
    events: Sequence[tuple[str, Mapping[str, Any]]],
) -> None:
    """What stands elsewhere, and what stands where it does not belong."""
    if texts["response_id"] is None and kind == "llm":
        texts["response_id"] = find_response_id(attributes)
    if texts["error_type"] is None:
        texts["error_type"] = exception_type(events)
    if (texts["error_type"] or "").startswith("<class '"):
        texts["error_type"] = texts["error_type"].removeprefix("<class '").removesuffix("'>")
    if (texts["session_id"] or "").startswith(_RESPONSE_IDS):
        texts["session_id"] = None  # the Agent Framework gives the last answer's id for the conversation
    if kind in _MODEL_CALLS:
        texts["tool"] = None  # OpenLIT names the tools that a model wants to call
        if texts["request_model"] is None and texts["response_model"] is None:
            texts["request_model"] = _model_in_settings(attributes)


def _model_in_settings(attributes: Mapping[str, Any]) -> str | None:
    """The model that a call's settings name: all that OpenInference tells of one that failed."""
    for key in SETTINGS_DOCUMENTS:
        settings = read_document(attributes.get(key))
        if isinstance(settings, dict):
            for name in ("model", "model_name"):
                if isinstance(settings.get(name), str) and settings[name]:
                    return read_text(settings[name])
    return None


def _evidence(kind: str, found: _Found, scope_name: str) -> SpanDetails:
    """What is known of the way in which an instrumentation counts."""
    evidence: SpanDetails = {}
    if kind == "agent" and _is_within(scope_name, _RUNNING_TOTALS):
        evidence["running_total_of"] = (found.text("agent_id") or "")[:100].replace("\0", "")
    if _is_within(scope_name, _ROUGH_COUNTS):
        evidence["is_rough"] = True
    return evidence


def _find_kind(
    found: _Found, name: str, scope_name: str, attributes: Mapping[str, Any]
) -> tuple[str, str | None]:
    """The kind and the convention that told it; a guess by the name, and None, where none did."""
    corrected = _corrected_kind(name, scope_name)
    if corrected is not None:
        return corrected
    if found.kind is not None:
        return found.kind
    if found.present is not None:
        return found.present[2], found.present[1]
    return _kind_by_name(name, scope_name) or (guess_kind(name, attributes), None)


_CORRECTIONS = tuple(
    (*correction, convention.name) for convention in PRECEDENCE for correction in convention.corrections
)


@lru_cache(maxsize=4096)
def _corrected_kind(name: str, scope_name: str) -> tuple[str, str] | None:
    for scope, pattern, kind, convention in _CORRECTIONS:
        if scope == scope_name and fnmatchcase(name, pattern):
            return kind, convention
    return None


@lru_cache(maxsize=4096)
def _kind_by_name(name: str, scope_name: str) -> tuple[str, str] | None:
    for convention in KIND_PRECEDENCE:
        if convention.scopes and not _is_within(scope_name, convention.scopes):
            continue
        for pattern, kind in convention.span_names:
            if fnmatchcase(name, pattern):
                return kind, convention.name
    return None


def _is_within(scope_name: str, scopes: Sequence[str]) -> bool:
    return any(scope_name == scope or scope_name.startswith(f"{scope}.") for scope in scopes)


_RESPONSE_IDS = ("resp_", "chatcmpl-")
_MODEL_CALLS = ("llm", "embedding", "rerank")
_WITH_TEXT = ("llm", "embedding")
_OPERATIONS = ("invoke_agent ", "create_agent ", "execute_tool ", "agent_run ")


_METHODS = (".__call__", ".acall", ".run", ".arun")
"""What OpenInference's instrumentations of DSPy and smolagents wrap: `get_weather.__call__`, `researcher.run`."""
_NAMELESS = tuple(pattern for convention in PRECEDENCE for pattern in convention.nameless)


@lru_cache(maxsize=4096)
def _own_name(name: str) -> str | None:
    """`invoke_agent planner` -> `planner`: span names are `{operation} {object}` by the GenAI convention."""
    if any(fnmatchcase(name, pattern) for pattern in _NAMELESS):
        return None
    for operation in _OPERATIONS:
        name = name.removeprefix(operation)
    for method in _METHODS:
        name = name.removesuffix(method)
    return name.strip().removeprefix("[").removesuffix("]") or None  # the ADK's `agent_run [planner]`
