"""The demo, as it is started, into a receiver that runs."""

import os
import re
import signal
import subprocess
import sys
import time

import pytest
from django.db import connection

from core import clock
from demo.command import main
from tests.event_loop import in_own_thread
from tests.integration.processes import ROOT
from traces.domain.slots import MARK_SLOTS
from traces.models import Span, Trace
from traces.services.summaries import touched_summarise

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("span_tables")]

DAY_NS = 86_400 * 10**9
HISTORY = ["--backfill", "2", "--for", "0", "--seed", "11"]


@pytest.fixture
def environment(receiver, api_key, tmp_path):
    return {
        "LINESIDE_DATA_DIR": str(tmp_path),
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{receiver.grpc_port}",
        "OTEL_EXPORTER_OTLP_HEADERS": f"authorization=Bearer {api_key}",
    }


def summarise_all():
    for slot in range(MARK_SLOTS):
        while touched_summarise(slot=slot, limit=100, now=clock.now()):
            pass


def number_before(words, output):
    return int(re.search(rf"([\d,]+) {words}", output)[1].replace(",", ""))


def test_history_arrives_whole_and_is_summarised_with_its_cost(project, environment, capsys):
    code = in_own_thread(lambda: main(HISTORY, environment=environment))
    output = capsys.readouterr().out
    assert code == 0
    summarise_all()
    traces = list(Trace.objects.filter(project_id=project.pk))
    assert len(traces) == number_before("runs, ", output)
    assert Span.objects.count() == number_before("spans in", output)
    assert {trace.status for trace in traces} == {"ok", "error"}
    paid = [trace for trace in traces if trace.llm_call_count]
    assert len(paid) > 0.9 * len(traces)
    assert all(trace.cost_usd is not None for trace in paid)
    assert all(trace.unpriced_call_count == 0 for trace in traces)
    assert max(trace.llm_call_count for trace in traces) == 47


def test_history_lies_in_the_partitions_of_its_days(environment):
    assert in_own_thread(lambda: main(HISTORY, environment=environment)) == 0
    days = {start_ns // DAY_NS for start_ns in Span.objects.values_list("start_ns", flat=True)}
    assert len(days) in (2, 3)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM traces_span_other")
        assert cursor.fetchone() == (0,)


def test_a_live_part_ends_on_ctrl_c_with_everything_sent(environment):
    process = subprocess.Popen(
        [sys.executable, "-m", "demo", "--for", "60", "--rate", "300"],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        time.sleep(5)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=30)
    finally:
        process.kill()
        process.wait()
    assert (process.returncode, errors) == (0, "")
    arrived, sent = re.search(r"([\d,]+) of ([\d,]+) spans arrived", output).groups()
    assert arrived == sent
    assert Span.objects.count() == int(arrived.replace(",", "")) > 0
    summarise_all()
    assert not Trace.objects.filter(status="open").exists()


def test_a_key_that_is_not_known_is_one_sentence(environment, capsys):
    code = main([], environment={**environment, "OTEL_EXPORTER_OTLP_HEADERS": "x-api-key=ls_wrong"})
    errors = capsys.readouterr().err
    assert code == 1
    assert "does not take the key" in errors
    assert errors.count("\n") == 1
