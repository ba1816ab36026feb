"""How much of its model's window an agent's calls fill."""

from tests.unit.steps import make_step
from traces.domain.behaviour.context import MOST_AGENTS, ContextGrowth, find_context_growth
from traces.domain.behaviour.run import Step
from traces.domain.call_reports import Reason

WINDOWS = {"gpt-4o": 1_000, "claude-sonnet-4-5": 10_000}


def growth(*steps: Step):
    return find_context_growth(steps, find_window=lambda _, model: WINDOWS.get(model))


def call(name, tokens, *, model="gpt-4o", agent="A", **columns):
    return make_step(name, kind="llm", request_model=model, agent=agent, input_tokens=tokens, **columns)


def test_no_calls_fill_no_window() -> None:
    assert growth() == []
    assert growth(make_step("agent", kind="agent", agent="A", input_tokens=5, request_model="gpt-4o")) == []


def test_one_call_is_the_first_the_last_and_the_fullest() -> None:
    assert growth(call("one", 250)) == [ContextGrowth("A", "gpt-4o", 1, 250, 250, 250, 1_000, b"one")]


def test_the_fullest_call_may_stand_between_the_first_and_the_last() -> None:
    assert growth(call("one", 100), call("two", 900), call("three", 300)) == [
        ContextGrowth("A", "gpt-4o", 3, 100, 300, 900, 1_000, b"two")
    ]


def test_of_two_equally_full_calls_the_first_is_named() -> None:
    assert growth(call("one", 100), call("two", 100))[0].peak_span_id == b"one"


def test_the_share_is_how_full_the_fullest_call_was() -> None:
    (known,) = growth(call("one", 250))
    (unknown,) = growth(call("one", 250, model="house"))

    assert (known.share, unknown.share, unknown.window) == (0.25, 0.0, None)


def test_each_agent_and_each_model_grows_for_itself_the_fullest_first() -> None:
    found = growth(
        call("a", 100),
        call("b", 500, agent="B"),
        call("c", 6_000, model="claude-sonnet-4-5"),
        call("d", 200),
        call("e", 90_000, model="house"),
        call("f", 10, agent=None),
    )

    assert [(one.agent, one.model, one.calls, one.peak) for one in found] == [
        ("A", "claude-sonnet-4-5", 1, 6_000),
        ("B", "gpt-4o", 1, 500),
        ("A", "gpt-4o", 2, 200),
        (None, "gpt-4o", 1, 10),
        ("A", "house", 1, 90_000),
    ]


def test_the_served_model_has_the_window() -> None:
    assert growth(call("one", 100, model="route", response_model="gpt-4o"))[0].window == 1_000


def test_the_provider_of_the_fullest_call_is_asked_for_the_window() -> None:
    asked = []

    find_context_growth(
        [call("one", 100, provider="openai"), call("two", 200, provider="azure.ai.openai")],
        find_window=lambda provider, model: asked.append((provider, model)),
    )

    assert asked == [("azure.ai.openai", "gpt-4o")]


def test_calls_that_are_not_counted_fill_nothing() -> None:
    steps = [
        call("second report", 900, reason=Reason.SAME_CALL_NESTED),
        call("silent", None),
        call("empty", 0),
        call("nameless", 900, model=None),
        make_step("embedding", kind="embedding", request_model="gpt-4o", input_tokens=900),
    ]

    assert growth(*steps) == []


def test_no_more_than_the_fullest_fifty_are_kept() -> None:
    found = growth(
        *(call(f"call {place}", place + 1, agent=f"agent {place}") for place in range(MOST_AGENTS + 1))
    )

    assert (len(found), found[0].peak, found[-1].peak) == (50, 51, 2)
