"""An error with its context: the agents and the state around it, earlier attempts, what came after."""

import pytest

from dashboards.domain.error_context import MOST_ATTEMPTS, Attempt, error_context
from tests.unit.nodes import make_node
from tests.unit.orders import in_other_orders

FAILED = {"status": 2, "kind": "tool", "tool": "search"}
TRIED = {"kind": "tool", "tool": "search"}
RUN, NODE, FAILURE = 1, 2, 9


def hex_of(number):
    return number.to_bytes(8, "big").hex()


def context(*nodes, of=FAILURE):
    return error_context(nodes, span_id=of.to_bytes(8, "big"))


def run(**columns):
    return make_node(RUN, end=100, **columns)


def failure(start=10, end=20, *, parent=RUN, **columns):
    return make_node(FAILURE, parent=parent, start=start, end=end, **{**FAILED, **columns})


def test_a_span_that_is_not_there_has_no_context() -> None:
    assert context() is None
    assert context(run()) is None


def test_a_run_of_one_span_ended_with_it() -> None:
    found = context(failure(parent=None))

    assert (found.path, found.state, found.attempts) == ((), "", ())
    assert (found.outcome, found.outcome_span_id) == ("ended the run", "")


# --- Agents and state -------------------------------------------------------------------------------


def test_the_path_names_the_agents_from_the_outermost_to_the_spans_own() -> None:
    found = context(
        run(agent="Boss"),
        make_node(2, parent=1, end=90),
        make_node(3, parent=2, end=80, agent="Clerk"),
        failure(parent=3, agent="Expert"),
    )

    assert found.path == ("Boss", "Clerk", "Expert")


def test_an_agent_that_names_itself_on_several_spans_is_one_step_of_the_path() -> None:
    found = context(
        run(agent="Boss"),
        make_node(2, parent=1, end=90, agent="Boss"),
        make_node(3, parent=2, end=80, agent="Clerk"),
        make_node(4, parent=3, end=70, agent="Boss"),
        failure(parent=4, agent="Boss"),
    )

    assert found.path == ("Boss", "Clerk", "Boss")


@pytest.mark.parametrize(
    ("own", "parents", "state"),
    [("mine", "near", "mine"), (None, "near", "near"), (None, None, "far"), ("", "", "far")],
)
def test_the_state_is_the_nearest_one(own, parents, state) -> None:
    found = context(
        run(state="far"), make_node(2, parent=1, end=90, state=parents), failure(parent=2, state=own)
    )

    assert found.state == state


# --- Earlier attempts -------------------------------------------------------------------------------


def test_earlier_failures_say_how_they_ended_and_when() -> None:
    found = context(
        run(),
        make_node(2, parent=1, start=0, end=1, error_type="Timeout", status_message="too slow", **FAILED),
        make_node(3, parent=1, start=2, end=3, status_message="too slow", **FAILED),
        make_node(4, parent=1, start=6, end=7.5, **FAILED),
        failure(),
    )

    assert found.attempts == (
        Attempt(hex_of(2), "Timeout, 9 s before"),
        Attempt(hex_of(3), "too slow, 7 s before"),
        Attempt(hex_of(4), "failed, 2.5 s before"),
    )


def test_failures_before_the_last_success_were_attempts_at_something_else() -> None:
    found = context(
        run(),
        make_node(2, parent=1, start=0, end=1, **FAILED),
        make_node(3, parent=1, start=2, end=3, **TRIED),
        make_node(4, parent=1, start=4, end=5, **FAILED),
        failure(),
    )

    assert found.attempts == (Attempt(hex_of(4), "failed, 5 s before"),)


def test_a_success_just_before_leaves_no_attempt() -> None:
    found = context(
        run(),
        make_node(2, parent=1, start=0, end=1, **FAILED),
        make_node(3, parent=1, start=2, end=3, **TRIED),
        failure(),
    )

    assert found.attempts == ()


@pytest.mark.parametrize(
    "columns",
    [
        {"kind": "tool", "tool": "fetch", "status": 2},
        {"kind": "other", "status": 2},
        {"parent": 2, **FAILED},
        {"end": 10.5, **FAILED},
        {"start": 30, "end": 40, **FAILED},
    ],
    ids=["another tool", "another kind", "below another span", "still running", "later"],
)
def test_what_is_no_earlier_attempt_is_not_told(columns) -> None:
    other = make_node(3, **{"parent": 1, "start": 0, "end": 1, **columns})

    assert context(run(), make_node(2, parent=1, end=90), other, failure()).attempts == ()


def test_an_attempt_that_ended_as_this_one_began_came_before_it() -> None:
    found = context(run(), make_node(2, parent=1, start=0, end=10, **FAILED), failure())

    assert found.attempts == (Attempt(hex_of(2), "failed, 0 ns before"),)


