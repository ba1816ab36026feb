"""Summaries of traces, recomputed from their stored spans whenever new ones arrive."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db import connection, transaction
from psycopg.types.json import Jsonb

from traces.domain.slots import MARK_SLOTS
from traces.domain.span_row import STATUS_ERROR, SpanRow
from traces.domain.summary import CallSummary, TraceSummary, summarise
from traces.models import Call
from traces.sql import load_sql

logger = logging.getLogger(__name__)

SLOT_LOCK = 0x11E51DE
"""First key of the advisory locks that give a slot to one worker; any constant that no one else uses."""


@dataclass(frozen=True, slots=True, order=True)
class TraceKey:
    """A trace, and whose it is."""

    project_id: int
    trace_id: bytes


def touched_summarise(*, slot: int, limit: int, now: datetime) -> list[TraceKey] | None:
    """Summarise up to `limit` touched traces of a slot and return them; None when another worker holds the slot.

    One transaction: the marks are deleted and the summaries written together, so a worker that dies leaves
    the marks behind. The slot's lock makes sure that the worker that reads a trace's spans last also writes
    its summary last. Five statements and one for each trace.
    """
    if not 0 <= slot < MARK_SLOTS:
        raise ValueError(f"there is no slot {slot}; slots are 0 to {MARK_SLOTS - 1}")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [SLOT_LOCK, slot])
        if not cursor.fetchone()[0]:
            return None
        cursor.execute(load_sql("marks_claim"), {"slot": slot, "limit": limit})
        touched = sorted(
            {TraceKey(project_id, bytes(trace_id)) for project_id, trace_id in cursor.fetchall()}
        )
        if touched:
            _summaries_write(cursor, touched=touched, now=now)
        return touched


def _summaries_write(cursor: Any, *, touched: Sequence[TraceKey], now: datetime) -> None:
    spans = _spans_by_trace(cursor, touched)
    summaries = {
        key: summary for key in touched if (summary := _summarise(key, spans.get(key, []))) is not None
    }
    cursor.execute(load_sql("calls_delete"), _key_arrays(touched))
    for key, summary in summaries.items():
        cursor.execute(load_sql("trace_upsert"), _trace_parameters(key, summary, now))
    Call.objects.bulk_create(
        [_call_row(key, call) for key, summary in summaries.items() for call in summary.calls],
        batch_size=1000,
    )


def _summarise(key: TraceKey, spans: Sequence[SpanRow]) -> TraceSummary | None:
    """The summary, or None where there is nothing to summarise. A trace that cannot be summarised is a defect of
    ours: it is logged and keeps its last summary, and the traces beside it go on."""
    if not spans:
        return None
    try:
        return summarise(spans)
    except Exception:
        logger.exception("trace %s of project %d cannot be summarised", key.trace_id.hex(), key.project_id)
        return None


def _key_arrays(keys: Iterable[TraceKey]) -> dict[str, list[Any]]:
    listed = list(keys)
    return {"project_ids": [key.project_id for key in listed], "trace_ids": [key.trace_id for key in listed]}


def _spans_by_trace(cursor: Any, keys: Sequence[TraceKey]) -> dict[TraceKey, list[SpanRow]]:
    cursor.execute(load_sql("spans_of_traces"), _key_arrays(keys))
    found: dict[TraceKey, list[SpanRow]] = defaultdict(list)
    for row in cursor:
        span = SpanRow._make(row)
        if span.details is not None:
            span = span._replace(details=orjson.loads(span.details))
        found[TraceKey(span.project_id, span.trace_id)].append(span)
    return found


_COLUMNS = [
    "root_span_id",
    "start_ns",
    "end_ns",
    "duration_ns",
    "status",
    "name",
    "session_id",
    "user_id",
    "service",
    "environment",
    "release",
    "agent_names",
    "model_names",
    "tool_names",
    "service_names",
    "error_message",
    "span_count",
    "error_count",
    "llm_call_count",
    "tool_call_count",
    "cost_usd",
    "cost_low_usd",
    "unmetered_call_count",
    "unpriced_call_count",
]
"""Columns of traces_trace that a TraceSummary holds under the same name."""


def _trace_parameters(key: TraceKey, summary: TraceSummary, now: datetime) -> dict[str, Any]:
    return {
        "project_id": key.project_id,
        "trace_id": key.trace_id,
        **{column: getattr(summary, column) for column in _COLUMNS},
        **summary.usage._asdict(),
        "retry_count": None,
        "fallback_count": None,
        "latency": Jsonb(summary.latency) if summary.latency is not None else None,
        "states": Jsonb(summary.states),
        "summarised_at": now,
    }


def _call_row(key: TraceKey, call: CallSummary) -> Call:
    span, decision = call.span, call.decision
    return Call(
        project_id=key.project_id,
        trace_id=key.trace_id,
        span_id=span.span_id,
        start_ns=span.start_ns,
        duration_ns=span.duration_ns,
        kind=span.kind,
        provider=span.provider,
        model=span.model,
        agent=call.agent,
        service=span.service,
        environment=span.environment,
        is_error=span.status == STATUS_ERROR,
        is_counted=decision.is_counted,
        reason=decision.reason.value,
        cost_usd=call.price.usd if call.price else None,
        cost_low_usd=call.price.low_usd if call.price else None,
        **decision.usage._asdict(),
    )
