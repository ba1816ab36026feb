"""The instrumentation doctor, on its page and as a command: what services speak, what they lack, what nobody maps."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from core.clock import now_ns
from ingest.domain.decode import decode_protobuf
from tests.integration.received import summarise_all
from tests.otlp_requests import make_request, make_span
from traces.domain.filters import parse_filter
from traces.models import Trace
from traces.selectors.traces import TraceQuery, trace_list
from traces.services.spans import spans_store

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("span_tables")]

SECOND = 1_000_000_000
TRACE = b"d" * 16
CHAT = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.input.messages": '[{"role": "user", "parts": [{"type": "text", "content": "hi"}]}]',
}


@pytest.fixture
def run(project):
    """A run of one agent: a streamed call without usage, a metered one with an amount that nobody knows, an orphan."""
    start_ns = now_ns() - 60 * SECOND

    def span(number: int, parent: int | None, name: str, attributes: dict):
        return make_span(
            trace_id=TRACE,
            span_id=bytes([number]) * 8,
            parent_span_id=bytes([parent]) * 8 if parent else b"",
            name=name,
            start_time_unix_nano=start_ns + number * SECOND,
            end_time_unix_nano=start_ns + (20 if number == 1 else number + 1) * SECOND,
            attributes=attributes,
        )

    request = make_request(
        span(1, None, "plan", {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "planner"}),
        span(2, 1, "chat", CHAT),
        span(
            3,
            1,
            "chat",
            CHAT
            | {
                "gen_ai.usage.input_tokens": 100,
                "gen_ai.usage.cache_read.input_tokens": 0,
                "gen_ai.usage.output_tokens": 10,
                "acme.usage.thinking_tokens": 7,
            },
        ),
        span(4, 9, "lost child", {}),
        resource={"service.name": "trips"},
    )
    decoded = decode_protobuf(request.SerializeToString(), project_id=project.pk)
    connection.ensure_connection()
    spans_store(connection.connection, rows=decoded.rows, origins=decoded.origins)
    summarise_all()


def doctor(project, *options: str) -> str:
    output = StringIO()
    call_command("doctor", "--project", project.slug, *options, stdout=output)
    return output.getvalue()


def test_a_service_is_told_what_it_lacks_and_how_to_mend_it(project, run):
    told = doctor(project)
    assert "1 of 2 model calls without usage. Ask for usage where you stream: stream_options=" in told
    assert "1 of 3 spans whose parent never came. " in told
    assert "1 of 1 traces without a session. Set session.id" in told
    assert "without the name of their service" not in told
    assert "speaks gen_ai: 3 spans" in told


def test_usage_that_no_convention_knows_is_collected(project, run):
    assert "Unknown usage: acme.usage.thinking_tokens = 7, 1 times" in doctor(project)


def test_the_trace_has_a_grade_by_the_same_rules(project, run):
    trace = Trace.objects.get()
    assert trace.gaps == ["parent", "usage", "session", "user"]
    # Weights: root 3, parent 3 (one of three missing), usage 3 (one of two), model 2, price 2, cache split 2,
    # provider, content, agent and service 1 each and whole, session and user 1 each and missing.
    whole = 3 + 3 * 2 / 3 + 3 / 2 + 2 + 2 + 2 + 1 + 1 + 1 + 1
    assert trace.completeness == round(100 * whole / (3 + 3 + 3 + 2 + 2 + 2 + 1 + 1 + 1 + 1 + 1 + 1))


def test_traces_are_found_by_what_they_lack(project, run):
    def found(text: str) -> int:
        return len(trace_list(project_id=project.pk, query=TraceQuery(expression=parse_filter(text))).results)

    assert (found("gap = usage"), found("gap = price")) == (1, 0)
    assert (found("completeness < 90"), found("completeness < 50")) == (1, 0)


def test_a_project_without_traces_is_told_so(project):
    assert doctor(project) == "No trace has arrived yet.\n"


def test_an_unknown_project_is_an_error_that_names_the_known(project):
    with pytest.raises(CommandError, match="there are: signals"):
        call_command("doctor", "--project", "nowhere")


def test_another_projects_traces_are_not_looked_at(other_project, run):
    assert doctor(other_project) == "No trace has arrived yet.\n"


def test_the_page_says_the_same(client, member, project, run):
    client.force_login(member)
    page = client.get("/p/signals/doctor/").content.decode()
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "The newest 1 traces are" in words
    assert "1 of 2 model calls without usage" in words
    assert "acme.usage.thinking_tokens" in words
    assert f"/p/signals/traces/{TRACE.hex()}/?span={'02' * 8}" in page
