"""Spans as JSON: the function gives it, the serializers beside it describe it (OpenAPI). See traces.serializers.traces."""

from typing import Any

from rest_framework import serializers

from core.units import decimal_text
from projects.api.fields import NanosecondsField
from traces.domain.otlp import json_value
from traces.domain.span_row import KINDS, STATUS_NAMES
from traces.selectors.rows import SpanDetail, SpanNode
from traces.serializers.fields import count_field, hex_text, money_field, text_field

SPAN_KINDS = ("unspecified", "internal", "server", "client", "producer", "consumer")
"""Names of OTLP span kinds, by number."""


class EventSerializer(serializers.Serializer[Any]):
    """Something that happened during a span."""

    name = serializers.CharField(allow_blank=True)
    time_unix_nano = NanosecondsField()
    attributes = serializers.DictField()
    dropped_attributes_count = count_field()


class LinkSerializer(serializers.Serializer[Any]):
    """Another span that this one refers to."""

    trace_id = serializers.CharField()
    span_id = serializers.CharField()
    trace_state = serializers.CharField(allow_blank=True)
    attributes = serializers.DictField()
    dropped_attributes_count = count_field()
    flags = count_field()


class ResourceSerializer(serializers.Serializer[Any]):
    """What produced the span."""

    attributes = serializers.DictField()
    dropped_attributes_count = count_field()
    schema_url = serializers.CharField(allow_blank=True)


class ScopeSerializer(ResourceSerializer):
    """The instrumentation that made the span."""

    name = serializers.CharField(allow_blank=True)
    version = serializers.CharField(allow_blank=True)


class SpanSerializer(serializers.Serializer[Any]):
    """One step of a trace, with all that came with it."""

    span_id = serializers.CharField(help_text="16 lower-case hex digits.")
    parent_span_id = text_field()
    name = serializers.CharField(allow_blank=True)
    kind = serializers.ChoiceField(KINDS)
    otlp_kind = serializers.ChoiceField(SPAN_KINDS)
    status = serializers.ChoiceField(STATUS_NAMES)
    status_message = text_field()
    error_type = text_field()
    start_time_unix_nano = NanosecondsField()
    end_time_unix_nano = NanosecondsField()
    duration_ns = count_field()
    provider = text_field()
    model = text_field("The served model, or the requested one where the answer named none.")
    agent = text_field()
    tool = text_field()
    prompt_name = text_field()
    prompt_version = text_field()
    service = text_field()
    session_id = text_field()
    user_id = text_field()
    state = text_field()
    convention = text_field("The semantic convention by which the span was read.")
    input_tokens = count_field("As this span reports them; null where it does not.", allow_null=True)
    cache_read_input_tokens = count_field(allow_null=True)
    cache_creation_input_tokens = count_field(allow_null=True)
    output_tokens = count_field(allow_null=True)
    reasoning_output_tokens = count_field(allow_null=True)
    cost_usd = money_field("What this span's call cost; null where it reports none or has no known price.")
    cost_low_usd = money_field("The least that it can have cost.")
    reported_cost_usd = money_field("What the exporter says that the call cost.")
    estimated_usd = money_field("What a call that reports no usage may have cost, by its text.")
    price = serializers.DictField(
        allow_null=True,
        help_text="How cost_usd came about: source (a price list and its version, or an own price), model, rule by which "
        "its name was read, parts as [kind, quantity, rate in US dollars, units of the rate], saved_usd.",
    )
    billing = text_field("Of a failed call: unbilled, billed, or unknown.")
    counted = serializers.BooleanField(
        help_text="True when this span's usage is part of the trace's totals; false for a wrapper or second report "
        "of a call that is counted elsewhere, and for spans without usage."
    )
    counted_reason = text_field("Why it is counted or not; null for spans that report no model call.")
    counted_with = serializers.DictField(
        allow_null=True,
        help_text="trace_id and span_id of the span on which this second report's call is counted.",
    )
    input = serializers.JSONField(allow_null=True, help_text="What went in: messages, arguments.")
    output = serializers.JSONField(allow_null=True, help_text="What came out: messages, results.")
    attributes = serializers.DictField(
        help_text='Natural JSON; bytes are {"bytesValue": base64}, non-finite numbers {"doubleValue": name}.'
    )
    resource = ResourceSerializer()
    scope = ScopeSerializer()
    events = EventSerializer(many=True)
    links = LinkSerializer(many=True)
    trace_state = serializers.CharField(allow_blank=True)
    flags = count_field()
    dropped_attributes_count = count_field()
    dropped_events_count = count_field()
    dropped_links_count = count_field()


