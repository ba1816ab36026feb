"""Which agent gave work to which, by calling it or by handing over."""

import pytest

from tests.unit.spans import make_span
from tests.unit.steps import from_above, make_step
from traces.domain.behaviour.handoffs import MOST_HANDOFFS, Handoff, find_handoffs
from traces.domain.behaviour.run import Step


def agent(name, start=0, *, below=None, span=None) -> Step:
    """An agent's span; `span` names it where it is not the agent's only one."""
    made = make_span(
        span or name,
        start_ns=start,
        kind="agent",
        agent=name,
        parent_span_id=below.span.span_id if below else None,
    )
    return Step(made, below.span if below else None, name, None, **from_above(below))


def tool(name, start=0, *, below=None, **columns) -> Step:
    return make_step(name, start, start + 1, below=below, kind="tool", **columns)


def test_a_run_of_one_agent_has_no_handoff() -> None:
    boss = agent("Boss")

    assert find_handoffs([]) == []
    assert find_handoffs([boss, tool("search", 1, below=boss)]) == []


def test_an_agent_calls_the_agent_below_it() -> None:
    boss = agent("Boss")

    assert find_handoffs([boss, agent("Clerk", 1, below=boss)]) == [
        Handoff("Boss", "Clerk", "call", b"Clerk")
    ]


def test_an_agent_without_a_name_and_a_call_that_names_an_agent_are_called_by_nobody() -> None:
    boss = agent("Boss")
    nameless = make_step("nameless", 1, 5, below=boss, kind="agent")
    call = make_step("call", 2, 3, below=boss, kind="llm")
    named = call.span._replace(agent="Clerk")

    assert find_handoffs([boss, nameless, Step(named, boss.span, "Clerk", None, caller="Boss")]) == []


def test_a_nameless_agent_between_does_not_hide_the_caller() -> None:
    boss = agent("Boss")
    nameless = make_step("nameless", 1, 9, below=boss, kind="agent")

    assert find_handoffs([boss, nameless, agent("Clerk", 2, below=nameless)]) == [
        Handoff("Boss", "Clerk", "call", b"Clerk")
    ]


def test_what_stands_between_two_agents_does_not_hide_the_call() -> None:
    boss = agent("Boss")
    ask = tool("ask_clerk", 1, below=boss)
    loop = make_step("loop", 2, 9, below=ask, kind="workflow")

    assert find_handoffs([boss, ask, loop, agent("Clerk", 3, below=loop)]) == [
        Handoff("Boss", "Clerk", "call", b"Clerk")
    ]


def test_an_agent_that_wraps_itself_calls_nobody() -> None:
    boss = agent("Boss")

    assert find_handoffs([boss, agent("Boss", 1, below=boss, span="inner")]) == []


def test_agents_beside_one_another_do_not_call_one_another() -> None:
    assert find_handoffs([agent("Boss"), agent("Clerk", 1)]) == []


def test_the_nearest_agent_above_is_the_caller() -> None:
    boss = agent("Boss")
    clerk = agent("Clerk", 1, below=boss)

    assert find_handoffs([boss, clerk, agent("Expert", 2, below=clerk)]) == [
        Handoff("Boss", "Clerk", "call", b"Clerk"),
        Handoff("Clerk", "Expert", "call", b"Expert"),
    ]


def test_agents_that_call_one_another_in_turn_are_told_each_time() -> None:
    boss = agent("Boss")
    clerk = agent("Clerk", 1, below=boss)
    again = agent("Boss", 2, below=clerk, span="again")

    assert [(one.sender, one.receiver) for one in find_handoffs([boss, clerk, again])] == [
        ("Boss", "Clerk"),
        ("Clerk", "Boss"),
    ]


@pytest.mark.parametrize(
    ("name", "receiver"),
    [
        ("transfer_to_refunds", "refunds"),
        ("Handoff-transfer_to_refunds", "refunds"),
        ("Transfer to Refunds", "Refunds"),
        ("handoff to Refund agent", "Refund agent"),
        ("handoff_to_refund_agent", "refund_agent"),
        ("hand_off_to_refunds", "refunds"),
        ("delegate_to_refunds", "refunds"),
    ],
)
def test_a_tool_whose_name_says_so_hands_over(name, receiver) -> None:
    boss = agent("Boss")

    assert find_handoffs([boss, tool(name, 1, below=boss)]) == [
        Handoff("Boss", receiver, "handoff", name.encode())
    ]


