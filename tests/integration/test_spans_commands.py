"""spans_export and spans_import: what was stored comes out, and comes in again as the same spans."""

import io
import sys
from itertools import count

import orjson
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from hypothesis import HealthCheck, given, settings
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from ingest.domain.otlp_json import fill_message, message_json
from projects.models import Project
from tests.otlp_requests import START_NS, make_request, make_span, requests
from tests.recordings import RUNS, request_bodies
from traces.domain.span_row import SpanRow
from traces.models import Span
from traces.tasks import summarise_touched

pytestmark = pytest.mark.django_db

OWN_COLUMNS = {"project_id", "raw", "resource_digest", "scope_digest"}
"""Those that depend on the project, or on the order in which a sender wrote its fields."""

_numbers = count(1)


@pytest.fixture(autouse=True, scope="module")
def announcements():
    """What the worker was told, instead of telling it."""
    told = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(summarise_touched, "apply_async", lambda **options: told.append(options))
        yield told


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("requests")


def import_bytes(folder, content: bytes, *, into: Project) -> str:
    """Import a file with this content; the words that the command says."""
    path = folder / f"{next(_numbers)}.otlp"
    path.write_bytes(content)
    return import_files(path, into=into)


def import_files(*paths, into: Project) -> str:
    said = io.StringIO()
    call_command("spans_import", "--project", into.slug, *map(str, paths), stdout=said)
    return said.getvalue().strip()


def export(project: Project, *options: str) -> bytes:
    written = io.StringIO()
    call_command("spans_export", "--project", project.slug, *options, stdout=written)
    return written.getvalue().encode()


def spans_by_identity(*messages: ExportTraceServiceRequest) -> dict:
    """What is to be known of each span, by its identity: itself, its resource and its scope, with their schemas.

    Encoded, for NaN is not equal to itself. Of spans with the same identity the first counts.
    """
    found: dict = {}
    for message in messages:
        for resource in message.resource_spans:
            for scope in resource.scope_spans:
                around = [
                    resource.resource.SerializeToString(),
                    resource.schema_url,
                    scope.scope.SerializeToString(),
                    scope.schema_url,
                ]
                for span in scope.spans:
                    key = (span.trace_id, span.span_id, span.start_time_unix_nano)
                    found.setdefault(key, [span.SerializeToString(), *around])
    return found


def read_lines(lines: bytes) -> list[ExportTraceServiceRequest]:
    messages = []
    for line in lines.splitlines():
        message = ExportTraceServiceRequest()
        fill_message(message, orjson.loads(line))
        messages.append(message)
    return messages


def new_project() -> Project:
    number = next(_numbers)
    return Project.objects.create(slug=f"round-trip-{number}", name=f"Round trip {number}")


# --- The round trip ---------------------------------------------------------------------------------


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(message=requests)
def test_whatever_is_sent_comes_out_and_into_another_project_and_out_again(folder, message):
    first, second = new_project(), new_project()
    import_bytes(folder, message.SerializeToString(), into=first)
    lines = export(first)
    assert spans_by_identity(*read_lines(lines)) == spans_by_identity(message)
    if lines:
        import_bytes(folder, lines, into=second)
    assert export(second) == lines


@pytest.mark.parametrize("run", RUNS)
def test_recorded_runs_make_the_round_trip(folder, project, other_project, run):
    import_files(*request_bodies(run), into=project)
    lines = export(project)
    import_bytes(folder, lines, into=other_project)
    assert export(other_project) == lines
    columns = [name for name in SpanRow._fields if name not in OWN_COLUMNS]
    first, second = (
        sorted(Span.objects.filter(project_id=owner.pk).values_list(*columns), key=repr)
        for owner in (project, other_project)
    )
    assert first == second


# --- spans_import -----------------------------------------------------------------------------------


def test_it_counts_what_is_new_and_what_was_there(folder, project, announcements):
    old, new = make_span(), make_span()
    announcements.clear()
    said = import_bytes(folder, make_request(old).SerializeToString(), into=project)
    assert said == "Spans: 1 new, 0 there already, 0 rejected."
    said = import_bytes(folder, make_request(old, new).SerializeToString(), into=project)
    assert said == "Spans: 1 new, 1 there already, 0 rejected."
    assert len(announcements) == 2


