"""Fixtures for tests with servers and processes."""

from collections.abc import Iterator

import pytest

from tests.integration.receiver_process import Receiver, running_receiver
from tests.integration.ways_in import WAYS_IN


@pytest.fixture(scope="session")
def receiver(django_db_setup) -> Iterator[Receiver]:
    """One receiver for the whole run, on the test database. Tests that use it need `span_tables`."""
    with running_receiver() as running:
        yield running


@pytest.fixture(params=list(WAYS_IN.values()), ids=list(WAYS_IN))
def send(request):
    """Each way in: `send(receiver, body, key=…)` exports a request in protobuf."""
    return request.param
