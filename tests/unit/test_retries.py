"""What came after a failed attempt: the same again, another model, or nothing."""

import pytest

from tests.unit.steps import make_step
from traces.domain.behaviour.retries import Fallback, Retry, find_retries
from traces.domain.call_reports import Reason
from traces.domain.model_names import is_same_model

AGENT = make_step("agent", 0, 1_000, kind="agent", agent="A")
OTHER = make_step("other", 0, 1_000, kind="agent", agent="B")
FAILED = {"status": 2, "error_type": "RateLimitError"}


def call(name, start, end, *, model="gpt-4o", below=AGENT, **columns):
    return make_step(name, start, end, below=below, kind="llm", request_model=model, **columns)


def tool(name, start, end, *, tool="search", below=AGENT, **columns):
    return make_step(name, start, end, below=below, kind="tool", tool=tool, **columns)


def test_nothing_was_tried_again() -> None:
    assert find_retries([]) == ([], [])
    assert find_retries([AGENT]) == ([], [])
    assert find_retries([call("one", 0, 10)]) == ([], [])
    assert find_retries([call("one", 0, 10, **FAILED)]) == ([], [])


def test_calls_that_succeed_one_after_another_are_no_retries() -> None:
    assert find_retries([call("one", 0, 10), call("two", 10, 20), call("three", 20, 30, **FAILED)]) == (
        [],
        [],
    )


def test_a_failed_call_that_is_made_again_is_a_retry() -> None:
    steps = [call("one", 0, 10, **FAILED), call("two", 15, 30, **FAILED), call("three", 50, 60)]

    assert find_retries(steps) == (
        [
            Retry(
                "llm", "gpt-4o", "A", 3, recovered=True, waited_ns=25, error="RateLimitError", span_id=b"one"
            )
        ],
        [],
    )


def test_a_retry_that_never_succeeded_did_not_recover() -> None:
    steps = [call("one", 0, 10, **FAILED), call("two", 10, 20, **FAILED)]

    assert find_retries(steps) == (
        [
            Retry(
                "llm", "gpt-4o", "A", 2, recovered=False, waited_ns=0, error="RateLimitError", span_id=b"one"
            )
        ],
        [],
    )


def test_after_a_success_attempts_are_counted_anew() -> None:
    steps = [
        call("one", 0, 10, **FAILED),
        call("two", 10, 20),
        call("three", 20, 30),
        call("four", 30, 40, **FAILED),
        call("five", 45, 50),
    ]

    assert [(retry.span_id, retry.attempts, retry.waited_ns) for retry in find_retries(steps)[0]] == [
        (b"one", 2, 0),
        (b"four", 2, 5),
    ]


def test_a_call_in_parallel_with_the_failed_one_does_not_answer_it() -> None:
    steps = [call("failed", 0, 10, **FAILED), call("parallel", 9, 30), call("again", 40, 50)]

    (retry,), _ = find_retries(steps)

    assert (retry.attempts, retry.recovered, retry.waited_ns) == (2, True, 30)


def test_a_call_in_parallel_with_the_second_attempt_is_no_third() -> None:
    steps = [
        call("one", 0, 10, **FAILED),
        call("two", 15, 30, **FAILED),
        call("parallel", 20, 40),
        call("again", 30, 50),
    ]

    (retry,), _ = find_retries(steps)

    assert (retry.attempts, retry.recovered, retry.waited_ns) == (3, True, 5)


def test_calls_below_two_spans_are_no_attempts_at_one_thing() -> None:
    assert find_retries([call("one", 0, 10, **FAILED), call("two", 20, 30, below=OTHER)]) == ([], [])


def test_second_reports_of_a_failed_call_are_no_attempts() -> None:
    steps = [
        call("one", 0, 10, **FAILED),
        call("nested", 10, 10, reason=Reason.SAME_CALL_NESTED, **FAILED),
        call("beside", 10, 10, reason=Reason.SAME_CALL_OVERLAP, **FAILED),
        call("cached", 11, 12, reason=Reason.LOCAL_CACHE),
    ]

    assert find_retries(steps) == ([], [])


def test_the_message_stands_in_for_an_unnamed_error() -> None:
    steps = [call("one", 0, 10, status=2, status_message="429"), call("two", 10, 20)]

    assert [retry.error for retry in find_retries(steps)[0]] == ["429"]


def test_a_tool_is_retried_by_its_agent_wherever_it_stands() -> None:
    below = make_step("step", 0, 1_000, below=AGENT)
    steps = [tool("one", 0, 10, **FAILED), tool("two", 12, 20, below=below)]

    assert find_retries(steps) == (
        [
            Retry(
                "tool", "search", "A", 2, recovered=True, waited_ns=2, error="RateLimitError", span_id=b"one"
            )
        ],
        [],
    )


@pytest.mark.parametrize("other", [{"tool": "fetch"}, {"below": OTHER}], ids=["tool", "agent"])
def test_another_tool_or_another_agents_is_no_attempt_at_the_same_thing(other) -> None:
    assert find_retries([tool("one", 0, 10, **FAILED), tool("two", 12, 20, **other)]) == ([], [])


def test_a_tool_without_a_name_goes_by_its_spans() -> None:
    steps = [tool("lookup", 0, 10, tool=None, **FAILED), tool("lookup", 10, 20, tool=None)]

    assert [retry.name for retry in find_retries(steps)[0]] == ["lookup"]