class SpanPageSerializer(serializers.Serializer[Any]):
    """A page of spans."""

    results = SpanSerializer(many=True)
    next = text_field("The cursor of the next page; null on the last.")


_SAME_IN_SPAN = (
    "name",
    "kind",
    "status_message",
    "error_type",
    "duration_ns",
    "provider",
    "model",
    "agent",
    "tool",
    "prompt_name",
    "prompt_version",
    "service",
    "session_id",
    "user_id",
    "state",
    "convention",
    "input_tokens",
    "cache_read_input_tokens",
    "cache_creation_input_tokens",
    "output_tokens",
    "reasoning_output_tokens",
)
_SAME_IN_DETAIL = (
    "trace_state",
    "flags",
    "dropped_attributes_count",
    "dropped_events_count",
    "dropped_links_count",
)


def span_json(detail: SpanDetail) -> dict[str, Any]:
    """A span as SpanSerializer describes it."""
    node = detail.node
    return (
        {name: getattr(node, name) for name in _SAME_IN_SPAN}
        | {name: getattr(detail, name) for name in _SAME_IN_DETAIL}
        | {
            "span_id": node.span_id.hex(),
            "parent_span_id": hex_text(node.parent_span_id),
            "otlp_kind": _name_at(SPAN_KINDS, detail.otlp_kind),
            "status": _name_at(STATUS_NAMES, node.status),
            "start_time_unix_nano": str(node.start_ns),
            "end_time_unix_nano": str(node.end_ns),
            "cost_usd": decimal_text(node.cost_usd),
            "cost_low_usd": decimal_text(node.cost_low_usd),
            "counted": bool(node.is_counted),
            "reported_cost_usd": decimal_text(node.reported_cost_usd),
            "estimated_usd": decimal_text(node.estimated_usd),
            "price": node.price,
            "billing": node.billing,
            "counted_reason": node.reason,
            "counted_with": _counted_with(node),
            "input": json_value(detail.input),
            "output": json_value(detail.output),
            "attributes": json_value(detail.attributes),
            "resource": json_value(detail.resource),
            "scope": json_value(detail.scope),
            "events": [_event_json(event) for event in detail.events],
            "links": [_link_json(link) for link in detail.links],
        }
    )


def _counted_with(node: SpanNode) -> dict[str, str | None] | None:
    if node.same_as_span_id is None:
        return None
    return {"trace_id": hex_text(node.same_as_trace_id), "span_id": hex_text(node.same_as_span_id)}


def _name_at(names: tuple[str, ...], number: int) -> str:
    """The name of an OTLP enumeration's number; the first one for numbers that OTLP has added since."""
    return names[number] if 0 <= number < len(names) else names[0]


def _event_json(event: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": event["name"],
        "time_unix_nano": str(event["time_ns"]),
        "attributes": json_value(event["attributes"]),
        "dropped_attributes_count": event["dropped_attributes_count"],
    }


def _link_json(link: dict[str, Any]) -> dict[str, Any]:
    return link | {
        "trace_id": link["trace_id"].hex(),
        "span_id": link["span_id"].hex(),
        "attributes": json_value(link["attributes"]),
    }
