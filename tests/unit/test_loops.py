"""The same thing again and again: equal calls, and cycles of states."""

import pytest

from tests.unit.orders import in_other_orders
from tests.unit.steps import make_step
from traces.domain.behaviour.loops import LONGEST_CYCLE, MOST_LOOPS, Loop, find_loops


def tools(times, *, tool="search", arguments="a1", agent="A", **columns):
    return [
        make_step(
            f"{tool} {arguments} {agent} {place}", place, place + 1, kind="tool", tool=tool, arguments=arguments,
            agent=agent, **columns,
        )
        for place in range(times)
    ]  # fmt: skip


def test_nothing_is_no_loop() -> None:
    assert find_loops([], []) == []


@pytest.mark.parametrize(("times", "loops"), [(1, 0), (2, 0), (3, 1), (4, 1)])
def test_three_times_the_same_is_a_loop(times, loops) -> None:
    expected = [Loop("tool", "search", "A", times, b"search a1 A 0")] * loops

    assert find_loops(tools(times), []) == expected


@pytest.mark.parametrize(
    "other", [{"arguments": "a2"}, {"agent": "B"}, {"tool": "fetch"}], ids=["arguments", "agent", "tool"]
)
def test_another_thing_does_not_make_it_a_loop(other) -> None:
    assert find_loops([*tools(2), *tools(2, **other)], []) == []


def test_what_was_asked_must_be_known() -> None:
    assert find_loops([make_step(f"t{place}", kind="tool", tool="search") for place in range(5)], []) == []


def test_a_tool_without_a_name_goes_by_its_spans() -> None:
    steps = [make_step("lookup", kind="tool", arguments="a1")] * 3

    assert find_loops(steps, []) == [Loop("tool", "lookup", None, 3, b"lookup")]


def test_a_failing_tool_that_is_called_again_and_again_is_a_loop() -> None:
    assert [loop.times for loop in find_loops(tools(3, status=2), [])] == [3]


def test_a_model_that_is_asked_the_same_is_a_loop_and_its_failures_are_not() -> None:
    def call(place, **columns):
        return make_step(
            f"call {place}", place, place + 1, kind="llm", request_model="gpt-4o", arguments="q", **columns
        )

    assert find_loops([call(place) for place in range(3)], []) == [Loop("llm", "gpt-4o", None, 3, b"call 0")]
    assert find_loops([call(0), call(1), *(call(place, status=2) for place in range(2, 9))], []) == []


def test_other_spans_that_ask_the_same_are_no_loop() -> None:
    assert (
        find_loops([make_step(f"s{place}", kind="retrieval", arguments="q") for place in range(5)], []) == []
    )


def test_the_longest_loop_stands_first_whatever_the_order_of_things() -> None:
    steps = [*tools(3, tool="b"), *tools(5, tool="c"), *tools(3, tool="a")]
    for arrived in in_other_orders(steps):
        assert [(loop.name, loop.times) for loop in find_loops(arrived, [])] == [("c", 5), ("a", 3), ("b", 3)]


def test_no_more_than_twenty_loops_are_kept() -> None:
    steps = [step for place in range(MOST_LOOPS + 1) for step in tools(3, tool=f"t{place:02}")]

    found = find_loops(steps, [])

    assert (len(found), found[-1].name) == (20, "t19")


@pytest.mark.parametrize(
    ("states", "cycles"),
    [
        ("", {}),
        ("A", {}),
        ("ABAB", {}),
        ("ABABA", {}),
        ("ABABAB", {"A → B": 3}),
        ("ABABABA", {"A → B": 3}),
        ("XABABABY", {"A → B": 3}),
        ("ABABABABABAB", {"A → B": 6}),
        ("ABCABCABC", {"A → B → C": 3}),
        ("AABAABAAB", {"A → A → B": 3}),
        ("ABABABXABABABABAB", {"A → B": 5}),
        ("ABABABCDCDCDCD", {"A → B": 3, "C → D": 4}),
        ("ABABXAB", {}),
        ("AAAAAA", {}),
        ("ABCDEFGH" * 3, {"A → B → C → D → E → F → G → H": 3}),
        ("ABCDEFGHI" * 3, {}),
    ],
)
def test_a_cycle_of_states_that_ran_three_times_is_a_loop(states, cycles) -> None:
    found = find_loops([], list(states))

    assert {loop.name: loop.times for loop in found} == cycles
    assert all((loop.kind, loop.agent, loop.span_id) == ("state", None, None) for loop in found)


def test_a_cycle_is_found_in_a_tuple_too() -> None:
    assert find_loops([], tuple("ABABAB")) == [Loop("state", "A → B", None, 3, None)]


def test_the_longest_cycle_has_eight_states() -> None:
    assert LONGEST_CYCLE == 8


def test_cycles_and_calls_stand_together_the_longest_first() -> None:
    found = find_loops(tools(4), ["plan", "act"] * 5)

    assert [(loop.kind, loop.times) for loop in found] == [("state", 5), ("tool", 4)]
