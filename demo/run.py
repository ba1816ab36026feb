"""One run of a simulated program: the time, the chance, the person it works for, and the spans that it leaves."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from opentelemetry.trace import Span, SpanKind, Status, StatusCode, get_current_span, use_span
from opentelemetry.util.types import AttributeValue

from demo.clock import Clock
from demo.telemetry import Deployment, Telemetry


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Everything that a step needs. `overloaded_provider` is the one, if any, whose models fail most of the time."""

    clock: Clock
    rng: Random
    telemetry: Telemetry
    deployment: Deployment
    user_id: str
    session_id: str
    overloaded_provider: str | None = None

    def at_service(self, service: str) -> "Run":
        """The same run, seen from another service that it calls."""
        return replace(self, deployment=replace(self.deployment, service=service))

    def fork(self) -> "Run":
        """The same run for a task beside this one, with a chance of its own: what the two draw does not depend on
        which of them draws first."""
        return replace(self, rng=child_of(self.rng))

    async def take(self, low_s: float, high_s: float) -> None:
        """Let a time between the two pass, short ones more often."""
        await self.clock.sleep(self.rng.triangular(low_s, high_s, low_s + (high_s - low_s) / 4))

    async def in_parallel(self, *tasks: "Task") -> None:
        """Run the tasks beside each other, each on a fork, until all have ended.

        Raises what a task raises, once the others are cancelled.
        """
        forks = [self.fork() for _ in tasks]
        try:
            async with asyncio.TaskGroup() as group:
                for task, fork in zip(tasks, forks, strict=True):
                    group.create_task(task(fork))
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from failed

    def note(self, event: str, attributes: Mapping[str, AttributeValue]) -> None:
        """An event on the span around the present step."""
        get_current_span().add_event(event, attributes, timestamp=self.clock.now_ns())

    @contextlib.contextmanager
    def span(
        self,
        name: str,
        attributes: Mapping[str, AttributeValue],
        *,
        kind: SpanKind = SpanKind.INTERNAL,
    ) -> Iterator[Span]:
        """A span over the block, by this run's clock. An exception that leaves the block is recorded on it; that it is
        cancelled is no failure, as in the SDK's own start_as_current_span."""
        tracer = self.telemetry.tracer(self.deployment)
        span = tracer.start_span(name, kind=kind, attributes=attributes, start_time=self.clock.now_ns())
        with use_span(span, record_exception=False, set_status_on_exception=False):
            try:
                yield span
            except Exception as error:
                self._record(span, error)
                raise
            finally:
                span.end(self.clock.now_ns())
                self.telemetry.ended_count += 1

    def _record(self, span: Span, error: Exception) -> None:
        error_type = getattr(error, "error_type", type(error).__qualname__)
        span.set_attribute("error.type", error_type)
        span.record_exception(error, timestamp=self.clock.now_ns())
        span.set_status(Status(StatusCode.ERROR, str(error)))


Task = Callable[[Run], Coroutine[Any, Any, None]]
"""A part of a program that can run beside others."""


def child_of(rng: Random) -> Random:
    """A source of chance that depends on this one's state alone."""
    return Random(rng.getrandbits(64))  # noqa: S311 — a story, not a secret
