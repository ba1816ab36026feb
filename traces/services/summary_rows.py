"""Summaries as rows: COPY into traces_call, and through a staging table into traces_trace.

A worker writes thousands of calls a second; statements with a placeholder for each value cost it more than all the
thinking before.
"""

from collections.abc import Mapping
from datetime import datetime
from operator import attrgetter
from typing import Any

import orjson
from psycopg import sql
from psycopg.types.json import Jsonb

from traces.domain.behaviour.summary import Behaviour
from traces.domain.call_reports import running_total_of
from traces.domain.call_summary import CallSummary
from traces.domain.pricing import Price
from traces.domain.span_row import STATUS_ERROR
from traces.domain.summary import TraceSummary
from traces.domain.trace_key import TraceKey
from traces.selectors.statements import array_text
from traces.services.copying import rows_copy
from traces.sql import load_sql


def summaries_write(
    cursor: Any,
    *,
    touched: Mapping[TraceKey, datetime],
    summaries: Mapping[TraceKey, TraceSummary],
    now: datetime,
) -> None:
    """Write the summaries of touched traces over those before, with their calls; `touched` says when the last span of
    each arrived. In the caller's transaction, in the order of the keys."""
    cursor.execute(
        load_sql("calls_delete"),
        {
            "project_ids": array_text(key.project_id for key in touched),
            "trace_ids": array_text(key.trace_id for key in touched),
        },
    )
    cursor.execute(load_sql("trace_staging"))
    ordered = sorted(summaries)
    rows_copy(
        cursor,
        "traces_trace_staging",
        types=_TRACE_TYPES,
        rows=(_trace_row(key, summaries[key], seen_at=touched[key], now=now) for key in ordered),
    )
    cursor.execute(_UPSERT)
    cursor.execute("DELETE FROM traces_trace_staging")
    rows_copy(
        cursor,
        "traces_call",
        types=_CALL_TYPES,
        rows=(_call_row(key, call) for key in ordered for call in summaries[key].calls),
    )


# --- Traces ------------------------------------------------------------------------------------------------

_SAME_NAMES = {
    "root_span_id": "bytea",
    "start_ns": "int8",
    "end_ns": "int8",
    "duration_ns": "int8",
    "status": "text",
    "name": "text",
    "session_id": "text",
    "user_id": "text",
    "service": "text",
    "environment": "text",
    "release": "text",
    "agent_names": "text[]",
    "model_names": "text[]",
    "tool_names": "text[]",
    "service_names": "text[]",
    "error_message": "text",
    "span_count": "int4",
    "error_count": "int4",
    "llm_call_count": "int4",
    "tool_call_count": "int4",
    "cost_usd": "numeric",
    "cost_low_usd": "numeric",
    "reported_cost_usd": "numeric",
    "saved_usd": "numeric",
    "failed_call_count": "int4",
    "maybe_billed_call_count": "int4",
    "time_to_first_token_ns": "int8",
    "unmetered_call_count": "int4",
    "unpriced_call_count": "int4",
    "estimated_call_count": "int4",
    "estimated_usd": "numeric",
}
"""Columns of traces_trace that a TraceSummary holds under the same name, and their types."""
_same_named = attrgetter(*_SAME_NAMES)
_TOKENS = (
    "input_tokens",
    "cache_read_input_tokens",
    "cache_creation_input_tokens",
    "output_tokens",
    "reasoning_output_tokens",
)
_TRACE_TYPES: dict[str, str] = {
    "project_id": "int4",
    "trace_id": "bytea",
    **_SAME_NAMES,
    **dict.fromkeys(_TOKENS, "int8"),
    "retry_count": "int4",
    "retry_wait_ns": "int8",
    "fallback_count": "int4",
    "loop_count": "int4",
    "handoff_count": "int4",
    "human_wait_count": "int4",
    "context_peak_tokens": "int8",
    "context_window_tokens": "int8",
    "states": "jsonb",
    "behaviour": "jsonb",
    "completeness": "int2",
    "gaps": "text[]",
    "thread_id": "text",
    "linked_trace_ids": "text[]",
    "latency": "jsonb",
    "summarised_at": "timestamptz",
    "last_seen_at": "timestamptz",
}
_UPSERT = sql.SQL(load_sql("trace_upsert")).format(
    columns=sql.SQL(", ").join(map(sql.Identifier, _TRACE_TYPES)),
    updates=sql.SQL(", ").join(
        sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name))
        for name in _TRACE_TYPES
        if name not in ("project_id", "trace_id", "status", "last_seen_at")
    ),
)


