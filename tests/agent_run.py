"""One agent run as a framework would send it: a root agent, a model call, a tool that fails, a second report."""

import json
from typing import Any

from django.db import connection
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from core import clock
from core.clock import now_ns
from ingest.domain.decode import decode_protobuf
from projects.models import Project
from tests.otlp_requests import attributes, make_request, make_span
from traces.domain.slots import MARK_SLOTS
from traces.services.spans import spans_store
from traces.services.summaries import touched_summarise

SECOND = 1_000_000_000
TRACE_ID = bytes.fromhex("0af7651916cd43dd8448eb211c80319c")
ROOT, CALL, TOOL = (bytes([number]) * 8 for number in (1, 2, 3))
MARKUP = "<script>alert('agent')</script><b>bold</b>"
QUESTION = f"Which train to Lisbon? {MARKUP}"
STACK = "Traceback (most recent call last):\n  File \"fares.py\", line 7, in find\nKeyError: 'fares'"


def agent_run(*, trace_id: bytes = TRACE_ID, name: str = "plan trip", started_ns: int | None = None) -> bytes:
    """An export request with the run. It lasts five seconds and costs what gpt-4o asks for 1,000 and 200 tokens."""
    start_ns = started_ns or now_ns() - 60 * SECOND

    def span(span_id: bytes, title: str, *, begins_s: int, ends_s: int, **fields: Any) -> Span:
        return make_span(
            trace_id=trace_id,
            span_id=span_id,
            name=title,
            start_time_unix_nano=start_ns + begins_s * SECOND,
            end_time_unix_nano=start_ns + ends_s * SECOND,
            **fields,
        )

    root = span(
        ROOT,
        name,
        begins_s=0,
        ends_s=5,
        attributes={"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "planner"},
    )
    call = span(
        CALL,
        "chat gpt-4o",
        begins_s=1,
        ends_s=3,
        parent_span_id=ROOT,
        attributes={
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "openai",
            "gen_ai.request.model": "gpt-4o",
            "gen_ai.response.model": "gpt-4o-2024-08-06",
            "gen_ai.request.temperature": 0.2,
            "gen_ai.usage.input_tokens": 1000,
            "gen_ai.usage.output_tokens": 200,
            "gen_ai.input.messages": json.dumps(
                [{"role": "user", "parts": [{"type": "text", "content": QUESTION}]}]
            ),
            "gen_ai.output.messages": json.dumps(
                [{"role": "assistant", "parts": [{"type": "text", "content": "The night train."}]}]
            ),
        },
    )
    tool = span(
        TOOL,
        "execute_tool find_fares",
        begins_s=3,
        ends_s=4,
        parent_span_id=ROOT,
        attributes={"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "find_fares"},
        status=Status(code=Status.STATUS_CODE_ERROR, message="no fares"),
        events=[
            Span.Event(
                name="exception",
                time_unix_nano=start_ns + 4 * SECOND,
                attributes=attributes(
                    {
                        "exception.type": "KeyError",
                        "exception.message": "'fares'",
                        "exception.stacktrace": STACK,
                    }
                ),
            )
        ],
    )
    return make_request(root, call, tool).SerializeToString()


def receive(project: Project, body: bytes) -> None:
    """Store a request and summarise what it touched, as receiver and worker do."""
    decoded = decode_protobuf(body, project_id=project.pk)
    connection.ensure_connection()
    spans_store(connection.connection, rows=decoded.rows, origins=decoded.origins)
    for slot in range(MARK_SLOTS):
        touched_summarise(slot=slot, limit=1_000, now=clock.now())
