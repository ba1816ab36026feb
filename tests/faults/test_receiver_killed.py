"""The receiver dies without warning while exporters send: what was acknowledged is stored, and all of it once."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from itertools import count

import httpx
import pytest
from django.db import connection

from tests.integration.receiver_process import Receiver, running_receiver
from tests.otlp_requests import START_NS, make_request, make_span
from traces.models import Mark, Span

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("span_tables")]

SPANS_A_CALL = 200


def send_grpc(receiver: Receiver, body: bytes, *, key: str) -> bool:
    return receiver.export_grpc(body, key=key).code == "OK"


def send_http(receiver: Receiver, body: bytes, *, key: str) -> bool:
    try:
        return receiver.export_http(body, key=key, compress=True).status_code == 200
    except httpx.TransportError:
        return False


class Exporter(threading.Thread):
    """Sends one trace after the other until a call fails, and keeps book."""

    def __init__(self, send: Callable[[bytes], bool], *, numbers: count) -> None:
        super().__init__()
        self._send = send
        self._numbers = numbers
        self.acknowledged: list[int] = []
        self.failed: int | None = None

    def run(self) -> None:
        while self.failed is None:
            number = next(self._numbers)
            if self._send(trace_body(number)):
                self.acknowledged.append(number)
            else:
                self.failed = number


def trace_body(number: int) -> bytes:
    """A request with a trace of this number: the same bytes whenever it is asked for."""
    spans = (
        make_span(
            trace_id=number.to_bytes(16, "big"),
            span_id=place.to_bytes(8, "big"),
            start_time_unix_nano=START_NS + place,
            attributes={"gen_ai.output.messages": "word " * 200},
        )
        for place in range(1, SPANS_A_CALL + 1)
    )
    return make_request(*spans).SerializeToString()


def stored_counts() -> Counter[int]:
    """Stored spans by the number of their trace."""
    return Counter(
        int.from_bytes(trace_id, "big") for trace_id in Span.objects.values_list("trace_id", flat=True)
    )


def export_until_killed(*, key: str, after_s: float) -> list[Exporter]:
    """Four exporters on a receiver that is killed after some time."""
    numbers = count(1)
    with running_receiver() as receiver:
        exporters = [
            Exporter(lambda body, send=send: send(receiver, body, key=key), numbers=numbers)
            for send in (send_grpc, send_grpc, send_http, send_http)
        ]
        for exporter in exporters:
            exporter.start()
        time.sleep(after_s)
        receiver.process.kill()
        for exporter in exporters:
            exporter.join()
    await_quiet_database()
    return exporters


def await_quiet_database() -> None:
    """Return once the database has ended what the dead process began: a commit that it had read, or a rollback."""
    with connection.cursor() as cursor:
        for _ in range(500):
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
            )
            if cursor.fetchone() == (0,):
                return
            time.sleep(0.02)
    raise AssertionError("the database is still busy")


@pytest.mark.parametrize("after_s", [0.5, 0.8])
def test_what_was_acknowledged_is_stored_and_a_retry_doubles_nothing(api_key, after_s):
    exporters = export_until_killed(key=api_key, after_s=after_s)

    # What was acknowledged is there; a call without an answer is there as a whole or not at all.
    acknowledged = {number for exporter in exporters for number in exporter.acknowledged}
    failed = {exporter.failed for exporter in exporters}
    stored = stored_counts()
    assert len(acknowledged) > 4
    assert acknowledged <= stored.keys() <= acknowledged | failed
    assert set(stored.values()) == {SPANS_A_CALL}
    assert marked_once() == set(stored)

    # Exporters send what failed again, and one that saw no answer to a stored call sends that again too.
    with running_receiver() as receiver:
        for number in sorted(failed | set(exporters[0].acknowledged)):
            assert send_grpc(receiver, trace_body(number), key=api_key)
    assert stored_counts() == dict.fromkeys(acknowledged | failed, SPANS_A_CALL)
    assert marked_once() == acknowledged | failed


def marked_once() -> set[int]:
    """The traces that wait for their summary; none waits twice, for no call brought a part of it only."""
    marks = [int.from_bytes(trace_id, "big") for trace_id in Mark.objects.values_list("trace_id", flat=True)]
    assert len(marks) == len(set(marks))
    return set(marks)
