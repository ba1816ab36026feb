"""What `make demo` does, from the command line to the exit code."""

import asyncio
import logging
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from random import Random

from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from demo.cast import Cast
from demo.destination import Destination, find_destination, probe
from demo.history import write_history
from demo.options import SEEDS, Options, parse_options
from demo.performance import FINISHING_S, Performance
from demo.problems import DemoError
from demo.project import Project
from demo.telemetry import CountingExporter, Telemetry

QUEUE_SIZE = 20_000
"""Room for some minutes of live spans, should the receiver be away for a while."""
BATCH_SIZE = 512
FLUSH_EVERY_MS = 500
EXPORT_TIMEOUT_S = 30.0
REPORT_EVERY_S = 10.0


def main(arguments: Sequence[str], *, environment: Mapping[str, str]) -> int:
    """Run the demo; the exit code is 0 when every span has arrived."""
    options = parse_options(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    try:
        destination = find_destination(environment)
        probe(destination)
        return _send(options, destination)
    except DemoError as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _send(options: Options, destination: Destination) -> int:
    seed = Random().randrange(SEEDS) if options.seed is None else options.seed  # noqa: S311 — a story, not a secret
    url = destination.dashboard_url
    project = Project(url, destination.headers) if url is not None else None
    _introduce(destination, seed=seed)
    if project is not None:
        _say_what_was_set(project.set_missing_promises())
    exporter = CountingExporter(
        OTLPSpanExporter(
            endpoint=destination.endpoint,
            headers=tuple(destination.headers.items()),
            timeout=EXPORT_TIMEOUT_S,
        )
    )
    processor = BatchSpanProcessor(
        exporter,
        max_queue_size=QUEUE_SIZE,
        schedule_delay_millis=FLUSH_EVERY_MS,
        max_export_batch_size=BATCH_SIZE,
    )
    telemetry = Telemetry(processor)
    cast = Cast(Random(seed), telemetry)  # noqa: S311 — a story, not a secret
    try:
        if options.backfill_days:
            _write_history(options, cast, processor=processor)
        # Afterwards, so that nobody is alerted about what happened days ago.
        if project is not None:
            _say_what_was_set(project.set_missing_rules())
        if options.live_s:
            asyncio.run(_perform(options, cast, exporter=exporter))
    except KeyboardInterrupt:
        _say("Stopped before the history was complete.")
    finally:
        processor.shutdown()  # type: ignore[no-untyped-call]
    return _account(telemetry, exporter, destination)


def _introduce(destination: Destination, *, seed: int) -> None:
    _say("Five simulated agent programs, and one incident, over the OpenTelemetry SDK and OTLP/gRPC.")
    _say(f"  spans go to  {destination.endpoint}")
    if destination.dashboard_url is not None:
        _say(f"  look at      {destination.dashboard_url}")
    _say(f"  seed         {seed}")


def _say_what_was_set(words: Sequence[str]) -> None:
    if words:
        _say(f"  there was none yet, so the project now has {' and '.join(words)} (change that in the admin)")


def _write_history(options: Options, cast: Cast, *, processor: BatchSpanProcessor) -> None:
    days = f"{options.backfill_days} day{'s' if options.backfill_days > 1 else ''}"
    _say(f"Writing {days} of history …")
    began_s, reported_s = time.monotonic(), time.monotonic()

    def report(number: int, of: int) -> None:
        nonlocal reported_s
        if time.monotonic() - reported_s > REPORT_EVERY_S:
            reported_s = time.monotonic()
            _say(f"  {number} of {of} runs")

    count = write_history(
        cast,
        days=options.backfill_days,
        now_ns=time.time_ns(),
        flush=processor.force_flush,
        report=report,
    )
    took_s = time.monotonic() - began_s
    _say(f"  {count} runs, {cast.telemetry.ended_count:,} spans in {took_s:.0f} s.")


async def _perform(options: Options, cast: Cast, *, exporter: CountingExporter) -> None:
    _say(
        f"Live: about {options.runs_a_minute:g} runs a minute for {options.live_s:g} s (--for SECONDS), "
        "or until Ctrl-C."
    )
    _say(
        "  One of them is the incident: a run of 20 minutes and 47 model calls, rate-limited on call 12, "
        "replayed in 20 s."
    )
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    performance = Performance(cast, now_ns=time.time_ns, runs_a_minute=options.runs_a_minute)
    reports = asyncio.create_task(
        _report_regularly(performance, exporter, ends_s=loop.time() + options.live_s)
    )
    try:
        await performance.play(seconds=options.live_s, stop=stop)
    finally:
        reports.cancel()
    if stop.is_set():
        _say("Stopped: what was under way ends as cancelled.")


async def _report_regularly(performance: Performance, exporter: CountingExporter, *, ends_s: float) -> None:
    while True:
        await asyncio.sleep(REPORT_EVERY_S)
        is_ending = asyncio.get_running_loop().time() > ends_s
        _say(
            f"  {performance.begun_count} runs begun, {performance.playing_count} under way, "
            f"{exporter.sent_count:,} spans arrived"
            + (f"; finishing what is under way, for {FINISHING_S:.0f} s at most" if is_ending else "")
        )


def _account(telemetry: Telemetry, exporter: CountingExporter, destination: Destination) -> int:
    """Say what became of the spans: those that neither arrived nor failed were dropped before they were sent."""
    lost_count = telemetry.ended_count - exporter.sent_count
    _say(f"{exporter.sent_count:,} of {telemetry.ended_count:,} spans arrived.")
    if lost_count:
        dropped_count = lost_count - exporter.failed_count
        sys.stderr.write(
            f"{exporter.failed_count:,} spans could not be sent and {dropped_count:,} were dropped before; "
            "the lines above say why.\n"
        )
        return 1
    if destination.dashboard_url is not None:
        _say(f"Look at {destination.dashboard_url}")
    return 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
