"""Group commit: together while it is busy, alone when one is at fault, and never more than may wait."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from ingest.receiver import group_commit as group_commit_module
from ingest.receiver.group_commit import (
    Batch,
    BatchRefusedError,
    GroupCommit,
    QueueFullError,
    StoreUnavailableError,
    commit_group,
)
from tests.event_loop import run_coroutine


def make_batch(spans=1, size_bytes=100):
    return Batch(rows=[None] * spans, origins={}, size_bytes=size_bytes)


class Store:
    """Takes down what it is given; `gate` holds it up; `poison` batches make it fail."""

    def __init__(self, *, poison=(), error=None):
        self.groups = []
        self.gate = threading.Event()
        self.gate.set()
        self.started = threading.Event()
        self._poison = poison
        self._error = error

    def __call__(self, batches):
        self.started.set()
        self.gate.wait(10)
        self.groups.append(list(batches))
        if self._error:
            raise self._error
        if any(batch in self._poison for batch in batches):
            raise BatchRefusedError("poison")


def run_with(store, scenario):
    """Run `scenario(group_commit)` beside the committer, and let it drain."""

    async def main():
        with ThreadPoolExecutor(1) as executor:
            group_commit = GroupCommit(store, executor=executor)
            committing = asyncio.create_task(group_commit.run())
            try:
                return await scenario(group_commit)
            finally:
                store.gate.set()
                group_commit.stop()
                await committing

    return run_coroutine(main())


async def hold_up(store, group_commit):
    """Start a commit that stays under way until the gate opens."""
    store.gate.clear()
    first = asyncio.create_task(group_commit.submit(make_batch()))
    await asyncio.to_thread(store.started.wait, 5)
    return first


def test_a_lonely_call_is_committed_at_once():
    store = Store()
    run_with(store, lambda group_commit: group_commit.submit(make_batch()))
    assert len(store.groups) == 1


def test_calls_that_arrive_during_a_commit_share_the_next_one():
    store = Store()

    async def scenario(group_commit):
        first = await hold_up(store, group_commit)
        others = [asyncio.create_task(group_commit.submit(make_batch())) for _ in range(5)]
        await asyncio.sleep(0)
        assert not any(task.done() for task in (first, *others))
        store.gate.set()
        await asyncio.gather(first, *others)

    run_with(store, scenario)
    assert [len(group) for group in store.groups] == [1, 5]


def test_a_transaction_is_bounded(monkeypatch):
    monkeypatch.setattr(group_commit_module, "GROUP_SPANS", 10)
    store = Store()

    async def scenario(group_commit):
        first = await hold_up(store, group_commit)
        others = [asyncio.create_task(group_commit.submit(make_batch(spans))) for spans in (6, 4, 1, 30)]
        await asyncio.sleep(0)
        store.gate.set()
        await asyncio.gather(first, *others)

    run_with(store, scenario)
    assert [[len(batch.rows) for batch in group] for group in store.groups] == [[1], [6, 4], [1], [30]]


@pytest.mark.parametrize(("limit", "value"), [("QUEUED_SPANS", 10), ("QUEUED_BYTES", 1_000)])
def test_a_full_queue_refuses_at_once(monkeypatch, limit, value):
    monkeypatch.setattr(group_commit_module, limit, value)
    store = Store()

    async def scenario(group_commit):
        first = await hold_up(store, group_commit)
        with pytest.raises(QueueFullError):
            await group_commit.submit(make_batch(spans=10, size_bytes=950))
        store.gate.set()
        await first
        await group_commit.submit(make_batch(spans=10, size_bytes=950))

    run_with(store, scenario)


def test_a_batch_beyond_the_limits_fits_into_an_empty_queue(monkeypatch):
    monkeypatch.setattr(group_commit_module, "QUEUED_SPANS", 10)
    run_with(Store(), lambda group_commit: group_commit.submit(make_batch(spans=50)))


def test_a_poisoned_batch_sinks_alone():
    good, bad, fine = make_batch(1), make_batch(2), make_batch(3)
    store = Store(poison=[bad])
    outcomes = commit_group(store, [good, bad, fine])
    assert [type(outcome) for outcome in outcomes] == [type(None), BatchRefusedError, type(None)]
    assert store.groups == [[good, bad, fine], [good], [bad], [fine]]


def test_a_defect_of_the_store_reaches_the_one_batch_that_meets_it(caplog):
    outcomes = commit_group(Store(error=TypeError("a defect")), [make_batch()])
    assert isinstance(outcomes[0], TypeError)
    assert "could not be stored" in caplog.text


def test_an_absent_database_is_not_tried_once_for_each_batch():
    store = Store(error=StoreUnavailableError("away"))
    outcomes = commit_group(store, [make_batch(), make_batch()])
    assert [str(outcome) for outcome in outcomes] == ["away", "away"]
    assert len(store.groups) == 1


def test_a_call_that_waits_too_long_is_told_to_come_again(monkeypatch):
    monkeypatch.setattr(group_commit_module, "COMMIT_WAIT_S", 0.05)
    store = Store()

    async def scenario(group_commit):
        with pytest.raises(StoreUnavailableError, match="takes too long"):
            await (await hold_up(store, group_commit))

    run_with(store, scenario)


def test_what_waits_is_committed_before_it_stops():
    store = Store()

    async def scenario(group_commit):
        first = await hold_up(store, group_commit)
        second = asyncio.create_task(group_commit.submit(make_batch()))
        await asyncio.sleep(0)
        group_commit.stop()
        store.gate.set()
        await asyncio.gather(first, second)

    run_with(store, scenario)
    assert len(store.groups) == 2
