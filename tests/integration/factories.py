"""Small factories: rows of the span store, written directly, with every column settable by name."""

from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from django.db import connection
from opentelemetry.proto.trace.v1.trace_pb2 import Span as OtlpSpan

from projects.models import Project
from traces.domain.span_row import SpanRow
from traces.models import Call, Origin, Trace

SECOND = 1_000_000_000
BASE_NS = 1_790_000_000_000_000_000
"""A moment in September 2026, on a whole second."""

_numbers = count(1)


def make_project(**fields: Any) -> Project:
    """A project with a slug of its own."""
    slug = fields.pop("slug", f"project-{next(_numbers)}")
    return Project.objects.create(slug=slug, name=fields.pop("name", slug), **fields)


def new_trace_id() -> bytes:
    """A trace id that no other factory call gave."""
    return next(_numbers).to_bytes(16, "big")


def new_span_id() -> bytes:
    """A span id that no other factory call gave."""
    return next(_numbers).to_bytes(8, "big")


def make_trace(project: Project, **fields: Any) -> Trace:
    """A summary: an ended trace of two seconds without calls, unless the fields say otherwise.

    `start_ns` and `duration_ns` decide `end_ns` where it is not given.
    """
    start_ns = fields.pop("start_ns", BASE_NS)
    duration_ns = fields.pop("duration_ns", 2 * SECOND)
    values: dict[str, Any] = {
        "trace_id": new_trace_id(),
        "end_ns": start_ns + duration_ns,
        "status": "ok",
        "name": "answer question",
        "agent_names": [],
        "model_names": [],
        "tool_names": [],
        "service_names": [],
        "span_count": 1,
        "error_count": 0,
        "llm_call_count": 0,
        "tool_call_count": 0,
        "input_tokens": 0,
        "cache_read_input_tokens": 0,
        "cache_creation_input_tokens": 0,
        "output_tokens": 0,
        "reasoning_output_tokens": 0,
        "unmetered_call_count": 0,
        "unpriced_call_count": 0,
        "states": [],
        "summarised_at": datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC),
    }
    values |= fields
    return Trace.objects.create(project_id=project.pk, start_ns=start_ns, duration_ns=duration_ns, **values)


def make_call(trace: Trace, **fields: Any) -> Call:
    """A counted, priced model call of a trace, at the trace's start unless the fields say otherwise."""
    values: dict[str, Any] = {
        "span_id": new_span_id(),
        "start_ns": trace.start_ns,
        "duration_ns": SECOND,
        "kind": "llm",
        "model": "gpt-4o",
        "is_error": False,
        "is_counted": True,
        "reason": "call",
        "input_tokens": 100,
        "output_tokens": 10,
        "cost_usd": Decimal("0.01"),
    }
    values |= fields
    values.setdefault("cost_low_usd", values["cost_usd"])
    return Call.objects.create(project_id=trace.project_id, trace_id=trace.trace_id, **values)


def make_origin(project: Project, *, digest: bytes, data: bytes) -> Origin:
    """A stored resource or scope."""
    return Origin.objects.create(project_id=project.pk, digest=digest, data=data)


def make_span(project: Project, trace_id: bytes, *, otlp: OtlpSpan | None = None, **fields: Any) -> SpanRow:
    """A stored span. `otlp` is the message that came (ids, name and times are completed from the columns)."""
    values: dict[str, Any] = dict.fromkeys(SpanRow._fields)
    values |= {
        "start_ns": BASE_NS,
        "end_ns": BASE_NS + SECOND,
        "status": 0,
        "span_id": new_span_id(),
        "name": "step",
        "kind": "other",
        "resource_digest": b"\0" * 16,
        "scope_digest": b"\0" * 16,
    }
    values |= fields | {"project_id": project.pk, "trace_id": trace_id}
    message = OtlpSpan()
    message.CopyFrom(otlp or message)
    message.trace_id, message.span_id = trace_id, values["span_id"]
    message.parent_span_id = values["parent_span_id"] or b""
    message.name = values["name"]
    message.start_time_unix_nano, message.end_time_unix_nano = values["start_ns"], values["end_ns"]
    message.status.code = values["status"]
    row = SpanRow(**(values | {"raw": message.SerializeToString()}))
    with connection.cursor() as cursor:
        places = ", ".join(["%s"] * len(row))
        cursor.execute(
            f"INSERT INTO traces_span ({', '.join(SpanRow._fields)}) VALUES ({places})",  # noqa: S608
            list(row),
        )
    return row
