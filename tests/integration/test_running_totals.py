"""Agent objects that report running totals: what a turn used is what the total grew by, whichever trace came first."""

from itertools import permutations

import pytest

from tests.integration.received import receive
from tests.unit.spans import make_span
from traces.models import Call, Trace

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("span_tables")]

SECOND = 1_000_000_000


def turn(number, given, produced, *, of="agent-1"):
    """The trace of a turn: its agent and a call without usage."""
    times = {"start_ns": number * SECOND, "end_ns": number * SECOND + 10}
    trace_id = bytes([number]) * 16
    usage = {"input_tokens": given, "output_tokens": produced}
    return [
        make_span(
            "agent", kind="agent", trace_id=trace_id, details={"running_total_of": of}, **usage, **times
        ),
        make_span("call", "agent", kind="llm", request_model="gpt-4o", trace_id=trace_id, **times),
    ]


TURNS = [turn(1, 100, 10), turn(2, 250, 25), turn(3, 300, 31)]
USED = [(100, 10), (150, 15), (50, 6)]


def used():
    return list(Trace.objects.order_by("start_ns").values_list("input_tokens", "output_tokens"))


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_each_turn_has_its_own_part_in_any_order_of_arrival(project, order):
    for place in order:
        receive(project, TURNS[place])
    assert used() == USED


def test_all_at_once_come_out_the_same(project):
    receive(project, [span for spans in TURNS for span in spans])
    assert used() == USED


def test_a_turn_that_comes_twice_changes_nothing(project):
    for spans in (*TURNS, TURNS[0], TURNS[1]):
        receive(project, spans)
    assert used() == USED


def test_another_project_and_another_agent_have_their_own_totals(project, other_project):
    receive(project, TURNS[0])
    receive(other_project, TURNS[1])
    receive(project, turn(3, 300, 31, of="agent-2"))
    assert used() == [(100, 10), (250, 25), (300, 31)]


def test_the_call_knows_whose_total_it_is(project):
    receive(project, TURNS[0])
    assert dict(Call.objects.values_list("kind", "running_total_of")) == {"agent": "agent-1", "llm": None}