def _trace_row(key: TraceKey, summary: TraceSummary, *, seen_at: datetime, now: datetime) -> tuple[Any, ...]:
    """One row, in the order of _TRACE_TYPES."""
    behaviour = summary.behaviour
    fullest = behaviour.context[0] if behaviour.context else None
    return (
        *key,
        *_same_named(summary),
        *summary.usage,
        behaviour.retry_count,
        behaviour.retry_wait_ns,
        behaviour.fallback_count,
        behaviour.loop_count,
        len(behaviour.handoffs),
        behaviour.human_wait_count,
        fullest.peak if fullest else None,
        fullest.window if fullest else None,
        _json(behaviour.states),
        _json(behaviour_json(behaviour)),
        summary.examination.percent,
        summary.examination.gaps,
        summary.thread_id,
        summary.linked_trace_ids,
        _json(summary.latency),
        now,
        seen_at,
    )


def _json(value: Any) -> Jsonb | None:
    return None if value is None else Jsonb(value, dumps=orjson.dumps)


# --- Calls -------------------------------------------------------------------------------------------------

_CALL_TYPES: dict[str, str] = {
    "project_id": "int4",
    "trace_id": "bytea",
    "span_id": "bytea",
    "start_ns": "int8",
    "duration_ns": "int8",
    "kind": "text",
    "provider": "text",
    "model": "text",
    "agent": "text",
    "service": "text",
    "environment": "text",
    "is_error": "bool",
    "is_counted": "bool",
    "reason": "text",
    "is_lone": "bool",
    "response_id": "text",
    "same_as_trace_id": "bytea",
    "same_as_span_id": "bytea",
    **dict.fromkeys(_TOKENS, "int8"),
    "cost_usd": "numeric",
    "cost_low_usd": "numeric",
    "reported_cost_usd": "numeric",
    "estimated_usd": "numeric",
    "price": "jsonb",
    "terms": "jsonb",
    "billing": "text",
    "running_total_of": "text",
}


def _call_row(key: TraceKey, call: CallSummary) -> tuple[Any, ...]:
    """One row, in the order of _CALL_TYPES."""
    span, decision = call.span, call.decision
    return (
        *key,
        span.span_id,
        span.start_ns,
        span.duration_ns,
        span.kind,
        span.provider,
        span.model,
        call.agent,
        span.service,
        span.environment,
        span.status == STATUS_ERROR,
        decision.is_counted,
        decision.reason.value,
        decision.is_lone,
        span.response_id,
        *(decision.same_as or (None, None)),
        *decision.usage,
        call.cost_usd,
        call.cost_low_usd,
        call.reported_cost_usd,
        call.estimated_usd,
        _json(price_json(price) if (price := call.price or call.estimate) else None),
        _json(call.terms),
        call.billing.value if call.billing else None,
        running_total_of(span) or None,
    )


def behaviour_json(behaviour: Behaviour) -> dict[str, Any]:
    """The parts of a run's behaviour that have no column, as JSON; span ids are hex."""
    parts = ("handoffs", "loops", "retries", "fallbacks", "context")
    return {
        part: [
            {
                name: value.hex() if isinstance(value, bytes) else value
                for name, value in zip(entry._fields, entry, strict=True)
            }
            for entry in getattr(behaviour, part)
        ]
        for part in parts
    }


def price_json(price: Price) -> dict[str, Any]:
    """How a cost or an estimate came about, as JSON: {"source", "model", "rule", "saved_usd", "parts": [[kind, quantity, rate, per]]};
    money as decimal text."""
    return {
        "source": price.source,
        "model": price.model,
        "rule": price.rule,
        "saved_usd": None if price.saved_usd is None else str(price.saved_usd),
        "parts": [[part.kind, part.quantity, str(part.rate_usd), part.per] for part in price.parts],
    }
