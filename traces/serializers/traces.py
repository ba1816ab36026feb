"""Traces and spans as JSON. The functions give it; the serializers beside them describe it (OpenAPI).

A trace may have ten thousand spans of forty fields: functions write them an order of magnitude faster than
serializers' fields would. A test holds the two together.
"""

from typing import Any

from rest_framework import serializers

from core.units import decimal_text
from projects.api.fields import MoneyField, NanosecondsField
from traces.domain.otlp import json_value
from traces.domain.span_row import KINDS, STATUS_NAMES
from traces.selectors.rows import SpanDetail, SpanNode, TraceRow

TRACE_STATUSES = ("open", "ok", "error")
SPAN_KINDS = ("unspecified", "internal", "server", "client", "producer", "consumer")
"""Names of OTLP span kinds, by number."""


def _money(help_text: str) -> MoneyField:
    return MoneyField(max_digits=None, decimal_places=None, allow_null=True, help_text=help_text)


def _text(help_text: str | None = None) -> serializers.CharField:
    return serializers.CharField(allow_null=True, help_text=help_text)


def _texts(help_text: str | None = None) -> serializers.ListField:
    return serializers.ListField(child=serializers.CharField(), help_text=help_text)


def _count(help_text: str | None = None, *, allow_null: bool = False) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=0, allow_null=allow_null, help_text=help_text)


class LatencySerializer(serializers.Serializer[Any]):
    """Where the time went: each nanosecond of duration_ns once, so the parts add up to it."""

    model_ns = _count()
    tool_ns = _count()
    retrieval_ns = _count()
    state_ns = _count()
    guardrail_ns = _count()
    human_ns = _count()
    agent_ns = _count()
    waiting_ns = _count()


class StateSerializer(serializers.Serializer[Any]):
    """A state that the agent was in."""

    state = serializers.CharField()
    start_time_unix_nano = NanosecondsField()
    end_time_unix_nano = NanosecondsField()
    agent = _text()


class TraceSerializer(serializers.Serializer[Any]):
    """One user task: what it took and what it cost."""

    trace_id = serializers.CharField(help_text="32 lower-case hex digits.")
    root_span_id = _text("The span that is the user's request; null while it has not arrived.")
    name = serializers.CharField()
    status = serializers.ChoiceField(
        TRACE_STATUSES,
        help_text="`open`: the root has not arrived, or is still pending. A trace whose root never came is an `error`.",
    )
    session_id = _text()
    user_id = _text()
    agents = _texts()
    models = _texts()
    tools = _texts()
    services = _texts()
    service = _text("The service of the root.")
    environment = _text()
    release = _text()
    error_message = _text()
    start_time_unix_nano = NanosecondsField()
    end_time_unix_nano = NanosecondsField(help_text="The root's end; while open, the last known one.")
    duration_ns = _count("Trace Latency: from the user's request to the final response.")
    latency = LatencySerializer(allow_null=True)
    completeness = _count("How much its spans tell, in percent; null before it is known.", allow_null=True)
    gaps = _texts("Codes of what its spans lack: usage, price, cache_split, parent, session, …")
    span_count = _count()
    error_count = _count()
    llm_call_count = _count("A call that two instrumentations report counts once.")
    tool_call_count = _count()
    retry_count = _count("Attempts after a failed one at the same thing.", allow_null=True)
    retry_wait_ns = _count("Nanoseconds between those attempts.")
    fallback_count = _count("Answers of another model than the one that was asked first.", allow_null=True)
    loop_count = _count(
        "How often the most repeated call with the same arguments, or cycle of states, was done."
    )
    handoff_count = _count("Times that one agent gave work to another.")
    human_wait_count = _count("Times that the run waited for a person.")
    context_peak_tokens = _count(
        "Input tokens of the call that filled its model's window most.", allow_null=True
    )
    context_window_tokens = _count("What that model takes; null where it is not known.", allow_null=True)
    thread_id = _text("The conversation; other traces of it may go on with this run.")
    linked_trace_ids = _texts("Other traces that links of the spans name.")
    behaviour = serializers.DictField(
        help_text="handoffs, loops, retries, fallbacks and context growth, each with the span where it is seen."
    )
    input_tokens = _count("All input tokens of counted model calls, cache reads and writes included.")
    cache_read_input_tokens = _count("The part of input_tokens that was read from a cache.")
    cache_creation_input_tokens = _count("The part of input_tokens that was written to a cache.")
    output_tokens = _count("All output tokens of counted model calls.")
    reasoning_output_tokens = _count("The part of output_tokens that was reasoning.")
    cost_usd = _money("Token Cost per Trace; null when no call could be priced.")
    cost_low_usd = _money("The least that the calls can have cost, where a cache split is not reported.")
    reported_cost_usd = _money(
        "What the exporter says that the counted calls cost; null where it says nothing."
    )
    saved_usd = _money(
        "What answers from the application's own cache would have cost; null where there were none."
    )
    failed_call_count = _count("Model calls that failed.")
    maybe_billed_call_count = _count(
        "Failed model calls that were billed, or may have been, without reporting usage."
    )
    time_to_first_token_ns = _count(
        "From the request to the first token of the last call that reports it; null where none does.",
        allow_null=True,
    )
    unmetered_call_count = _count("Model calls that succeeded without reporting usage.")
    unpriced_call_count = _count("Model calls with usage but without a known price.")
    estimated_call_count = _count("Unmetered calls that have an estimate, where the project wants such.")
    estimated_usd = _money("What those may have cost, by their text; in no other figure.")
    states = StateSerializer(many=True)


