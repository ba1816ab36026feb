"""Prepares one span for its panel: what to show of the model call, the error, the attributes. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.units import format_duration, format_usd
from dashboards.domain.content import (
    JsonNode,
    Message,
    Text,
    build_json,
    cut_text,
    parse_document,
    read_content,
    scalar_text,
)
from dashboards.domain.price_facts import PriceFacts, price_facts
from dashboards.domain.words import billing_words, reason_words
from traces.selectors.rows import SpanDetail, SpanNode
from traces.semconv.call_details import call_settings, finish_reasons

EXCEPTION = "exception"
"""The name of the event that the OpenTelemetry SDKs record for a raised exception."""

MOST_EVENTS = 200
MOST_LINKS = 100
MOST_ATTRIBUTES = 1_000
"""Entries of one panel; the number of all stands beside them and the raw span has the rest."""

_OTLP_KINDS = ("unspecified", "internal", "server", "client", "producer", "consumer")
_SAMPLED = 1
_TYPE_WORDS = {bool: "boolean", int: "integer", float: "double", bytes: "bytes", list: "array", dict: "map"}


@dataclass(frozen=True, slots=True)
class Fact:
    """A name and its value, short enough for one line."""

    name: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class AttributeRow:
    """An attribute. `type` is empty for texts, which most are; objects and arrays are in `json`, the rest in `text`."""

    key: str
    type: str
    text: Text | None = None
    json: JsonNode | None = None


@dataclass(frozen=True, slots=True)
class SpanException:
    """An exception that the span recorded."""

    type: str
    message: Text
    stacktrace: Text | None


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event of the span, `after_ns` its start."""

    name: str
    after_ns: int
    attributes: tuple[AttributeRow, ...]
    dropped_attributes_count: int


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link to another span, ids in hex."""

    trace_id: str
    span_id: str
    attributes: tuple[AttributeRow, ...]


@dataclass(frozen=True, slots=True)
class SpanFacts:
    """All that the panel shows of a span."""

    node: SpanNode
    span_id: str
    parent_span_id: str
    exceptions: tuple[SpanException, ...]
    input: tuple[Message, ...]
    output: tuple[Message, ...]
    call: tuple[Fact, ...]
    settings: tuple[AttributeRow, ...]
    counting: str
    counted_trace_id: str
    counted_span_id: str
    price: PriceFacts | None
    prompt: tuple[Fact, ...]
    tool: tuple[Fact, ...]
    context: tuple[Fact, ...]
    attributes: tuple[AttributeRow, ...]
    attribute_count: int
    events: tuple[EventRow, ...]
    event_count: int
    links: tuple[LinkRow, ...]
    link_count: int
    resource: tuple[AttributeRow, ...]
    scope: tuple[AttributeRow, ...]
    scope_words: str
    dropped: str

    @property
    def has_content(self) -> bool:
        """Something went in or came out."""
        return bool(self.input or self.output)


def describe_span(detail: SpanDetail) -> SpanFacts:
    """The panel's content for one span."""
    node = detail.node
    return SpanFacts(
        node=node,
        span_id=node.span_id.hex(),
        parent_span_id=node.parent_span_id.hex() if node.parent_span_id else "",
        exceptions=tuple(_exceptions(detail)),
        input=read_content(detail.input),
        output=read_content(detail.output),
        call=tuple(_call_facts(detail)),
        settings=attribute_rows(call_settings(detail.attributes)),
        counting=reason_words(node.reason) if node.reason else "",
        counted_trace_id=node.same_as_trace_id.hex() if node.same_as_trace_id else "",
        counted_span_id=node.same_as_span_id.hex() if node.same_as_span_id else "",
        price=price_facts(node),
        prompt=_present(("Prompt", node.prompt_name), ("Version", node.prompt_version)),
        tool=_present(("Tool", node.tool), ("Call id", node.tool_call_id)),
        context=_context_facts(detail),
        attributes=attribute_rows(detail.attributes),
        attribute_count=len(detail.attributes),
        events=tuple(_event_row(event, span=node) for event in detail.events[:MOST_EVENTS]),
        event_count=len(detail.events),
        links=tuple(_link_row(link) for link in detail.links[:MOST_LINKS]),
        link_count=len(detail.links),
        resource=attribute_rows(detail.resource.get("attributes") or {}),
        scope=attribute_rows(detail.scope.get("attributes") or {}),
        scope_words=" ".join(str(detail.scope[key]) for key in ("name", "version") if detail.scope.get(key)),
        dropped=_dropped_words(detail),
    )


def attribute_rows(attributes: Mapping[str, Any]) -> tuple[AttributeRow, ...]:
    """Attributes by key, the first MOST_ATTRIBUTES of them."""
    return tuple(_attribute_row(key, attributes[key]) for key in sorted(attributes)[:MOST_ATTRIBUTES])


