"""Which spans wait for a person."""

import pytest

from tests.unit.spans import make_span
from traces.domain.human_waits import waits_for_human
from traces.domain.summary import summarise


@pytest.mark.parametrize(
    "columns",
    [
        {"kind": "human"},
        {"details": {"deferral": "ApprovalRequired"}},
        {"error_type": "GraphInterrupt", "status": 2},
        {"error_type": "langgraph.errors.GraphInterrupt", "status": 2},
        {"error_type": "langgraph.errors.NodeInterrupt", "status": 2},
        {"error_type": "pydantic_ai.exceptions.ApprovalRequired", "status": 2},
        {"error_type": "CallDeferred", "status": 2},
        {"error_type": "llama_index.core.workflow.errors.WaitingForEvent", "status": 2},
        {"error_type": "strands.types.interrupt.InterruptException", "status": 2},
        {"status_message": "GraphInterrupt((Interrupt(value='Refund?'),))", "status": 2},
        {"status_message": "(Interrupt(value='Refund?', resumable=True),)", "status": 2},
        {"status_message": "Interrupt(value='Refund?')", "status": 2},
    ],
    ids=str,
)
def test_a_span_that_a_person_has_to_answer_waits(columns) -> None:
    assert waits_for_human(make_span(**columns))


@pytest.mark.parametrize(
    "columns",
    [
        {},
        {"details": {}},
        {"details": {"deferral": ""}},
        {"status_message": "", "error_type": ""},
        {"error_type": "KeyboardInterrupt", "status": 2},
        {"error_type": "InterruptedError", "status": 2},
        {"error_type": "ValueError", "status_message": "no GraphInterrupt was raised", "status": 2},
        {"status_message": "Interrupted by the user", "status": 2},
        {"name": "human_review", "kind": "tool"},
    ],
    ids=str,
)
def test_another_end_is_no_wait(columns) -> None:
    assert not waits_for_human(make_span(**columns))


def test_a_paused_run_has_not_failed() -> None:
    interrupt = {"status": 2, "error_type": "GraphInterrupt", "status_message": "GraphInterrupt(…)"}
    summary = summarise(
        [
            make_span("run", kind="agent", **interrupt),
            make_span("node", "run", **interrupt),
            make_span("tool", "node", kind="tool", status=2, start_ns=5, status_message="timeout"),
        ]
    )

    assert (summary.status, summary.error_count, summary.error_message) == ("ok", 1, "timeout")
    assert summary.behaviour.human_wait_count == 1
