"""What agents and workflows report beyond the calls below them: nothing, a remainder, or what a total grew by."""

import pytest

from tests.unit.orders import in_other_orders
from tests.unit.spans import make_span
from traces.domain.call_reports import Reason, ReportElsewhere, collect_reports, reports_elsewhere
from traces.domain.call_wrappers import find_wrappers
from traces.domain.counting import count_calls
from traces.domain.tree import build_forest
from traces.semconv.tokens import Usage

SECOND = 1_000_000_000


def tokens(given, produced):
    return {"input_tokens": given, "output_tokens": produced}


def call(name, parent, *usage, **columns):
    """A model call; without usage it is silent."""
    return make_span(name, parent, kind="llm", **(tokens(*usage) if usage else {}), **columns)


def agent(name, parent=None, *usage, **columns):
    return make_span(name, parent, kind="agent", **(tokens(*usage) if usage else {}), **columns)


def read(*spans, elsewhere=()):
    """(names of wrappers, remainders by name, names of the calls that these pay for)"""
    reports = collect_reports(build_forest(spans))
    told = list(reports_elsewhere(ReportElsewhere(span, False) for span in elsewhere))
    found = find_wrappers(reports, told)
    names = {id(report): report.span.name for report in reports}
    return (
        {names[one] for one in found.wrappers},
        {names[one]: usage for one, usage in found.remainders.items()},
        {names[one] for one in found.metered_above},
    )


def decide(*spans):
    """{span name: (reason, input tokens where it is counted)}"""
    return {
        decision.span.name: (decision.reason, decision.usage.input_tokens if decision.is_counted else None)
        for decision in count_calls(collect_reports(build_forest(spans)))
    }


# --- Which spans repeat others ----------------------------------------------------------------------


def test_nothing_wraps_nothing() -> None:
    assert read() == (set(), {}, set())


def test_an_agent_alone_repeats_nobody() -> None:
    assert read(agent("agent", None, 100, 10)) == (set(), {}, set())


def test_an_agent_over_a_failed_call_alone_is_no_wrapper() -> None:
    spans = (agent("agent", None, 100, 10), call("failed", "agent", status=2))

    assert read(*spans) == (set(), {}, set())
    assert decide(*spans)["agent"] == (Reason.ONLY_REPORT, 100)


def test_a_failed_call_that_reports_usage_explains_it() -> None:
    spans = (agent("agent", None, 100, 10), call("cut", "agent", 100, 10, status=2))

    assert read(*spans) == ({"agent"}, {}, set())


def test_every_level_of_a_workflow_is_a_wrapper() -> None:
    spans = (
        make_span("flow", kind="workflow", **tokens(100, 10)),
        agent("outer", "flow", 100, 10),
        make_span("tool", "outer", kind="tool", **tokens(100, 10)),
        call("call", "tool", 100, 10),
    )

    assert read(*spans)[0] == {"flow", "outer", "tool"}


@pytest.mark.parametrize(
    ("usage", "is_wrapper"),
    [((300, 9), True), ((), True), ((299, 9), False), ((100, 9), False)],
    ids=["their sum", "nothing", "less than the sum", "one of them"],
)
def test_a_model_call_over_several_is_a_wrapper_where_it_has_their_sum_or_nothing(usage, is_wrapper) -> None:
    spans = (call("loop", None, *usage), call("one", "loop", 100, 4), call("two", "loop", 200, 5))

    assert read(*spans)[0] == ({"loop"} if is_wrapper else set())


def test_a_model_call_whose_tool_calls_models_is_a_call_itself() -> None:
    spans = (
        call("stream", None, 300, 9),
        make_span("tool", "stream", kind="tool"),
        call("one", "tool", 100, 4),
        call("two", "tool", 200, 5),
    )

    assert read(*spans) == (set(), {}, set())


# --- Remainders -------------------------------------------------------------------------------------


def test_what_no_silent_call_explains_is_no_remainder() -> None:
    assert read(agent("agent", None, 900, 90), call("call", "agent", 100, 10)) == ({"agent"}, {}, set())