class EventSerializer(serializers.Serializer[Any]):
    """Something that happened during a span."""

    name = serializers.CharField(allow_blank=True)
    time_unix_nano = NanosecondsField()
    attributes = serializers.DictField()
    dropped_attributes_count = _count()


class LinkSerializer(serializers.Serializer[Any]):
    """Another span that this one refers to."""

    trace_id = serializers.CharField()
    span_id = serializers.CharField()
    trace_state = serializers.CharField(allow_blank=True)
    attributes = serializers.DictField()
    dropped_attributes_count = _count()
    flags = _count()


class ResourceSerializer(serializers.Serializer[Any]):
    """What produced the span."""

    attributes = serializers.DictField()
    dropped_attributes_count = _count()
    schema_url = serializers.CharField(allow_blank=True)


class ScopeSerializer(ResourceSerializer):
    """The instrumentation that made the span."""

    name = serializers.CharField(allow_blank=True)
    version = serializers.CharField(allow_blank=True)


class SpanSerializer(serializers.Serializer[Any]):
    """One step of a trace, with all that came with it."""

    span_id = serializers.CharField(help_text="16 lower-case hex digits.")
    parent_span_id = _text()
    name = serializers.CharField(allow_blank=True)
    kind = serializers.ChoiceField(KINDS)
    otlp_kind = serializers.ChoiceField(SPAN_KINDS)
    status = serializers.ChoiceField(STATUS_NAMES)
    status_message = _text()
    error_type = _text()
    start_time_unix_nano = NanosecondsField()
    end_time_unix_nano = NanosecondsField()
    duration_ns = _count()
    provider = _text()
    model = _text("The served model, or the requested one where the answer named none.")
    agent = _text()
    tool = _text()
    prompt_name = _text()
    prompt_version = _text()
    service = _text()
    session_id = _text()
    user_id = _text()
    state = _text()
    convention = _text("The semantic convention by which the span was read.")
    input_tokens = _count("As this span reports them; null where it does not.", allow_null=True)
    cache_read_input_tokens = _count(allow_null=True)
    cache_creation_input_tokens = _count(allow_null=True)
    output_tokens = _count(allow_null=True)
    reasoning_output_tokens = _count(allow_null=True)
    cost_usd = _money("What this span's call cost; null where it reports none or has no known price.")
    cost_low_usd = _money("The least that it can have cost.")
    reported_cost_usd = _money("What the exporter says that the call cost.")
    estimated_usd = _money("What a call that reports no usage may have cost, by its text.")
    price = serializers.DictField(
        allow_null=True,
        help_text="How cost_usd came about: source (a price list and its version, or an own price), model, rule by which "
        "its name was read, parts as [kind, quantity, rate in US dollars, units of the rate], saved_usd.",
    )
    billing = _text("Of a failed call: unbilled, billed, or unknown.")
    counted = serializers.BooleanField(
        help_text="True when this span's usage is part of the trace's totals; false for a wrapper or second report "
        "of a call that is counted elsewhere, and for spans without usage."
    )
    counted_reason = _text("Why it is counted or not; null for spans that report no model call.")
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
    flags = _count()
    dropped_attributes_count = _count()
    dropped_events_count = _count()
    dropped_links_count = _count()


