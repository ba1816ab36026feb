"""Which state an agent was in, and when."""

import pytest

from tests.unit.steps import make_step
from traces.domain.behaviour.run import Step
from traces.domain.behaviour.states import MOST_STATES, find_states


def states(*steps: Step):
    """[(state, start, end, agent)]"""
    return [
        (
            state["state"],
            int(state["start_time_unix_nano"]),
            int(state["end_time_unix_nano"]),
            state["agent"],
        )
        for state in find_states(steps)
    ]


def test_a_run_without_states_has_none() -> None:
    assert find_states([]) == []
    assert find_states([make_step("span")]) == []


def test_a_state_lasts_as_long_as_its_span() -> None:
    assert states(make_step("node", 5, 9, state="plan", agent="Planner")) == [("plan", 5, 9, "Planner")]


def test_times_are_text_that_keeps_every_nanosecond() -> None:
    start = 1_795_500_000_123_456_789

    (state,) = find_states([make_step("node", start, start + 1, state="plan")])

    assert (state["start_time_unix_nano"], state["end_time_unix_nano"]) == (
        "1795500000123456789",
        "1795500000123456790",
    )


def test_a_state_that_ends_before_it_starts_lasted_nothing() -> None:
    assert states(make_step("node", 9, 5, state="plan")) == [("plan", 9, 9, None)]


def test_spans_below_a_state_that_name_it_again_begin_no_new_one() -> None:
    node = make_step("node", 0, 10, state="plan")
    between = make_step("between", 1, 9, below=node)
    call = make_step("call", 2, 8, below=between, state="plan")

    assert states(node, between, call) == [("plan", 0, 10, None)]


def test_a_state_within_another_is_one_of_its_own() -> None:
    outer = make_step("outer", 0, 10, state="plan")
    inner = make_step("inner", 1, 9, below=outer, state="search")
    again = make_step("again", 2, 8, below=inner, state="plan")

    assert states(outer, inner, again) == [
        ("plan", 0, 10, None),
        ("search", 1, 9, None),
        ("plan", 2, 8, None),
    ]


def test_the_same_state_after_itself_is_another_visit() -> None:
    steps = [make_step("one", 0, 5, state="plan"), make_step("two", 5, 9, state="plan")]

    assert states(*steps) == [("plan", 0, 5, None), ("plan", 5, 9, None)]


def test_states_that_events_name_last_until_the_spans_end() -> None:
    step = make_step("workflow", 0, 10, agent="A", details={"states": [(7, "answer"), (2, "plan")]})

    assert states(step) == [("plan", 2, 10, "A"), ("answer", 7, 10, "A")]


def test_a_state_that_an_event_names_after_the_spans_end_lasted_nothing() -> None:
    assert states(make_step("workflow", 0, 10, details={"states": [(12, "late")]})) == [
        ("late", 12, 12, None)
    ]


def test_states_stand_in_order_of_start_then_of_end() -> None:
    steps = [
        make_step("events", 0, 10, details={"states": [(6, "third")]}),
        make_step("second", 6, 8, state="second"),
        make_step("first", 6, 7, state="first"),
    ]

    assert [name for name, *_ in states(*steps)] == ["first", "second", "third"]


def test_a_person_who_is_asked_is_a_state_for_as_long_as_it_takes() -> None:
    assert states(make_step("approve", 3, 8, kind="human")) == [("human", 3, 8, None)]


@pytest.mark.parametrize(
    "columns",
    [{"status": 2, "error_type": "GraphInterrupt"}, {"details": {"deferral": "ApprovalRequired"}}],
    ids=["an interrupt", "a deferred tool"],
)
def test_a_run_that_stops_for_a_person_waits_from_its_end_on(columns) -> None:
    assert states(make_step("tool", 3, 8, kind="tool", **columns)) == [("human", 8, 8, None)]


def test_an_interrupt_that_passes_through_the_spans_above_is_one_wait() -> None:
    interrupt = {"status": 2, "error_type": "GraphInterrupt"}
    run = make_step("run", 0, 10, **interrupt)
    node = make_step("node", 1, 9, below=run, **interrupt)
    tool = make_step("tool", 2, 8, below=node, kind="tool", **interrupt)

    assert states(run, node, tool) == [("human", 10, 10, None)]


def test_two_waits_in_one_run_are_two() -> None:
    run = make_step("run", 0, 10)
    steps = [run, *(make_step(f"ask {at}", at, at + 1, below=run, kind="human") for at in (2, 5))]

    assert states(*steps) == [("human", 2, 3, None), ("human", 5, 6, None)]


def test_no_more_than_the_first_thousand_states_are_kept() -> None:
    steps = [make_step(f"node {at}", at, at + 1, state=f"s{at}") for at in range(MOST_STATES + 5)]

    found = states(*steps)

    assert (len(found), found[0][0], found[-1][0]) == (1_000, "s0", "s999")