def test_what_an_agent_reports_beyond_its_calls_is_the_silent_ones() -> None:
    spans = (
        agent("agent", None, 250, 30),
        call("told", "agent", 100, 10),
        call("silent", "agent"),
        call("silent too", "agent"),
    )

    assert read(*spans) == ({"agent"}, {"agent": Usage(150, None, None, 20, None)}, {"silent", "silent too"})
    assert decide(*spans) == {
        "agent": (Reason.REMAINDER, 150),
        "told": (Reason.CALL, 100),
        "silent": (Reason.METERED_ABOVE, None),
        "silent too": (Reason.METERED_ABOVE, None),
    }


def test_a_remainder_that_is_all_of_it_keeps_its_parts() -> None:
    silent = agent("agent", None, 250, 30, cache_read_input_tokens=200, reasoning_output_tokens=7)

    assert read(silent, call("silent", "agent"))[1] == {"agent": Usage(250, 200, None, 30, 7)}


def test_a_remainder_beside_told_calls_does_not_know_its_parts() -> None:
    partly = agent("agent", None, 250, 30, cache_read_input_tokens=200, reasoning_output_tokens=7)
    spans = (partly, call("told", "agent", 100, 10), call("silent", "agent"))

    assert read(*spans)[1] == {"agent": Usage(150, None, None, 20, None)}


@pytest.mark.parametrize(
    "usage", [(100, 10), (90, 10), (150, 9), (100, 90)], ids=["equal", "less", "less out", "equal in"]
)
def test_an_agent_that_has_no_more_than_its_told_calls_pays_for_no_other(usage) -> None:
    spans = (agent("agent", None, *usage), call("told", "agent", 100, 10), call("silent", "agent"))

    assert read(*spans) == ({"agent"}, {}, set())
    assert decide(*spans)["silent"] == (Reason.UNMETERED, None)


def test_a_remainder_of_input_alone_needs_no_output() -> None:
    spans = (agent("agent", None, 101, 10), call("told", "agent", 100, 10), call("silent", "agent"))

    assert read(*spans)[1] == {"agent": Usage(1, None, None, 0, None)}


def test_a_silent_agent_pays_for_nothing() -> None:
    assert read(agent("agent"), call("silent", "agent")) == (set(), {}, set())


def test_a_failed_silent_call_is_not_paid_for() -> None:
    spans = (
        agent("agent", None, 100, 10),
        call("told", "agent", 60, 6),
        call("failed", "agent", status=2),
    )

    assert read(*spans) == ({"agent"}, {}, set())


def test_a_silent_call_that_a_tool_makes_is_its_agents() -> None:
    spans = (agent("agent", None, 50, 5), make_span("tool", "agent", kind="tool"), call("silent", "tool"))

    assert read(*spans) == ({"agent"}, {"agent": Usage(50, None, None, 5, None)}, {"silent"})


@pytest.mark.parametrize(
    ("reported", "left"),
    [
        ((160, 16), (20, 2)),
        ((60, 6), (20, 2)),
        ((40, 4), None),
        ((140, 15), None),
        ((150, 14), (10, 0)),
        ((150, 5), (110, 1)),
    ],
    ids=[
        "all calls below",
        "its own alone",
        "its own told one alone",
        "all told input",
        "all told output",
        "less output than all",
    ],
)
def test_an_agent_that_calls_another_may_report_both_or_itself(reported, left) -> None:
    spans = (
        agent("agent", None, *reported),
        call("told", "agent", 40, 4),
        call("silent", "agent"),
        agent("other", "agent", 100, 10),
        call("others", "other", 100, 10),
    )

    expected = {} if left is None else {"agent": Usage(left[0], None, None, left[1], None)}
    assert read(*spans) == ({"agent", "other"}, expected, {"silent"} if left else set())


@pytest.mark.parametrize(
    ("reported", "left"),
    [
        pytest.param((150, 15), (50, 5), id="both: the rest is the other agent's"),
        pytest.param((100, 10), None, id="its own calls only"),
        pytest.param((90, 9), None, id="less than its own calls"),
        pytest.param((150, 9), None, id="more in and less out is no sum"),
    ],
)
def test_an_agent_may_tell_what_a_silent_agent_used_that_it_called(reported, left) -> None:
    wrappers, remainders, paid = read(
        agent("caller", None, *reported),
        call("own", "caller", 100, 10),
        agent("silent", "caller"),
        call("hers", "silent"),
        call("hers too", "silent"),
    )
    assert wrappers == {"caller"}
    assert remainders == ({} if left is None else {"caller": Usage(left[0], None, None, left[1], None)})
    assert paid == (set() if left is None else {"hers", "hers too"})