def test_it_reads_standard_input_where_no_file_is_named(monkeypatch, project):
    body = make_request(make_span(name="piped")).SerializeToString()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(body)))
    import_files(into=project)
    assert Span.objects.get(project_id=project.pk).name == "piped"


def test_it_reads_lines_with_blanks_between_them(folder, project):
    lines = [orjson.dumps(message_json(make_request(make_span(name=name)))) for name in ("a", "b")]
    import_bytes(folder, b"\n\n".join(lines) + b"\n", into=project)
    assert Span.objects.filter(project_id=project.pk).count() == 2


def test_it_says_what_is_wrong_and_where_and_takes_the_rest(folder, project):
    good = orjson.dumps(message_json(make_request(make_span(name="good"))))
    bad = orjson.dumps(message_json(make_request(make_span(span_id=b"odd"))))
    path = folder / "mixed.jsonl"
    path.write_bytes(b"\n".join([good, b"{", bad]))
    wrong = io.StringIO()
    with pytest.raises(CommandError, match="Not everything was imported"):
        call_command("spans_import", "--project", project.slug, str(path), stdout=io.StringIO(), stderr=wrong)
    assert Span.objects.get(project_id=project.pk).name == "good"
    problems = wrong.getvalue().splitlines()
    assert problems[0].startswith(f"{path}, line 2: not an ExportTraceServiceRequest in JSON: not JSON")
    assert (
        problems[1] == f"{path}, line 3: resourceSpans[0].scopeSpans[0].spans[0]: spanId has 3 bytes, not 8"
    )


def test_a_file_that_is_not_there_is_one_sentence(folder, project):
    with pytest.raises(CommandError, match="No such file or directory"):
        import_files(folder / "nowhere", into=project)


@pytest.mark.parametrize("command", ["spans_export", "spans_import"])
def test_a_project_that_is_not_there_is_one_sentence_that_names_those_that_are(project, command):
    with pytest.raises(CommandError, match=f"no project “nowhere”; there are: .*{project.slug}"):
        call_command(command, "--project", "nowhere")


# --- spans_export -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ((), ["0", "1", "2"]),
        (("--since", str(START_NS + 1)), ["1", "2"]),
        (("--until", str(START_NS + 1)), ["0"]),
        (("--since", str(START_NS + 1), "--until", str(START_NS + 2)), ["1"]),
        (("--until", "2026-09-21"), []),
        (("--since", "2026-09-21T14:00:00Z"), ["0", "1", "2"]),
    ],
)
def test_it_writes_the_spans_that_start_within_the_range(folder, project, options, names):
    spans = [make_span(name=str(number), start_time_unix_nano=START_NS + number) for number in range(3)]
    import_bytes(folder, make_request(*spans).SerializeToString(), into=project)
    written = read_lines(export(project, *options))
    assert [span.name for span in all_spans(written)] == names


def all_spans(messages):
    return [
        span
        for message in messages
        for resource in message.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]


def test_it_writes_no_other_projects_spans(folder, project, other_project):
    import_bytes(folder, make_request(make_span()).SerializeToString(), into=other_project)
    assert export(project) == b""


def test_a_time_that_is_none_is_refused_in_words(project):
    with pytest.raises(CommandError, match="neither nanoseconds since the epoch nor a time"):
        export(project, "--since", "yesterday")


def test_many_spans_are_streamed_in_bounded_lines(folder, project):
    spans = [make_span(trace_id=bytes(15) + b"\x01") for _ in range(1203)]
    import_bytes(folder, make_request(*spans).SerializeToString(), into=project)
    with connection.execute_wrapper(forbid_fetching_all):
        lines = export(project).splitlines()
    assert [len(all_spans(read_lines(line))) for line in lines] == [500, 500, 203]


def forbid_fetching_all(execute, sql, params, many, context):
    """Spans may be read through a server-side cursor only."""
    cursor = context["cursor"]
    assert "traces_span" not in sql or getattr(cursor.cursor, "name", None), (
        "read without a server-side cursor"
    )
    return execute(sql, params, many, context)
