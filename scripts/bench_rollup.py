"""`make bench-rollup`: what it costs to aggregate spans, beside what it costs to store them, in one run.

Agent-like traces (a root, workers, model calls, tools; 20 spans each) are decoded and stored as the receiver does it,
then summarised as the worker does it, in batches of the same size. CPU is counted in this process and in its
PostgreSQL backend; nothing else runs in either. One JSON object goes to standard output.
"""

import argparse
import json
import os
import random
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

NS = 1_000_000_000
SPANS_A_TRACE = 20
WARM_UP = 5
"""Requests that are stored and summarised before anything is measured."""
MODELS = ("gpt-4o", "gpt-4o-mini", "claude-sonnet-4-5", "claude-haiku-4-5", "gemini-2.5-flash")
PROVIDERS = {"gpt": "openai", "cla": "anthropic", "gem": "gcp.gemini"}
WORDS = [
    "the",
    "train",
    "to",
    "lyon",
    "leaves",
    "at",
    "dawn",
    "and",
    "the",
    "agent",
    "asks",
    "for",
    "a",
    "seat",
    "by",
    "the",
    "window",
]


@dataclass(frozen=True, slots=True)
class Cpu:
    """Seconds of CPU of this process and of the database's backend."""

    python_s: float
    backend_s: float

    def __sub__(self, other: "Cpu") -> "Cpu":
        return Cpu(self.python_s - other.python_s, self.backend_s - other.backend_s)

    def us_a_span(self, spans: int) -> dict[str, float]:
        both = {"python": self.python_s, "backend": self.backend_s, "both": self.python_s + self.backend_s}
        return {name: round(seconds * 1e6 / spans, 2) for name, seconds in both.items()}


def cpu(backend_pid: int) -> Cpu:
    """What was used so far."""
    fields = Path(f"/proc/{backend_pid}/stat").read_text().rpartition(")")[2].split()
    ticks = int(fields[11]) + int(fields[12])
    return Cpu(time.process_time(), ticks / os.sysconf("SC_CLK_TCK"))


def requests(traces: int, *, batch: int, seed: int, start_ns: int) -> Iterator[bytes]:
    """Export requests of `batch` traces each."""
    from tests.otlp_requests import make_request, make_span

    rng = random.Random(seed)  # noqa: S311 — a load, not a secret
    for first in range(0, traces, batch):
        spans = []
        for _ in range(first, min(first + batch, traces)):
            spans += [make_span(**fields) for fields in trace_fields(rng, start_ns)]
        yield make_request(*spans, resource={"service.name": "bench"}).SerializeToString()


