"""Where the demo sends its spans, and the sentence it ends with where it cannot."""

import logging

import pytest
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from demo.command import main
from demo.destination import Destination, find_destination
from demo.options import parse_options
from demo.problems import DemoError
from demo.telemetry import CountingExporter
from tests.event_loop import in_own_thread
from tests.integration.processes import free_port

RUN_ENV = """\
LINESIDE_API_KEY=ls_key
LINESIDE_HOST={host}
LINESIDE_HTTP_PORT=8001
LINESIDE_OTLP_GRPC_PORT=4401
LINESIDE_OTLP_HTTP_PORT=4402
"""


@pytest.fixture
def running(tmp_path):
    """The environment of somebody at a running instance."""
    (tmp_path / "run.env").write_text(RUN_ENV.format(host="127.0.0.1"))
    return {"LINESIDE_DATA_DIR": str(tmp_path)}


def test_it_finds_the_running_instance(running):
    assert find_destination(running) == Destination(
        endpoint="http://127.0.0.1:4401",
        headers={"x-api-key": "ls_key"},
        dashboard_url="http://localhost:8001",
    )


@pytest.mark.parametrize(
    ("host", "endpoint", "dashboard"),
    [
        ("0.0.0.0", "http://127.0.0.1:4401", "http://localhost:8001"),  # noqa: S104 — read, not bound
        ("::", "http://[::1]:4401", "http://[::1]:8001"),
        ("10.1.2.3", "http://10.1.2.3:4401", "http://10.1.2.3:8001"),
    ],
)
def test_it_reaches_an_instance_by_an_address_that_can_be_reached(
    running, tmp_path, host, endpoint, dashboard
):
    (tmp_path / "run.env").write_text(RUN_ENV.format(host=host))
    found = find_destination(running)
    assert (found.endpoint, found.dashboard_url) == (endpoint, dashboard)


def test_opentelemetrys_variables_come_first(running):
    found = find_destination(
        running
        | {
            "OTEL_EXPORTER_OTLP_ENDPOINT": "https://lineside.example:443",
            "OTEL_EXPORTER_OTLP_HEADERS": "authorization=Bearer other",
        }
    )
    assert found == Destination("https://lineside.example:443", {"authorization": "Bearer other"})


def test_the_variables_that_make_run_prints_lead_to_its_pages(running):
    found = find_destination(running | {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4401"})
    assert found.dashboard_url == "http://localhost:8001"


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({}, "type `make run`"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "127.0.0.1:4317"}, "write it as http://HOST:PORT"),
        (
            {
                "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318",
                "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
            },
            "speaks gRPC alone",
        ),
    ],
)
def test_it_says_what_is_missing(tmp_path, environment, words):
    with pytest.raises(DemoError, match=words):
        find_destination({"LINESIDE_DATA_DIR": str(tmp_path), **environment})


def test_it_ends_with_a_sentence_where_nothing_listens(capsys, tmp_path):
    endpoint = f"http://127.0.0.1:{free_port()}"
    code = main([], environment={"LINESIDE_DATA_DIR": str(tmp_path), "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint})
    output = capsys.readouterr()
    assert code == 1
    assert output.err.startswith(f"Nothing answers at {endpoint}: start Lineside")
    assert output.err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [["--backfill", "-1"], ["--backfill", "366"], ["--rate", "0"], ["--for", "inf"], ["--for", "x"]],
    ids=" ".join,
)
def test_it_refuses_options_that_make_no_sense(arguments):
    with pytest.raises(SystemExit, match="2"):
        parse_options(arguments)


class FullReceiver(SpanExporter):
    """Takes the first batch and no other."""

    batches = 0

    def export(self, spans):
        self.batches += 1
        return SpanExportResult.SUCCESS if self.batches == 1 else SpanExportResult.FAILURE


def test_it_counts_what_arrived_and_what_did_not():
    exporter = CountingExporter(FullReceiver())
    exporter.export([object(), object()])
    exporter.export([object()])
    assert (exporter.sent_count, exporter.failed_count) == (2, 1)


def test_it_tells_when_spans_are_lost(monkeypatch, capsys, tmp_path):
    """The receiver answers the probe and then refuses: nothing is lost without a word."""
    monkeypatch.setattr("demo.command.probe", lambda destination: None)
    monkeypatch.setattr("demo.command.OTLPSpanExporter", lambda **_: FullReceiver())
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    environment = {"LINESIDE_DATA_DIR": str(tmp_path), "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}
    arguments = ["--backfill", "1", "--for", "0", "--seed", "1"]
    code = in_own_thread(lambda: main(arguments, environment=environment))
    output = capsys.readouterr()
    assert code == 1
    assert "spans could not be sent and 0 were dropped before" in output.err
