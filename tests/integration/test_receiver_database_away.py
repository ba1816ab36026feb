"""When the database goes away the receiver says «try again», and when it is back it goes on by itself."""

import time

import pytest
from django.db import connection
from google.rpc.status_pb2 import Status

from tests.integration.processes import database_url
from tests.integration.receiver_process import running_receiver
from tests.integration.tcp_gate import open_gate
from tests.otlp_requests import make_request, make_span
from traces.models import Span

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("span_tables")]


@pytest.fixture
def gate():
    found = connection.settings_dict
    with open_gate(host=found["HOST"], port=int(found["PORT"])) as gate:
        yield gate


@pytest.fixture
def gated_receiver(gate):
    with running_receiver(LINESIDE_DATABASE_URL=database_url(port=gate.port)) as receiver:
        yield receiver


def body(*names):
    return make_request(*(make_span(name=name) for name in names)).SerializeToString()


def export_when_back(receiver, data, *, key):
    """Send until it is taken, as an exporter does; how it was taken."""
    deadline = time.monotonic() + 10
    while (answer := receiver.export_grpc(data, key=key)).code == "UNAVAILABLE":
        assert time.monotonic() < deadline, receiver.log()
        time.sleep(0.2)
    return answer.code


def test_it_asks_for_a_retry_and_recovers(gated_receiver, gate, api_key):
    assert gated_receiver.export_grpc(body("before"), key=api_key).code == "OK"
    gate.shut()

    through_grpc = gated_receiver.export_grpc(body("lost"), key=api_key)
    assert (through_grpc.code, through_grpc.retry_after_s) == ("UNAVAILABLE", 1.0)
    through_http = gated_receiver.export_http(body("lost"), key=api_key)
    assert (through_http.status_code, through_http.headers["retry-after"]) == (503, "1")
    assert Status.FromString(through_http.content).details[0].type_url.endswith("google.rpc.RetryInfo")

    gate.open()
    assert export_when_back(gated_receiver, body("after"), key=api_key) == "OK"
    assert sorted(Span.objects.values_list("name", flat=True)) == ["after", "before"]


def test_a_key_that_cannot_be_checked_is_not_called_wrong(gated_receiver, gate, api_key):
    gate.shut()
    answer = gated_receiver.export_grpc(body("early"), key=api_key)
    assert (answer.code, answer.retry_after_s) == ("UNAVAILABLE", 1.0)
    gate.open()
    assert export_when_back(gated_receiver, body("early"), key=api_key) == "OK"


def test_a_restart_of_the_database_is_not_noticed(receiver, api_key):
    assert receiver.export_grpc(body("before"), key=api_key).code == "OK"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert receiver.export_grpc(body("after"), key=api_key).code == "OK"
    assert sorted(Span.objects.values_list("name", flat=True)) == ["after", "before"]