def test_its_own_silent_calls_are_paid_for_before_those_of_others() -> None:
    _, remainders, paid = read(
        agent("caller", None, 150, 15),
        call("own", "caller"),
        agent("silent", "caller"),
        call("hers", "silent"),
    )
    assert (set(remainders), paid) == ({"caller"}, {"own"})


def test_a_silent_agent_that_calls_another_one_hands_all_calls_up() -> None:
    _, remainders, paid = read(
        agent("top", None, 80, 8),
        agent("middle", "top"),
        agent("bottom", "middle"),
        call("one", "middle"),
        call("two", "bottom"),
    )
    assert remainders == {"top": Usage(80, None, None, 8, None)}
    assert paid == {"one", "two"}


def test_an_inner_remainder_is_part_of_the_outer_sum() -> None:
    spans = (
        agent("outer", None, 180, 18),
        call("silent outside", "outer"),
        agent("inner", "outer", 150, 15),
        call("told", "inner", 100, 10),
        call("silent inside", "inner"),
    )

    assert read(*spans) == (
        {"outer", "inner"},
        {"inner": Usage(50, None, None, 5, None), "outer": Usage(30, None, None, 3, None)},
        {"silent inside", "silent outside"},
    )


def test_an_inner_remainder_leaves_nothing_to_an_outer_span_that_repeats_it() -> None:
    spans = (
        agent("outer", None, 150, 15),
        make_span("loop", "outer", kind="workflow", **tokens(150, 15)),
        call("told", "loop", 100, 10),
        call("silent", "loop"),
    )

    assert read(*spans)[1] == {"loop": Usage(50, None, None, 5, None)}


def test_a_call_that_two_spans_tell_is_added_up_once() -> None:
    spans = (
        agent("agent", None, 250, 25),
        call("outer", "agent", 100, 10, scope="framework"),
        call("inner", "outer", 100, 10, scope="sdk"),
        call("silent", "agent", start_ns=5 * SECOND, end_ns=6 * SECOND),
    )

    assert decide(*spans)["agent"] == (Reason.REMAINDER, 150)


def test_both_spans_of_a_silent_call_are_paid_for_by_the_agent() -> None:
    spans = (
        agent("agent", None, 100, 10),
        call("outer", "agent", scope="framework"),
        call("inner", "outer", scope="sdk"),
    )

    decided = decide(*spans)

    assert decided["agent"] == (Reason.REMAINDER, 100)
    assert sorted(decided[name][0] for name in ("outer", "inner")) == [
        Reason.METERED_ABOVE,
        Reason.SAME_CALL_NESTED,
    ]


def test_remainders_do_not_depend_on_the_order_of_arrival() -> None:
    spans = [
        agent("outer", None, 400, 40),
        agent("inner", "outer", 150, 15),
        *(call(f"told {place}", "inner", 10, 1, start_ns=place) for place in range(10)),
        *(call(f"silent {place}", "inner", start_ns=place) for place in range(5)),
        *(call(f"outside {place}", "outer", start_ns=place) for place in range(5)),
    ]
    expected = (
        {"outer", "inner"},
        {"inner": Usage(50, None, None, 5, None), "outer": Usage(250, None, None, 25, None)},
        {f"{name} {place}" for name in ("silent", "outside") for place in range(5)},
    )
    for arrived in in_other_orders(spans):
        assert read(*arrived) == expected


def test_wrappers_in_a_cycle_are_told_once() -> None:
    spans = (
        agent("one", "two", 100, 10),
        agent("two", "one", 100, 10, start_ns=1),
        call("call", "two", 100, 10),
    )

    assert read(*spans) == ({"one", "two"}, {}, set())


# --- Running totals ---------------------------------------------------------------------------------


def turn(name, end, *usage, of="agent-1", parent=None, **columns):
    """A turn of an agent object that reports its total over all turns, up to `end` seconds."""
    return agent(
        name,
        parent,
        *usage,
        start_ns=(end - 1) * SECOND,
        end_ns=end * SECOND,
        details={"running_total_of": of},
        **columns,
    )


