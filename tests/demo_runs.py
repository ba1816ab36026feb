"""Runs of the demo's programs, played in no time, as the spans that Lineside would store."""

import contextlib
from collections import defaultdict
from collections.abc import Callable, Coroutine
from dataclasses import replace
from random import Random

from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from demo.cast import Cast
from demo.clock import Clock, JumpingLoop
from demo.programs.registry import Program
from demo.telemetry import Telemetry
from ingest.domain.decode import decode_protobuf
from tests.event_loop import in_own_thread
from traces.domain.span_row import SpanRow

START_NS = 1_790_000_000_000_000_000


def chance(seed: int) -> Random:
    """A source of chance that begins the same way each time."""
    return Random(seed)  # noqa: S311 — a story, not a secret


class Recorder:
    """A telemetry that keeps its spans."""

    def __init__(self) -> None:
        self._exporter = InMemorySpanExporter()
        self.telemetry = Telemetry(SimpleSpanProcessor(self._exporter))

    def spans(self):
        """The SDK's spans, in the order in which they ended."""
        return self._exporter.get_finished_spans()

    def traces(self) -> list[list[SpanRow]]:
        """The spans as they would be stored, by trace, in the order in which the traces began to end."""
        decoded = decode_protobuf(encode_spans(self.spans()).SerializeToString(), project_id=1)
        assert decoded.rejected_count == 0, decoded.rejections
        found = defaultdict(list)
        for row in decoded.rows:
            found[row.trace_id].append(row)
        return list(found.values())


def in_no_time(coroutine_of: Callable[[Clock], Coroutine]) -> None:
    """Run a coroutine on a loop whose time jumps; it gets a clock that shows START_NS."""

    def run() -> None:
        with contextlib.closing(JumpingLoop()) as loop:
            loop.run_until_complete(coroutine_of(Clock.starting_at(START_NS, loop=loop)))

    in_own_thread(run)


def play(program: Program, *, seed: int = 1, times: int = 1, **changes) -> Recorder:
    """Play a program so many times, one after the other; `changes` are fields of the Run."""
    recorder = Recorder()
    cast = Cast(chance(seed), recorder.telemetry)

    async def play_all(clock: Clock) -> None:
        for _ in range(times):
            run = cast.run_of(program, clock=clock)
            await program.play_out(replace(run, **changes))

    in_no_time(play_all)
    return recorder
