"""Group commit: calls that arrive while a transaction is under way share the next one.

There is no waiting window: an idle receiver commits a call at once, a busy one commits as much at a time as
came during the commit before, up to GROUP_SPANS. Each call is answered only after its own rows are committed.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

from traces.domain.span_row import SpanRow

logger = logging.getLogger(__name__)

GROUP_SPANS = 8_192
"""Spans in one transaction. Measured on two cores: commits of 8,000 spans store half as much again a second as
commits of 512, and more gain nothing."""

QUEUED_SPANS = 100_000
"""Spans that may wait, a few seconds of work; more are answered with «try again»."""

QUEUED_BYTES = 96 * 1024 * 1024
"""Likewise in memory. One request of the largest size always fits into an empty queue."""

COMMIT_WAIT_S = 15.0
"""A call that waited this long is answered with «try again»; its spans, if they get stored after all, count once."""


class StoreUnavailableError(Exception):
    """The database cannot take spans now; the same batch may succeed later."""


class BatchRefusedError(Exception):
    """This batch can never be stored; the message says why."""


class QueueFullError(Exception):
    """More waits to be stored than may wait; the same batch may succeed later."""


@dataclass(frozen=True, slots=True)
class Batch:
    """The spans of one call, and the origins that they name."""

    rows: Sequence[SpanRow]
    origins: Mapping[tuple[int, bytes], bytes]
    size_bytes: int


@dataclass(frozen=True, slots=True)
class _Waiting:
    batch: Batch
    outcome: asyncio.Future[None]


Store = Callable[[Sequence[Batch]], None]
"""Commits batches in one transaction; raises StoreUnavailableError, or anything else when a batch is at fault."""


def commit_group(store: Store, batches: Sequence[Batch]) -> list[Exception | None]:
    """Commit batches together; an outcome for each. When one is at fault each is tried alone."""
    try:
        store(batches)
    except StoreUnavailableError as error:
        return [error] * len(batches)
    except Exception as error:  # whatever one batch does, the others are not to suffer
        if len(batches) > 1:
            return [outcome for batch in batches for outcome in commit_group(store, [batch])]
        if not isinstance(error, BatchRefusedError):
            logger.exception("a batch of %d spans could not be stored", len(batches[0].rows))
        return [error]
    return [None] * len(batches)


class GroupCommit:
    """The queue between the calls, in the event loop, and the one thread that writes."""

    def __init__(self, store: Store, *, executor: Executor) -> None:
        self._store = store
        self._executor = executor
        self._waiting: deque[_Waiting] = deque()
        self._spans = 0
        self._bytes = 0
        self._wake = asyncio.Event()
        self._is_stopping = False

    async def submit(self, batch: Batch) -> None:
        """Return when the batch is committed.

        Raises QueueFullError, StoreUnavailableError, or what the store raised for this very batch.
        """
        is_idle = self._spans == 0
        if not is_idle and (
            self._spans + len(batch.rows) > QUEUED_SPANS or self._bytes + batch.size_bytes > QUEUED_BYTES
        ):
            raise QueueFullError
        entry = _Waiting(batch, asyncio.get_running_loop().create_future())
        self._spans += len(batch.rows)
        self._bytes += batch.size_bytes
        self._waiting.append(entry)
        self._wake.set()
        try:
            async with asyncio.timeout(COMMIT_WAIT_S):
                await entry.outcome
        except TimeoutError:
            raise StoreUnavailableError("the database takes too long") from None

    async def run(self) -> None:
        """Commit what is submitted, until stop() was called and nothing waits any more."""
        loop = asyncio.get_running_loop()
        while self._waiting or not self._is_stopping:
            if not self._waiting:
                self._wake.clear()
                await self._wake.wait()
                continue
            group = self._take_group()
            batches = [entry.batch for entry in group]
            outcomes = await loop.run_in_executor(self._executor, commit_group, self._store, batches)
            for entry, error in zip(group, outcomes, strict=True):
                self._settle(entry, error)

    def stop(self) -> None:
        """Let run() end once everything that waits is committed."""
        self._is_stopping = True
        self._wake.set()

    def _take_group(self) -> list[_Waiting]:
        """The calls of the next transaction: those that waited longest, at least one."""
        group = [self._waiting.popleft()]
        span_count = len(group[0].batch.rows)
        while self._waiting and span_count + len(self._waiting[0].batch.rows) <= GROUP_SPANS:
            group.append(self._waiting.popleft())
            span_count += len(group[-1].batch.rows)
        return group

    def _settle(self, entry: _Waiting, error: Exception | None) -> None:
        self._spans -= len(entry.batch.rows)
        self._bytes -= entry.batch.size_bytes
        if entry.outcome.done():
            return  # the caller went away
        if error is None:
            entry.outcome.set_result(None)
        else:
            entry.outcome.set_exception(error)