def test_only_what_a_running_total_grew_by_is_a_remainder() -> None:
    spans = [
        turn("first", 1, 100, 10),
        turn("second", 2, 250, 25),
        turn("third", 3, 300, 26),
        call("silent in first", "first"),
        call("silent in second", "second"),
        call("told in third", "third", 20, 1),
        call("silent in third", "third"),
    ]
    expected = {
        "first": Usage(100, None, None, 10, None),
        "second": Usage(150, None, None, 15, None),
        "third": Usage(30, None, None, 0, None),
    }
    for arrived in in_other_orders(spans):
        assert read(*arrived)[1] == expected


def test_a_running_total_goes_on_from_an_earlier_trace() -> None:
    earlier = turn("first", 1, 100, 10)
    spans = (turn("second", 2, 250, 25), call("silent", "second"))

    assert read(*spans, elsewhere=[earlier])[1] == {"second": Usage(150, None, None, 15, None)}


def test_a_later_trace_says_nothing_of_an_earlier_total() -> None:
    later = turn("second", 2, 250, 25)
    spans = (turn("first", 1, 100, 10), call("silent", "first"))

    assert read(*spans, elsewhere=[later])[1] == {"first": Usage(100, None, None, 10, None)}


def test_another_agent_objects_total_is_another() -> None:
    earlier = turn("first", 1, 100, 10, of="agent-2")
    spans = (turn("second", 2, 250, 25), call("silent", "second"))

    assert read(*spans, elsewhere=[earlier])[1] == {"second": Usage(250, None, None, 25, None)}


@pytest.mark.parametrize("usage", [(90, 25), (250, 9)], ids=["input", "output"])
def test_a_total_that_shrank_tells_nothing_and_the_next_one_counts_from_it(usage) -> None:
    spans = (
        turn("first", 1, 100, 10),
        turn("second", 2, *usage),
        turn("third", 3, usage[0] + 30, usage[1] + 3),
        call("silent in second", "second"),
        call("silent in third", "third"),
    )

    wrappers, remainders, paid = read(*spans)

    assert remainders == {"third": Usage(30, None, None, 3, None)}
    assert (wrappers, paid) == ({"second", "third"}, {"silent in third"})


def test_a_total_of_an_agent_without_an_id_tells_nothing() -> None:
    spans = (turn("turn", 1, 100, 10, of=""), call("silent", "turn"))

    assert read(*spans) == ({"turn"}, {}, set())


def test_a_running_total_may_grow_by_input_alone() -> None:
    spans = (turn("first", 1, 100, 10), turn("second", 2, 250, 10), call("silent", "second"))

    assert read(*spans)[1] == {"second": Usage(150, None, None, 0, None)}


def test_what_a_running_total_grew_by_is_the_agents_own_without_the_agents_that_it_called() -> None:
    spans = (
        turn("turn", 1, 150, 15),
        call("told", "turn", 40, 4),
        call("silent", "turn"),
        agent("other", "turn", 100, 10),
        call("others", "other", 100, 10),
    )

    assert read(*spans)[1] == {"turn": Usage(110, None, None, 11, None)}


def test_a_running_total_that_did_not_grow_pays_for_nothing() -> None:
    spans = (turn("first", 1, 100, 10), turn("second", 2, 100, 10), call("silent", "second"))

    assert read(*spans)[1] == {}


def test_a_running_total_over_no_call_counts_with_what_it_grew_by() -> None:
    spans = (
        turn("first", 1, 100, 10),
        turn("second", 2, 100, 10),
        turn("third", 3, 130, 11),
        turn("nobody's", 4, 130, 11, of=""),
    )
    assert decide(*spans) == {
        "first": (Reason.GROWTH, 100),
        "second": (Reason.RUNNING_TOTAL, None),
        "third": (Reason.GROWTH, 30),
        "nobody's": (Reason.RUNNING_TOTAL, None),
    }


def test_an_agent_above_repeats_what_a_running_total_grew_by() -> None:
    spans = (
        agent("crew", None, 130, 11),
        call("silent", "crew"),
        turn("first", 1, 100, 10, parent="crew"),
        turn("second", 2, 130, 11, parent="crew"),
    )
    assert decide(*spans)["crew"] == (Reason.WRAPPER, None)
