"""All that a run's behaviour shows, from its spans in any order."""

import pytest

from tests.unit.orders import in_other_orders
from tests.unit.spans import make_span
from traces.domain.behaviour.handoffs import Handoff
from traces.domain.behaviour.loops import Loop
from traces.domain.behaviour.retries import MOST_KEPT, Fallback, Retry
from traces.domain.behaviour.run import read_steps
from traces.domain.behaviour.summary import Behaviour, read_behaviour
from traces.domain.summary import summarise
from traces.domain.tree import build_forest, start_order, walk


def span(name, parent, start, end, **columns):
    if "arguments" in columns:
        columns["details"] = {"arguments_digest": columns.pop("arguments")}
    return make_span(name, parent, start_ns=start, end_ns=end, **columns)


GPT = {"kind": "llm", "provider": "openai", "request_model": "gpt-4o"}
CLAUDE = {"kind": "llm", "provider": "anthropic", "request_model": "claude-sonnet-4-5"}

STORY = [
    span("boss", None, 0, 1_000, kind="agent", agent="Boss"),
    span("plan", "boss", 0, 100, state="plan"),
    span("limited", "plan", 10, 20, status=2, error_type="RateLimitError", **GPT),
    span("limited again", "plan", 25, 30, status=2, error_type="RateLimitError", **GPT),
    span("answered", "plan", 45, 60, input_tokens=50_000, output_tokens=1, **CLAUDE),
    span("clerk", "boss", 100, 600, kind="agent", agent="Clerk", state="work"),
    *(
        span(f"search {at}", "clerk", at, at + 10, kind="tool", tool="search", arguments="a1")
        for at in (110, 130, 150)
    ),
    span("first", "clerk", 200, 210, input_tokens=1_000, output_tokens=1, **GPT),
    span("second", "clerk", 220, 230, input_tokens=64_000, output_tokens=1, **GPT),
    span("approval", "boss", 600, 900, kind="human"),
    span("hand over", "boss", 900, 910, kind="tool", tool="transfer_to_refunds"),
]


def test_a_run_shows_its_states_handoffs_loops_retries_fallbacks_context_and_waits() -> None:
    behaviour = summarise(STORY).behaviour

    assert [
        (state["state"], state["start_time_unix_nano"], state["agent"]) for state in behaviour.states
    ] == [
        ("plan", "0", "Boss"),
        ("work", "100", "Clerk"),
        ("human", "600", "Boss"),
    ]
    assert behaviour.handoffs == [
        Handoff("Boss", "Clerk", "call", b"clerk"),
        Handoff("Boss", "refunds", "handoff", b"hand over"),
    ]
    assert behaviour.loops == [Loop("tool", "search", "Clerk", 3, b"search 110")]
    assert behaviour.retries == [Retry("llm", "gpt-4o", "Boss", 3, True, 20, "RateLimitError", b"limited")]
    assert behaviour.fallbacks == [
        Fallback("gpt-4o", "claude-sonnet-4-5", "Boss", "RateLimitError", b"answered")
    ]
    assert [(one.agent, one.model, one.calls, one.first, one.last) for one in behaviour.context] == [
        ("Clerk", "gpt-4o", 2, 1_000, 64_000),
        ("Boss", "claude-sonnet-4-5", 1, 50_000, 50_000),
    ]
    assert [(one.window, one.share) for one in behaviour.context] == [(128_000, 0.5), (200_000, 0.25)]
    assert (behaviour.retry_count, behaviour.retry_wait_ns, behaviour.fallback_count) == (2, 20, 1)
    assert (behaviour.loop_count, behaviour.human_wait_count) == (3, 1)


def test_a_runs_behaviour_does_not_depend_on_the_order_of_arrival() -> None:
    expected = summarise(STORY).behaviour
    for arrived in in_other_orders(STORY):
        assert summarise(arrived).behaviour == expected


