"""Recorded runs whose spans arrive in other batches, in another order, and some of them twice: all figures end the same."""

from collections.abc import Iterator
from random import Random

import pytest
from django.db import connection

from core import clock
from projects.models import Project
from tests.integration.received import summarise_all
from tests.recordings import RUNS, spans_by_trace
from traces.domain.slots import MARK_SLOTS
from traces.models import Call, Trace
from traces.services.spans import spans_store
from traces.services.summaries import touched_summarise

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("span_tables")]

LARGEST_BATCH = 12


def figures(project: Project) -> tuple[list, list]:
    """All that is stored of traces and calls, without whose they are and when they were summarised."""
    mine = {"project_id": project.pk}
    left_out = {"project_id", "summarised_at", "last_seen_at"}
    return tuple(
        [
            {name: value for name, value in row.items() if name not in left_out}
            for row in model.objects.filter(**mine).order_by(*key).values()
        ]
        for model, key in ((Trace, ["trace_id"]), (Call, ["trace_id", "span_id", "start_ns"]))
    )


def batches(rows: list, *, random: Random) -> Iterator[list]:
    """The rows shuffled and cut at random; every third batch or so comes once more, now or later."""
    shuffled = random.sample(rows, len(rows))
    cut = []
    while shuffled:
        size = random.randint(1, LARGEST_BATCH)
        cut.append(shuffled[:size])
        shuffled = shuffled[size:]
    again = [batch for batch in cut if random.random() < 0.3]
    for batch in again:
        cut.insert(random.randint(0, len(cut)), batch)
    yield from cut


def store(rows: list) -> None:
    connection.ensure_connection()
    spans_store(connection.connection, rows=rows, origins={})


@pytest.mark.parametrize("run", RUNS)
def test_a_recorded_run_ends_the_same_in_any_order_of_arrival(project, other_project, run):
    store([row for rows in spans_by_trace(run, project_id=project.pk).values() for row in rows])
    summarise_all()
    random = Random(run)  # noqa: S311 — an order, not a secret
    rows = [row for rows in spans_by_trace(run, project_id=other_project.pk).values() for row in rows]
    for batch in batches(rows, random=random):
        store(batch)
        if random.random() < 0.6:
            touched_summarise(slot=random.randrange(MARK_SLOTS), limit=random.randint(1, 5), now=clock.now())
    summarise_all()

    (traces, calls), (expected_traces, expected_calls) = figures(other_project), figures(project)
    assert traces == expected_traces
    assert calls == expected_calls
    assert traces