def test_the_tools_name_goes_before_the_spans() -> None:
    boss = agent("Boss")
    step = tool("execute_tool", 1, below=boss, tool="transfer_to_refunds")

    assert find_handoffs([boss, step]) == [Handoff("Boss", "refunds", "handoff", b"execute_tool")]


@pytest.mark.parametrize(
    "name",
    ["transfer", "transfer_to_", "transfer_money", "transferred_to_x", "please transfer_to_x", "delegate"],
)
def test_a_tool_that_only_sounds_like_it_hands_nothing_over(name) -> None:
    boss = agent("Boss")

    assert find_handoffs([boss, tool(name, 1, below=boss)]) == []


def test_only_a_tool_hands_over_by_its_name() -> None:
    boss = agent("Boss")

    assert find_handoffs([boss, make_step("transfer_to_refunds", 1, 2, below=boss)]) == []


def test_nobody_hands_over_outside_of_an_agent() -> None:
    assert find_handoffs([tool("transfer_to_refunds")]) == []


@pytest.mark.parametrize("name", ["transfer_to_agent", "handoff_to_agent", "Delegate to Coworker"])
def test_a_tool_that_names_the_agent_in_its_arguments_hands_over_to_the_one_that_then_works(name) -> None:
    flow = make_step("flow", kind="workflow")
    boss = agent("Boss", 1, below=flow)
    hand = tool(name, 2, below=boss)
    clerk = agent("Clerk", 4, below=flow)

    assert find_handoffs([flow, boss, hand, clerk]) == [Handoff("Boss", "Clerk", "handoff", b"Clerk")]


def test_a_handover_back_to_the_agent_around_it_is_one() -> None:
    clerk = agent("Clerk")
    boss = agent("Boss", 1, below=clerk)
    hand = tool("transfer_to_agent", 2, below=boss)
    back = agent("Clerk", 4, below=clerk, span="back")

    assert find_handoffs([clerk, boss, hand, back]) == [
        Handoff("Clerk", "Boss", "call", b"Boss"),
        Handoff("Boss", "Clerk", "handoff", b"back"),
    ]


def test_an_agent_that_is_called_meanwhile_takes_no_handover() -> None:
    flow = make_step("flow", kind="workflow")
    boss = agent("Boss", 1, below=flow)
    hand = tool("transfer_to_agent", 2, below=boss)
    called = agent("Expert", 3, below=boss)
    clerk = agent("Clerk", 5, below=flow)

    assert find_handoffs([flow, boss, hand, called, clerk]) == [
        Handoff("Boss", "Expert", "call", b"Expert"),
        Handoff("Boss", "Clerk", "handoff", b"Clerk"),
    ]


def test_nobody_hands_over_to_the_agent_that_then_works_outside_of_an_agent() -> None:
    assert find_handoffs([tool("transfer_to_agent"), agent("Clerk", 2)]) == []


def test_a_handover_that_nobody_takes_is_none() -> None:
    boss = agent("Boss")

    assert find_handoffs([boss, tool("transfer_to_agent", 1, below=boss)]) == []


def test_a_handover_is_taken_once() -> None:
    flow = make_step("flow", kind="workflow")
    boss = agent("Boss", 1, below=flow)
    hand = tool("transfer_to_agent", 2, below=boss)

    found = find_handoffs([flow, boss, hand, agent("Clerk", 4, below=flow), agent("Expert", 5, below=flow)])

    assert found == [Handoff("Boss", "Clerk", "handoff", b"Clerk")]


def test_no_more_than_the_first_hundred_are_kept() -> None:
    boss = agent("Boss")
    steps = [boss, *(tool(f"transfer_to_{place}", place, below=boss) for place in range(MOST_HANDOFFS + 3))]

    found = find_handoffs(steps)

    assert (len(found), found[0].receiver, found[-1].receiver) == (100, "0", "99")
