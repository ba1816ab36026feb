"""`manage.py remap`: what a better mapping knows reaches the spans that are stored already."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from core import clock
from ingest.domain.decode import decode_protobuf
from ingest.services import remapping
from tests.agent_run import agent_run
from tests.integration.received import summarise_all
from traces.models import Remapping, Span, Trace
from traces.services.spans import spans_store

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("span_tables")]


def remap(project, *options: str) -> str:
    output = StringIO()
    call_command("remap", "--project", project.slug, *options, stdout=output)
    return output.getvalue()


@pytest.fixture
def mapped_by_an_older_release(project):
    """A run as a release without any convention stored it, and the columns that today's mapping gives."""
    decoded = decode_protobuf(agent_run(), project_id=project.pk)
    blank = {
        "kind": "other",
        "provider": None,
        "response_model": None,
        "input_tokens": None,
        "output_tokens": None,
        "details": None,
    }
    connection.ensure_connection()
    spans_store(
        connection.connection,
        rows=[row._replace(**blank) for row in decoded.rows],
        origins=decoded.origins,
    )
    summarise_all()
    return decoded.rows


def columns(rows) -> set:
    return {
        (bytes(row.span_id), row.kind, row.provider, row.response_model, row.input_tokens, row.output_tokens)
        for row in rows
    }


def test_every_span_gets_the_columns_of_todays_mapping(project, mapped_by_an_older_release):
    assert Trace.objects.get().input_tokens == 0
    output = remap(project)
    assert columns(Span.objects.all()) == columns(mapped_by_an_older_release)
    assert f"{len(mapped_by_an_older_release)} of {len(mapped_by_an_older_release)} spans changed" in output
    summarise_all()
    trace = Trace.objects.get()
    assert (trace.input_tokens, trace.output_tokens) == (1_000, 200)


def test_what_is_mapped_well_is_left_alone(project, mapped_by_an_older_release):
    remap(project)
    summarise_all()
    assert f"0 of {len(mapped_by_an_older_release)} spans changed" in remap(project)
    assert not connection.cursor().execute("SELECT 1 FROM traces_mark").fetchone()


def test_a_run_that_was_cut_off_goes_on_where_it_stood(project, mapped_by_an_older_release, monkeypatch):
    monkeypatch.setattr(remapping, "BATCH_SPANS", 2)
    started = Remapping.objects.create(project=project, started_at=clock.now())
    cut_off = remapping.spans_remap(connection.connection, remapping=started)
    next(cut_off)
    cut_off.close()
    assert Remapping.objects.get().seen_count == 2
    output = remap(project)
    total = len(mapped_by_an_older_release)
    assert "going on after 2 spans" in output
    assert f"{total} of {total} spans changed" in output
    assert columns(Span.objects.all()) == columns(mapped_by_an_older_release)
    assert Remapping.objects.get().finished_at is not None


def test_a_run_can_begin_again(project, mapped_by_an_older_release):
    Remapping.objects.create(project=project, started_at=clock.now(), trace_id=b"\xff" * 16)
    assert "0 of 0 spans changed" in remap(project)
    Remapping.objects.create(project=project, started_at=clock.now(), trace_id=b"\xff" * 16)
    total = len(mapped_by_an_older_release)
    assert f"{total} of {total} spans changed" in remap(project, "--restart")


def test_another_projects_spans_stay(project, other_project, mapped_by_an_older_release):
    assert "0 of 0 spans changed" in remap(other_project)
    assert set(Span.objects.values_list("kind", flat=True)) == {"other"}