def test_a_tool_between_two_calls_does_not_part_them() -> None:
    steps = [call("one", 0, 10, **FAILED), tool("tool", 10, 20), call("two", 20, 30)]

    assert [(retry.kind, retry.attempts) for retry in find_retries(steps)[0]] == [("llm", 2)]


def test_a_tool_that_waits_for_a_person_has_not_failed() -> None:
    steps = [tool("one", 0, 10, status=2, error_type="GraphInterrupt"), tool("two", 20, 30)]

    assert find_retries(steps) == ([], [])


def test_retries_stand_in_order_of_their_first_attempt() -> None:
    steps = [
        call("call one", 0, 10, **FAILED),
        tool("tool one", 5, 8, **FAILED),
        tool("tool two", 9, 10),
        call("call two", 50, 60),
    ]

    assert [retry.span_id for retry in find_retries(steps)[0]] == [b"call one", b"tool one"]


def test_retries_that_began_together_stand_in_order_of_their_first_span() -> None:
    steps = [
        tool("a", 0, 10, tool="one", **FAILED),
        tool("b", 0, 10, tool="two", **FAILED),
        tool("c", 11, 12, tool="two"),
        tool("d", 11, 12, tool="one"),
    ]
    for arrived in (steps, [steps[1], steps[0], *steps[2:]]):
        assert [retry.span_id for retry in find_retries(arrived)[0]] == [b"a", b"b"]


def test_another_models_answer_after_a_failure_is_a_retry_and_a_fallback() -> None:
    steps = [call("one", 0, 10, **FAILED), call("two", 12, 20, model="claude-sonnet-4-5")]

    assert find_retries(steps) == (
        [Retry("llm", "gpt-4o", "A", 2, recovered=True, waited_ns=2, error="RateLimitError", span_id=b"one")],
        [Fallback("gpt-4o", "claude-sonnet-4-5", "A", "RateLimitError", b"two")],
    )


def test_a_fallback_names_the_first_and_the_last_of_several_models() -> None:
    steps = [
        call("one", 0, 10, **FAILED),
        call("two", 10, 20, model="gpt-4o-mini", **FAILED),
        call("three", 20, 30, model="claude-sonnet-4-5"),
    ]

    assert find_retries(steps)[1] == [
        Fallback("gpt-4o", "claude-sonnet-4-5", "A", "RateLimitError", b"three")
    ]


def test_an_answer_that_names_its_model_alone_is_a_fallback_too() -> None:
    steps = [
        call("one", 0, 10, **FAILED),
        call("two", 10, 20, model=None, response_model="claude-sonnet-4-5"),
    ]

    assert [one.answered for one in find_retries(steps)[1]] == ["claude-sonnet-4-5"]


@pytest.mark.parametrize(
    "last",
    [{"model": "claude-sonnet-4-5", **FAILED}, {"model": "gpt-4o-2024-08-06"}, {"model": None}],
    ids=["it failed too", "a version of the same", "no name"],
)
def test_what_did_not_fall_back_on_another_model_is_a_retry_alone(last) -> None:
    retries, fallbacks = find_retries([call("one", 0, 10, **FAILED), call("two", 10, 20, **last)])

    assert (len(retries), fallbacks) == (1, [])


def test_a_gateway_that_answers_with_another_model_fell_back() -> None:
    step = call("call", 0, 10, response_model="openai/gpt-4o-mini")

    assert find_retries([step]) == ([], [Fallback("gpt-4o", "openai/gpt-4o-mini", "A", None, b"call")])


def test_a_gateway_that_answers_with_a_version_did_not() -> None:
    assert find_retries([call("call", 0, 10, response_model="gpt-4o-2024-08-06")]) == ([], [])


def test_another_tool_is_no_fallback() -> None:
    assert find_retries([tool("one", 0, 10, **FAILED), tool("two", 10, 20)])[1] == []


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("gpt-4o", "gpt-4o", True),
        ("gpt-4o", "GPT-4o", True),
        ("gpt-4o", "gpt-4o-2024-08-06", True),
        ("gpt-4", "gpt-4-0613", True),
        ("openai/gpt-4o", "gpt-4o", True),
        ("models/gemini-2.5-flash", "gemini-2.5-flash", True),
        ("claude-3-5-sonnet-latest", "claude-3-5-sonnet", True),
        ("claude-sonnet-4-5@20250929", "claude-sonnet-4-5", True),
        ("us.anthropic.claude-haiku-4-5-20251001-v1:0", "claude-haiku-4-5", True),
        ("gemini-1.5-pro-002", "gemini-1.5-pro", True),
        ("gpt-4o", "gpt-4o-mini", False),
        ("gpt-4", "gpt-4o", False),
        ("gpt-4", "gpt-4-turbo", False),
        ("command-r", "command-r-plus", False),
        ("gpt-4o-2024-05-13", "gpt-4o-2024-08-06", False),
        ("claude-sonnet-4-5", "gpt-4o", False),
        ("o3", "o3-mini", False),
        ("gpt-4", "gpt-4.1", False),
        ("gpt-5", "gpt-5.1", False),
        ("claude-sonnet-4", "claude-sonnet-4-5", False),
        ("claude-opus-4", "claude-opus-4-1-20250805", False),
        ("gemini-2.5-flash-preview-09-2025", "gemini-2.5-flash", True),
    ],
)
def test_a_version_of_a_model_is_that_model(one, other, is_same) -> None:
    assert is_same_model(one, other) is is_same
    assert is_same_model(other, one) is is_same