def _attribute_row(key: str, value: Any) -> AttributeRow:
    document = parse_document(value)
    if isinstance(document, dict | list) and document:
        type_word = "JSON text" if isinstance(value, str) else _TYPE_WORDS[type(value)]
        return AttributeRow(key=key, type=type_word, json=build_json(document))
    return AttributeRow(key=key, type=_TYPE_WORDS.get(type(value), ""), text=cut_text(scalar_text(value)))


def _present(*pairs: tuple[str, str | None]) -> tuple[Fact, ...]:
    return tuple(Fact(name, value) for name, value in pairs if value)


def _call_facts(detail: SpanDetail) -> Iterator[Fact]:
    node = detail.node
    yield from _present(("Provider", node.provider))
    if node.model:
        yield Fact(
            "Model", node.model, note="as served" if node.request_model not in (None, node.model) else ""
        )
    if node.request_model and node.request_model != node.model:
        yield Fact("Requested", node.request_model)
    yield from _token_facts(node)
    if node.reason and node.cost_usd is not None:
        yield Fact("Cost", format_usd(node.cost_usd), note=_least(node))
    elif node.is_counted:
        yield Fact("Cost", "unknown", note="no known price for this model")
    if node.estimated_usd is not None:
        yield Fact("Cost", f"about {format_usd(node.estimated_usd)}", note="an estimate by its text")
    if node.billing:
        yield Fact("Billed", billing_words(node.billing))
    details = node.details or {}
    waited_ns = details.get("time_to_first_token_ns")
    yield from _present(
        ("First token after", None if waited_ns is None else format_duration(waited_ns)),
        ("Service tier", details.get("service_tier")),
        ("Finish reason", ", ".join(finish_reasons(detail.attributes, detail.named_events))),
        ("Response id", node.response_id),
    )


def _least(node: SpanNode) -> str:
    low: Decimal | None = node.cost_low_usd
    if low is None or low == node.cost_usd:
        return ""
    return f"at least {format_usd(low)}: how much of the input was cached is not reported"


def _token_facts(node: SpanNode) -> Iterator[Fact]:
    for name, tokens in (
        ("Input tokens", node.input_tokens),
        ("of these cache reads", node.cache_read_input_tokens),
        ("of these cache writes", node.cache_creation_input_tokens),
        ("Output tokens", node.output_tokens),
        ("of these reasoning", node.reasoning_output_tokens),
    ):
        if tokens is not None:
            yield Fact(name, f"{tokens:,}")


def _context_facts(detail: SpanDetail) -> tuple[Fact, ...]:
    node = detail.node
    kind = (
        _OTLP_KINDS[detail.otlp_kind] if 0 <= detail.otlp_kind < len(_OTLP_KINDS) else str(detail.otlp_kind)
    )
    return _present(
        ("Agent", node.agent),
        ("State", node.state),
        ("Session", node.session_id),
        ("User", node.user_id),
        ("Service", node.service),
        ("Environment", node.environment),
        ("Release", node.release),
        ("Convention", node.convention),
        ("Span id", node.span_id.hex()),
        ("Parent", node.parent_span_id.hex() if node.parent_span_id else "none (a root)"),
        ("OTLP kind", kind),
        ("Trace state", detail.trace_state),
        ("Sampled", "yes" if detail.flags & _SAMPLED else "no"),
    )


def _exceptions(detail: SpanDetail) -> Iterator[SpanException]:
    for event in detail.events[:MOST_EVENTS]:
        if event["name"] == EXCEPTION:
            found = event["attributes"]
            stacktrace = found.get("exception.stacktrace")
            yield SpanException(
                type=scalar_text(found.get("exception.type") or "exception"),
                message=cut_text(scalar_text(found.get("exception.message") or "")),
                stacktrace=cut_text(scalar_text(stacktrace)) if stacktrace else None,
            )


def _event_row(event: Mapping[str, Any], *, span: SpanNode) -> EventRow:
    return EventRow(
        name=event["name"],
        after_ns=event["time_ns"] - span.start_ns,
        attributes=attribute_rows(event["attributes"]),
        dropped_attributes_count=event["dropped_attributes_count"],
    )


def _link_row(link: Mapping[str, Any]) -> LinkRow:
    return LinkRow(
        trace_id=link["trace_id"].hex(),
        span_id=link["span_id"].hex(),
        attributes=attribute_rows(link["attributes"]),
    )


def _dropped_words(detail: SpanDetail) -> str:
    """What the sender's SDK left out before it sent the span."""
    parts = [
        f"{number} {what}"
        for number, what in (
            (detail.dropped_attributes_count, "attributes"),
            (detail.dropped_events_count, "events"),
            (detail.dropped_links_count, "links"),
        )
        if number
    ]
    return ", ".join(parts)