def trace_fields(rng: random.Random, start_ns: int) -> Iterator[dict[str, object]]:
    """The spans of one run: an agent, three workers, and each worker's calls and tools in turn."""
    trace_id, ids = rng.randbytes(16), [rng.randbytes(8) for _ in range(SPANS_A_TRACE)]
    now_ns = start_ns + rng.randrange(NS)
    agent: dict[str, object] = {
        "gen_ai.operation.name": "invoke_agent",
        "session.id": f"s{rng.randrange(999)}",
        "user.id": "u1",
    }
    times = [(now_ns, now_ns + SPANS_A_TRACE * NS)]
    for place in range(SPANS_A_TRACE):
        worker = 1 + place % 3
        if place == 0:
            parent, (start, end), attributes = b"", times[0], agent | {"gen_ai.agent.name": "supervisor"}
        elif place <= 3:
            parent, start, end = ids[0], now_ns + place, now_ns + SPANS_A_TRACE * NS - place
            attributes = agent | {"gen_ai.agent.name": f"worker-{place}"}
        else:
            parent, start = ids[worker], now_ns + place * NS
            end = start + rng.randrange(NS // 10, NS)
            attributes = call(rng) if place % 2 else tool(rng)
        yield {
            "trace_id": trace_id,
            "span_id": ids[place],
            "parent_span_id": parent,
            "name": f"{attributes['gen_ai.operation.name']} {place}",
            "start_time_unix_nano": start,
            "end_time_unix_nano": end,
            "attributes": attributes,
        }


def text(rng: random.Random, words: int) -> str:
    return " ".join(rng.choices(WORDS, k=words))


def call(rng: random.Random) -> dict[str, object]:
    model = rng.choice(MODELS)
    return {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": PROVIDERS[model[:3]],
        "gen_ai.request.model": model,
        "gen_ai.response.model": model,
        "gen_ai.response.id": rng.randbytes(12).hex(),
        "gen_ai.usage.input_tokens": rng.randrange(500, 9000),
        "gen_ai.usage.cache_read.input_tokens": rng.randrange(0, 500),
        "gen_ai.usage.output_tokens": rng.randrange(20, 900),
        "gen_ai.input.messages": json.dumps(
            [{"role": "user", "parts": [{"type": "text", "content": text(rng, 60)}]}]
        ),
        "gen_ai.output.messages": json.dumps(
            [{"role": "assistant", "parts": [{"type": "text", "content": text(rng, 40)}]}]
        ),
    }


def tool(rng: random.Random) -> dict[str, object]:
    return {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "search",
        "gen_ai.tool.call.arguments": json.dumps({"query": text(rng, 4)}),
        "gen_ai.tool.call.result": text(rng, 30),
    }


def measure(traces: int, *, batch: int, seed: int) -> dict[str, object]:
    """Store, then summarise; the costs of both a span, and their ratio.

    The first WARM_UP requests fill caches and give the planner something to know of, as in a server that has run for a
    minute; they are in no figure.
    """
    from django.db import connection

    from core import clock
    from core.garbage import collect_rarely
    from ingest.domain.decode import decode_protobuf
    from projects.models import Project
    from traces.domain.partitions import partition_days
    from traces.domain.slots import MARK_SLOTS
    from traces.models import Trace
    from traces.services.partitions import partitions_ensure
    from traces.services.spans import spans_store
    from traces.services.summaries import touched_summarise

    collect_rarely()  # as a worker does
    project = Project.objects.create(slug="bench", name="Bench")
    start_ns = clock.now_ns() - 3600 * NS
    bodies = list(requests(traces + WARM_UP * batch, batch=batch, seed=seed, start_ns=start_ns))
    backend = connection.connection
    pid = backend.info.backend_pid
    partitions_ensure(backend, days=partition_days([start_ns], now_ns=clock.now_ns()))

    def store(some: list[bytes]) -> int:
        decoded = (decode_protobuf(body, project_id=project.pk) for body in some)
        return sum(spans_store(backend, rows=part.rows, origins=part.origins) for part in decoded)

    def summarise() -> None:
        for slot in range(MARK_SLOTS):
            while touched_summarise(slot=slot, limit=batch, now=clock.now()):
                pass

    store(bodies[:WARM_UP])
    summarise()
    backend.execute("ANALYZE")
    before = cpu(pid)
    spans = store(bodies[WARM_UP:])
    stored = cpu(pid)
    summarise()
    summarised = cpu(pid)
    whole = traces + WARM_UP * batch
    if Trace.objects.count() != whole:
        raise RuntimeError(f"{Trace.objects.count()} of {whole} traces were summarised")
    storing, rollup = (stored - before).us_a_span(spans), (summarised - stored).us_a_span(spans)
    return {
        "spans": spans,
        "traces": traces,
        "storing_cpu_us_a_span": storing,
        "rollup_cpu_us_a_span": rollup,
        "rollup_to_storing": round(rollup["both"] / storing["both"], 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--traces", type=int, default=2_000)
    parser.add_argument(
        "--batch", type=int, default=100, help="traces in a request, and in a batch of the worker"
    )
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with ExitStack() as stack:
        from tests.servers import start_servers

        start_servers(stack)
        os.environ.setdefault("LINESIDE_SECRET_KEY", "bench")
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        figures = measure(options.traces, batch=options.batch, seed=options.seed)
        sys.stdout.write(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
