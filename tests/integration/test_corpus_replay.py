"""Other people's agent runs, as they were recorded, through a running receiver and a running worker.

Each recording goes in by each way that an exporter can choose, and what comes out is held against what the model
server billed for it.
"""

import time
from collections.abc import Iterator
from decimal import Decimal

import pytest

from projects.models import Project
from projects.services import api_key_create
from tests.integration.ways_in import send_grpc
from tests.integration.worker_process import running_worker
from tests.recordings import PRICED_RUNS, RUNS, request_bodies, spans_by_trace, visible
from traces.domain.pending import settle_pending
from traces.domain.tree import build_forest, walk
from traces.models import Call, Mark, Span, Trace
from traces.selectors.spans import span_nodes
from traces.semconv.tokens import Usage

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("span_tables", "worker")]

PROMISED_S = 2.0
"""What a trace may wait for its summary after its last span."""

WAIT_S = 10.0
"""What it may wait here, where others may use the machine at the same time."""


@pytest.fixture(scope="module")
def worker(django_db_setup) -> Iterator[None]:
    with running_worker():
        yield


# --- What is to be found ----------------------------------------------------------------------------


@pytest.fixture(params=RUNS)
def run(request) -> str:
    return request.param


def await_summaries(project: Project, *, trace_ids: set[bytes]) -> float:
    """Return once every trace is summarised and none is touched; how long that took."""
    started = time.monotonic()
    while time.monotonic() < started + WAIT_S:
        if not Mark.objects.exists() and summarised(project) == trace_ids:
            return time.monotonic() - started
        time.sleep(0.02)
    raise AssertionError(
        f"{len(summarised(project))} of {len(trace_ids)} traces were summarised within {WAIT_S:.0f} s"
    )


def summarised(project: Project) -> set[bytes]:
    return {
        bytes(trace_id)
        for trace_id in Trace.objects.filter(project_id=project.pk).values_list("trace_id", flat=True)
    }


def stored(project: Project) -> dict[bytes, list[bytes]]:
    """Span ids by trace id."""
    found: dict[bytes, list[bytes]] = {}
    for trace_id, span_id in Span.objects.filter(project_id=project.pk).values_list("trace_id", "span_id"):
        found.setdefault(bytes(trace_id), []).append(bytes(span_id))
    return {trace_id: sorted(span_ids) for trace_id, span_ids in found.items()}


def everything(project: Project) -> list:
    """All that may not change when the same spans come again, the time of the summaries included."""
    return [
        stored(project),
        list(Mark.objects.values()),
        list(Trace.objects.filter(project_id=project.pk).order_by("trace_id").values()),
        list(Call.objects.filter(project_id=project.pk).order_by("trace_id", "span_id", "start_ns").values()),
    ]


def test_a_recorded_run_is_found_whole(receiver, project, api_key, run, send, request):
    recorded = spans_by_trace(run, project_id=project.pk)

    for file in request_bodies(run):
        send(receiver, file.read_bytes(), key=api_key)
    # All spans are stored when the last is acknowledged …
    assert stored(project) == {
        trace_id: sorted(row.span_id for row in rows) for trace_id, rows in recorded.items()
    }
    # … and the summaries follow.
    waited_s = await_summaries(project, trace_ids=set(recorded))
    request.node.user_properties.append(("summarised_after_s", round(waited_s, 3)))

    # Every trace is the tree that was recorded.
    for trace_id, rows in recorded.items():
        forest = build_forest(span_nodes(project_id=project.pk, trace_id=trace_id))
        assert shape(forest) == shape(build_forest(settle_pending(rows)))

    # The model calls, their tokens and their cost are those that the model server billed.
    traces = Trace.objects.filter(project_id=project.pk)
    metered = sum(
        trace.llm_call_count - trace.unmetered_call_count - trace.failed_call_count for trace in traces
    )
    assert metered == visible(run).call_count
    assert total_usage(traces) == visible(run).usage
    if run in PRICED_RUNS:
        assert (
            sum((trace.cost_usd or Decimal(0) for trace in traces), Decimal(0)) == visible(run).full_cost_usd
        )

    # The same again changes nothing.
    before = everything(project)
    for file in request_bodies(run):
        send(receiver, file.read_bytes(), key=api_key)
    assert everything(project) == before


def shape(forest):
    """The spans with their depths, and whether their parents are missing."""
    return [(node.span.span_id, node.depth, node.is_orphan) for node in walk(forest)]


def total_usage(traces) -> Usage:
    return Usage(**{field: sum(getattr(trace, field) or 0 for trace in traces) for field in Usage._fields})


def test_all_runs_at_once_are_summarised_in_time(receiver, request):
    """A project for each run, as if they all happened at once; the promise is for the last span of the last."""
    projects = {run: Project.objects.create(slug=run.replace("_", "-"), name=run) for run in RUNS}
    keys = {run: api_key_create(project=project, name="Replay")[1] for run, project in projects.items()}
    for run in RUNS:
        for file in request_bodies(run):
            send_grpc(receiver, file.read_bytes(), key=keys[run])
    acknowledged = time.monotonic()
    for run, project in projects.items():
        await_summaries(project, trace_ids=set(spans_by_trace(run)))
    waited_s = time.monotonic() - acknowledged
    request.node.user_properties.append(("summarised_after_s", round(waited_s, 3)))
    assert waited_s < WAIT_S, f"{waited_s:.2f} s after the last span; {PROMISED_S} s are promised"
