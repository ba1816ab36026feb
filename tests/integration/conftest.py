"""Fixtures for tests with servers and processes."""

from collections.abc import Iterator

import pytest
from django.db import connection

from tests.integration.receiver_process import Receiver, running_receiver


@pytest.fixture(scope="session")
def receiver(django_db_setup) -> Iterator[Receiver]:
    """One receiver for the whole run, on the test database. Tests that use it need `span_tables`."""
    with running_receiver() as running:
        yield running


@pytest.fixture
def span_tables(transactional_db) -> Iterator[None]:
    """Committed spans and marks are gone after the test; Django does not empty tables that it does not manage."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE traces_span, traces_mark")