def test_a_run_of_one_span_shows_nothing() -> None:
    behaviour = summarise([make_span("span")]).behaviour

    assert behaviour == Behaviour([], [], [], [], [], [], 0, 0, 0, 0)
    assert behaviour.loop_count == 0
    assert read_behaviour([]) == behaviour


def test_the_loop_count_is_the_longest_loops() -> None:
    spans = [
        span(f"{name} {at}", None, at, at + 1, kind="tool", tool=name, arguments="a1")
        for name, times in (("fetch", 3), ("search", 4))
        for at in range(times)
    ]

    behaviour = summarise(spans).behaviour

    assert ([loop.name for loop in behaviour.loops], behaviour.loop_count) == (["search", "fetch"], 4)


def test_the_lists_are_bounded_and_the_counts_are_of_all() -> None:
    failed = {"status": 2, "error_type": "RateLimitError"}
    spans = [make_span("agent", kind="agent", end_ns=10_000)]
    for place in range(MOST_KEPT + 10):
        at = place * 100
        spans += [
            span(f"step {place}", "agent", at, at + 90),
            span(f"failed {place}", f"step {place}", at, at + 10, **GPT, **failed),
            span(f"again {place}", f"step {place}", at + 13, at + 20, **CLAUDE, input_tokens=1),
        ]

    behaviour = summarise(spans).behaviour

    assert (len(behaviour.retries), len(behaviour.fallbacks)) == (50, 50)
    assert (behaviour.retry_count, behaviour.retry_wait_ns, behaviour.fallback_count) == (60, 180, 60)


def test_two_spans_that_are_each_others_parents_are_told_like_others() -> None:
    spans = [
        span("one", "two", 0, 10, kind="agent", agent="A", state="s"),
        span("two", "one", 1, 9, kind="agent", agent="B", state="s"),
    ]
    for arrived in (spans, spans[::-1]):
        behaviour = summarise(arrived).behaviour
        assert behaviour.handoffs == [Handoff("A", "B", "call", b"two")]
        assert [state["state"] for state in behaviour.states] == ["s"]


@pytest.mark.parametrize("end", [0, -5], ids=["at its start", "before its start"])
def test_a_run_that_ends_at_or_before_its_start_has_no_negative_times(end) -> None:
    behaviour = summarise([span("run", None, 0, end, state="s")]).behaviour

    assert [state["end_time_unix_nano"] for state in behaviour.states] == ["0"]


def test_steps_stand_in_order_of_start_the_longer_first() -> None:
    spans = [
        span("late", "root", 5, 6),
        span("short", "root", 0, 3),
        span("b", "root", 0, 4),
        span("a", "root", 0, 4),
        span("root", None, 0, 10),
    ]
    for arrived in (spans, *in_other_orders(spans)):
        nodes = list(walk(build_forest(arrived)))
        by_start = sorted(nodes, key=start_order)
        steps = read_steps(nodes, by_start=by_start, agents={}, decisions=[])
        assert [step.span.name for step in steps] == ["root", "a", "b", "short", "late"]
        assert [step.parent and step.parent.name for step in steps] == [None, *["root"] * 4]


def test_a_child_that_begins_before_its_parent_by_a_wrong_clock_knows_what_is_around_it() -> None:
    spans = [
        span("boss", None, 0, 100, kind="agent", agent="Boss"),
        span("plan", "boss", 50, 90, state="plan"),
        span("deep", "plan", 20, 40, state="plan"),
        span("clerk", "plan", 10, 40, kind="agent", agent="Clerk"),
        span("clerk's own", "clerk", 5, 30, kind="agent", agent="Typist"),
    ]

    behaviour = summarise(spans).behaviour

    assert [state["state"] for state in behaviour.states] == ["plan"]
    assert [(found.sender, found.receiver) for found in behaviour.handoffs] == [
        ("Clerk", "Typist"),
        ("Boss", "Clerk"),
    ]