def test_any_model_call_is_an_attempt_at_a_model_call() -> None:
    found = context(
        run(),
        make_node(2, parent=1, start=0, end=1, kind="llm", name="chat a", model="a", status=2),
        failure(kind="llm", name="chat b", model="b", tool=None),
    )

    assert [attempt.span_id for attempt in found.attempts] == [hex_of(2)]


def test_only_the_last_twenty_attempts_are_told() -> None:
    earlier = [make_node(100 + at, parent=1, start=at, end=at + 0.5, **FAILED) for at in range(25)]

    found = context(run(), *earlier, failure(start=50, end=51))

    assert len(found.attempts) == MOST_ATTEMPTS == 20
    assert (found.attempts[0].span_id, found.attempts[-1].span_id) == (hex_of(105), hex_of(124))


# --- What came after --------------------------------------------------------------------------------


def outcome(*nodes):
    found = context(*nodes)
    return found.outcome, found.outcome_span_id


def test_a_later_attempt_that_succeeded_recovered_it() -> None:
    assert outcome(
        run(status=2),
        failure(),
        make_node(3, parent=1, start=21, end=22, **FAILED),
        make_node(4, parent=1, start=25, end=26, **TRIED),
        make_node(5, parent=1, start=30, end=31, **TRIED),
    ) == ("recovered: the attempt 5 s later succeeded", hex_of(4))


def test_an_attempt_in_parallel_does_not_recover_it() -> None:
    assert outcome(run(), failure(), make_node(3, parent=1, start=15, end=30, **TRIED)) == (
        "the run went on",
        "",
    )


def test_another_tools_success_does_not_recover_it() -> None:
    other = make_node(3, parent=1, start=30, end=40, kind="tool", tool="fetch")

    assert outcome(run(), failure(), other) == ("the run went on", "")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (1, "tried 1 more time without success; the run went on"),
        (3, "tried 3 more times without success; the run went on"),
    ],
)
def test_later_attempts_without_success_are_counted(more, words) -> None:
    later = [make_node(100 + at, parent=1, start=30 + at, end=30.5 + at, **FAILED) for at in range(more)]

    assert outcome(run(), failure(), *later) == (words, hex_of(99 + more))


def test_an_error_that_all_above_share_ended_the_run() -> None:
    assert outcome(run(status=2), make_node(2, parent=1, end=90, status=2), failure(parent=2)) == (
        "ended the run: it propagated to the root",
        hex_of(1),
    )


def test_what_came_of_an_error_below_a_span_that_never_came_is_not_known() -> None:
    words = "not known: the span above never came"

    assert outcome(failure(parent=99)) == (words, "")
    assert outcome(run(parent=99, status=2), failure()) == (words, hex_of(1))
    assert outcome(run(parent=99), failure()) == ("the run went on", "")


def test_an_error_that_was_caught_on_the_way_up_says_where() -> None:
    assert outcome(
        run(),
        make_node(2, parent=1, end=90),
        make_node(3, parent=2, end=80, status=2, name="node"),
        make_node(4, parent=3, end=70, status=2, name="step"),
        failure(parent=4),
    ) == ("propagated to node; the run went on above it", hex_of(3))


def test_an_error_whose_parent_did_not_fail_was_handled_there() -> None:
    assert outcome(run(status=2), make_node(2, parent=1, end=90), failure(parent=2)) == (
        "the run went on",
        "",
    )


# --- Broken and unordered input ---------------------------------------------------------------------


def test_the_context_does_not_depend_on_the_order_of_the_spans() -> None:
    nodes = [
        run(agent="Boss", state="plan", status=2),
        make_node(2, parent=1, start=0, end=1, **FAILED),
        make_node(3, parent=1, start=2, end=3, **FAILED),
        failure(),
        make_node(4, parent=1, start=30, end=31, **FAILED),
        make_node(5, parent=1, start=40, end=41, **TRIED),
    ]
    expected = context(*nodes)
    assert (len(expected.attempts), expected.outcome_span_id) == (2, hex_of(5))
    for arrived in in_other_orders(nodes):
        assert context(*arrived) == expected


def test_spans_that_are_each_others_parents_have_a_context() -> None:
    found = context(make_node(1, parent=FAILURE, end=100, agent="Boss", status=2), failure(start=10))

    assert found.path == ("Boss",)
    assert found.outcome == "not known: the span above never came"


def test_a_failure_that_ends_before_it_starts_has_a_context() -> None:
    found = context(run(), failure(start=20, end=10), make_node(3, parent=1, start=30, end=31, **TRIED))

    assert found.outcome_span_id == hex_of(3)
