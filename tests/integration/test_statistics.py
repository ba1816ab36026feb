"""The planner is told of tables that have grown much, and of no others."""

import pytest
from django.db import connection

from tests.integration.received import store
from tests.unit.spans import make_span
from traces.services import statistics
from traces.services.statistics import statistics_refresh

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("span_tables")]


@pytest.fixture
def few(monkeypatch):
    """Tables count as grown from the tenth row on."""
    monkeypatch.setattr(statistics, "FEWEST", 9)


def stored(project, number):
    store(project, [make_span(f"s{at}", start_ns=at) for at in range(number)])
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")


def test_a_table_that_grew_is_analysed_once(project, few):
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE traces_span_other")
    stored(project, 20)
    assert "traces_span_other" in statistics_refresh()
    assert "traces_span_other" not in statistics_refresh()


def test_a_table_that_grew_little_is_left_alone(project):
    stored(project, 20)
    assert "traces_span_other" not in statistics_refresh()