class TraceDetailSerializer(TraceSerializer):
    """A trace and its first spans."""

    spans = SpanSerializer(many=True, help_text="By start; the first 10,000.")
    spans_next = _text("The cursor for the rest, at `traces/TRACE_ID/spans`; null when these are all.")


class TracePageSerializer(serializers.Serializer[Any]):
    """A page of traces."""

    results = TraceSerializer(many=True)
    next = _text("The cursor of the next page; null on the last.")


class SpanPageSerializer(serializers.Serializer[Any]):
    """A page of spans."""

    results = SpanSerializer(many=True)
    next = _text("The cursor of the next page; null on the last.")


_SAME_IN_TRACE = (
    "name",
    "session_id",
    "user_id",
    "agents",
    "models",
    "tools",
    "services",
    "service",
    "environment",
    "release",
    "error_message",
    "duration_ns",
    "latency",
    "span_count",
    "error_count",
    "llm_call_count",
    "tool_call_count",
    "retry_count",
    "retry_wait_ns",
    "fallback_count",
    "loop_count",
    "handoff_count",
    "human_wait_count",
    "context_peak_tokens",
    "context_window_tokens",
    "thread_id",
    "linked_trace_ids",
    "behaviour",
    "completeness",
    "gaps",
    "input_tokens",
    "cache_read_input_tokens",
    "cache_creation_input_tokens",
    "output_tokens",
    "reasoning_output_tokens",
    "failed_call_count",
    "maybe_billed_call_count",
    "time_to_first_token_ns",
    "unmetered_call_count",
    "unpriced_call_count",
    "estimated_call_count",
)
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


def trace_json(row: TraceRow) -> dict[str, Any]:
    """A trace as TraceSerializer describes it."""
    return {name: getattr(row, name) for name in _SAME_IN_TRACE} | {
        "trace_id": row.trace_id.hex(),
        "root_span_id": _hex(row.root_span_id),
        "status": "error" if row.status == "lost" else row.status,
        "start_time_unix_nano": str(row.start_ns),
        "end_time_unix_nano": str(row.end_ns),
        "cost_usd": decimal_text(row.cost_usd),
        "cost_low_usd": decimal_text(row.cost_low_usd),
        "reported_cost_usd": decimal_text(row.reported_cost_usd),
        "saved_usd": decimal_text(row.saved_usd),
        "estimated_usd": decimal_text(row.estimated_usd),
        "states": [
            state
            | {
                "start_time_unix_nano": str(state["start_time_unix_nano"]),
                "end_time_unix_nano": str(state["end_time_unix_nano"]),
            }
            for state in row.states
        ],
    }


def span_json(detail: SpanDetail) -> dict[str, Any]:
    """A span as SpanSerializer describes it."""
    node = detail.node
    return (
        {name: getattr(node, name) for name in _SAME_IN_SPAN}
        | {name: getattr(detail, name) for name in _SAME_IN_DETAIL}
        | {
            "span_id": node.span_id.hex(),
            "parent_span_id": _hex(node.parent_span_id),
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
    return {"trace_id": _hex(node.same_as_trace_id), "span_id": _hex(node.same_as_span_id)}


def _hex(identifier: bytes | None) -> str | None:
    return identifier.hex() if identifier else None


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
