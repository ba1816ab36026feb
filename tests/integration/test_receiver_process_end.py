"""How the receiver starts and ends."""

import subprocess
import sys
import threading
import time

import pytest
from django.db import connection

from tests.integration.processes import ROOT, free_port, process_environment
from tests.integration.receiver_process import running_receiver
from tests.otlp_requests import make_request, make_span
from traces.models import Span

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("span_tables")]


def test_calls_under_way_are_committed_and_answered_before_it_ends(project, api_key):
    """The commit is held up by a lock when the signal comes."""
    data = make_request(make_span(name="last")).SerializeToString()
    answers = []
    with running_receiver() as receiver:
        assert receiver.export_grpc(b"", key=api_key).code == "OK"
        connection.set_autocommit(False)
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE traces_mark IN ACCESS EXCLUSIVE MODE")
        callers = [
            threading.Thread(target=lambda: answers.append(receiver.export_grpc(data, key=api_key).code)),
            threading.Thread(
                target=lambda: answers.append(receiver.export_http(data, key=api_key).status_code)
            ),
        ]
        for caller in callers:
            caller.start()
        _wait_for_blocked_writer()
        time.sleep(1)  # the other one may wait behind it, where nobody sees it
        receiver.process.terminate()
        connection.rollback()
        connection.set_autocommit(True)
        for caller in callers:
            caller.join()
        assert receiver.process.wait(20) == 0
        assert receiver.log().splitlines()[-1].endswith("stopped")
    assert sorted(answers, key=str) == [200, "OK"]
    assert Span.objects.get().name == "last"


def _wait_for_blocked_writer():
    with connection.cursor() as cursor:
        for _ in range(200):
            cursor.execute("SELECT pg_sleep(0.02), count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[1]:
                return
    raise AssertionError("nobody waits")


@pytest.mark.parametrize("taken", ["grpc_port", "http_port"])
def test_a_taken_port_is_one_sentence_that_names_the_variable(receiver, taken):
    ports = {"grpc_port": free_port(), "http_port": free_port(), taken: getattr(receiver, taken)}
    second = subprocess.run(
        [sys.executable, "manage.py", "receiver"],
        cwd=ROOT,
        env=process_environment(
            LINESIDE_OTLP_GRPC_PORT=str(ports["grpc_port"]), LINESIDE_OTLP_HTTP_PORT=str(ports["http_port"])
        ),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    variable = {"grpc_port": "LINESIDE_OTLP_GRPC_PORT", "http_port": "LINESIDE_OTLP_HTTP_PORT"}[taken]
    assert second.returncode != 0
    assert f"{variable} moves it" in second.stderr.splitlines()[-1]
    assert "Traceback" not in second.stderr


def test_redis_may_be_away(project, api_key):
    with running_receiver(LINESIDE_REDIS_URL=f"redis://127.0.0.1:{free_port()}/0") as receiver:
        data = make_request(make_span(name="a")).SerializeToString()
        assert receiver.export_grpc(data, key=api_key).code == "OK"
        data = make_request(make_span(name="b")).SerializeToString()
        assert receiver.export_http(data, key=api_key).status_code == 200
        receiver.await_log("the worker cannot be told")
        started = time.monotonic()
        assert receiver.terminate() == 0, receiver.log()
        assert time.monotonic() - started < 5
    assert Span.objects.count() == 2
