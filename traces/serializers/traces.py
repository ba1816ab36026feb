"""Traces as JSON. The function gives it; the serializers beside it describe it (OpenAPI).

A trace may have ten thousand spans of forty fields: functions write them an order of magnitude faster than
serializers' fields would. A test holds the two together.
"""

from typing import Any

from rest_framework import serializers

from core.units import decimal_text
from projects.api.fields import NanosecondsField
from traces.selectors.rows import TraceRow
from traces.serializers.fields import count_field, hex_text, money_field, text_field, texts_field
from traces.serializers.spans import SpanSerializer

TRACE_STATUSES = ("open", "ok", "error")


class LatencySerializer(serializers.Serializer[Any]):
    """Where the time went: each nanosecond of duration_ns once, so the parts add up to it."""

    model_ns = count_field()
    tool_ns = count_field()
    retrieval_ns = count_field()
    state_ns = count_field()
    guardrail_ns = count_field()
    human_ns = count_field()
    agent_ns = count_field()
    waiting_ns = count_field()


class StateSerializer(serializers.Serializer[Any]):
    """A state that the agent was in."""

    state = serializers.CharField()
    start_time_unix_nano = NanosecondsField()
    end_time_unix_nano = NanosecondsField()
    agent = text_field()


class TraceSerializer(serializers.Serializer[Any]):
    """One user task: what it took and what it cost."""

    trace_id = serializers.CharField(help_text="32 lower-case hex digits.")
    root_span_id = text_field("The span that is the user's request; null while it has not arrived.")
    name = serializers.CharField()
    status = serializers.ChoiceField(
        TRACE_STATUSES,
        help_text="`open`: the root has not arrived, or is still pending. A trace whose root never came is an `error`.",
    )
    session_id = text_field()
    user_id = text_field()
    agents = texts_field()
    models = texts_field()
    tools = texts_field()
    services = texts_field()
    service = text_field("The service of the root.")
    environment = text_field()
    release = text_field()
    error_message = text_field()
    start_time_unix_nano = NanosecondsField()
    end_time_unix_nano = NanosecondsField(help_text="The root's end; while open, the last known one.")
    duration_ns = count_field("Trace Latency: from the user's request to the final response.")
    latency = LatencySerializer(allow_null=True)
    completeness = count_field(
        "How much its spans tell, in percent; null before it is known.", allow_null=True
    )
    gaps = texts_field("Codes of what its spans lack: usage, price, cache_split, parent, session, …")
    span_count = count_field()
    error_count = count_field()
    llm_call_count = count_field("A call that two instrumentations report counts once.")
    tool_call_count = count_field()
    retry_count = count_field("Attempts after a failed one at the same thing.", allow_null=True)
    retry_wait_ns = count_field("Nanoseconds between those attempts.")
    fallback_count = count_field(
        "Answers of another model than the one that was asked first.", allow_null=True
    )
    loop_count = count_field(
        "How often the most repeated call with the same arguments, or cycle of states, was done."
    )
    handoff_count = count_field("Times that one agent gave work to another.")
    human_wait_count = count_field("Times that the run waited for a person.")
    context_peak_tokens = count_field(
        "Input tokens of the call that filled its model's window most.", allow_null=True
    )
    context_window_tokens = count_field("What that model takes; null where it is not known.", allow_null=True)
    thread_id = text_field("The conversation; other traces of it may go on with this run.")
    linked_trace_ids = texts_field("Other traces that links of the spans name.")
    behaviour = serializers.DictField(
        help_text="handoffs, loops, retries, fallbacks and context growth, each with the span where it is seen."
    )
    input_tokens = count_field("All input tokens of counted model calls, cache reads and writes included.")
    cache_read_input_tokens = count_field("The part of input_tokens that was read from a cache.")
    cache_creation_input_tokens = count_field("The part of input_tokens that was written to a cache.")
    output_tokens = count_field("All output tokens of counted model calls.")
    reasoning_output_tokens = count_field("The part of output_tokens that was reasoning.")
    cost_usd = money_field("Token Cost per Trace; null when no call could be priced.")
    cost_low_usd = money_field("The least that the calls can have cost, where a cache split is not reported.")
    reported_cost_usd = money_field(
        "What the exporter says that the counted calls cost; null where it says nothing."
    )
    saved_usd = money_field(
        "What answers from the application's own cache would have cost; null where there were none."
    )
    failed_call_count = count_field("Model calls that failed.")
    maybe_billed_call_count = count_field(
        "Failed model calls that were billed, or may have been, without reporting usage."
    )
    time_to_first_token_ns = count_field(
        "From the request to the first token of the last call that reports it; null where none does.",
        allow_null=True,
    )
    unmetered_call_count = count_field("Model calls that succeeded without reporting usage.")
    unpriced_call_count = count_field("Model calls with usage but without a known price.")
    estimated_call_count = count_field("Unmetered calls that have an estimate, where the project wants such.")
    estimated_usd = money_field("What those may have cost, by their text; in no other figure.")
    states = StateSerializer(many=True)


class TraceDetailSerializer(TraceSerializer):
    """A trace and its first spans."""

    spans = SpanSerializer(many=True, help_text="By start; the first 10,000.")
    spans_next = text_field("The cursor for the rest, at `traces/TRACE_ID/spans`; null when these are all.")


class TracePageSerializer(serializers.Serializer[Any]):
    """A page of traces."""

    results = TraceSerializer(many=True)
    next = text_field("The cursor of the next page; null on the last.")


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


def trace_json(row: TraceRow) -> dict[str, Any]:
    """A trace as TraceSerializer describes it."""
    return {name: getattr(row, name) for name in _SAME_IN_TRACE} | {
        "trace_id": row.trace_id.hex(),
        "root_span_id": hex_text(row.root_span_id),
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
