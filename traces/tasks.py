"""Celery: summarising touched traces."""

import time
from itertools import groupby

from celery import shared_task

from core import clock
from traces.domain.slots import MARK_SLOTS
from traces.domain.trace_key import TraceKey
from traces.live import announce_traces
from traces.services.lost import silent_traces_close
from traces.services.repricing import repricing_apply
from traces.services.statistics import statistics_refresh
from traces.services.summaries import touched_summarise

TRACES_A_TRANSACTION = 100
LONGEST_RUN_S = 20.0
"""A run that has worked this long leaves the rest to the next one, so that none outlives its time limit."""


MOST_LOST = 500


@shared_task(name="traces.tasks.close_silent", soft_time_limit=30, time_limit=45)
def close_silent() -> int:
    """Close open traces whose root will not come; how many were closed."""
    closed = silent_traces_close(now=clock.now(), limit=MOST_LOST)
    _announce(closed)
    return len(closed)


@shared_task(name="traces.tasks.price_waiting", soft_time_limit=90, time_limit=110)
def price_waiting(*, project_id: int, made_by: str, reason: str) -> None:
    """Price the project's calls that wait for a price, as far as there is one now; enqueued when one was given."""
    repricing_apply(project_id=project_id, made_by=made_by, reason=reason, now=clock.now(), only_waiting=True)


@shared_task(name="traces.tasks.refresh_statistics", soft_time_limit=30, time_limit=45)
def refresh_statistics() -> None:
    """Tell the planner of tables that have grown much since it was told last."""
    statistics_refresh()


@shared_task(name="traces.tasks.summarise_touched", soft_time_limit=60, time_limit=90)
def summarise_touched() -> int:
    """Summarise every touched trace of every slot that no other worker holds; how many were summarised.

    Enqueued by the receiver after a commit and by beat every second; running it more often than needed, or
    twice at once, costs a look at the marks and nothing else.
    """
    give_up_at = time.monotonic() + LONGEST_RUN_S
    summarised = 0
    # A trace may touch another one, of a slot that was just left: so until a whole round finds nothing.
    while done := sum(_summarise_slot(slot, give_up_at) for slot in range(MARK_SLOTS)):
        summarised += done
    return summarised


def _summarise_slot(slot: int, give_up_at: float) -> int:
    summarised = 0
    while time.monotonic() < give_up_at:
        touched = touched_summarise(slot=slot, limit=TRACES_A_TRANSACTION, now=clock.now())
        if not touched:
            break
        _announce(touched)
        summarised += len(touched)
        if len(touched) < TRACES_A_TRANSACTION:
            break
    return summarised


def _announce(touched: list[TraceKey]) -> None:
    for project_id, keys in groupby(sorted(touched), key=lambda key: key.project_id):
        announce_traces(project_id=project_id, trace_ids=[key.trace_id for key in keys])
