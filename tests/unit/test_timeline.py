"""The geometry of a trace's rows."""

from decimal import Decimal

import pytest

from dashboards.domain.timeline import (
    HUNDRED_PERCENT,
    MOST_TICKS,
    NARROWEST,
    Window,
    axis_ticks,
    bar,
    build_timeline,
    deadline_position,
    unknown_rows,
)
from tests.unit.nodes import SECOND, make_node


def draw(*nodes):
    return build_timeline(
        nodes, start_ns=min(node.start_ns for node in nodes), end_ns=max(node.end_ns for node in nodes)
    )


def call(span_id, **values):
    defaults = {"kind": "llm", "reason": "call", "is_counted": True, "counted_tokens": 110}
    return make_node(span_id, **defaults | values)


def test_rows_stand_in_reading_order_with_their_levels():
    timeline = draw(
        make_node(3, parent=1, start=5, end=6),
        make_node(1, start=0, end=10),
        make_node(4, parent=2, start=2, end=3),
        make_node(2, parent=1, start=1, end=4),
    )

    assert [(row.span_id[-1], row.level) for row in timeline.rows] == [("1", 1), ("2", 2), ("4", 3), ("3", 2)]


def test_rows_know_their_place_among_siblings_and_what_is_below():
    timeline = draw(
        make_node(1, end=10),
        make_node(2, parent=1, start=1),
        make_node(3, parent=1, start=2),
        make_node(4, parent=3),
    )

    root, first, second, _ = timeline.rows
    assert (root.position_in_set, root.set_size, root.child_count, root.below_count) == (1, 1, 2, 3)
    assert (first.position_in_set, first.set_size, first.child_count) == (1, 2, 0)
    assert (second.position_in_set, second.set_size, second.below_count) == (2, 2, 1)


def test_bars_lie_where_their_time_is():
    timeline = draw(make_node(1, start=0, end=8), make_node(2, parent=1, start=2, end=6))

    assert [(row.offset, row.width) for row in timeline.rows] == [("0.00%", "100.00%"), ("25.00%", "50.00%")]


@pytest.mark.parametrize(
    ("start_ns", "end_ns", "expected"),
    [
        (0, 0, (0, NARROWEST)),
        (1_000, 1_000, (HUNDRED_PERCENT - NARROWEST, NARROWEST)),
        (-500, 100, (0, 1_000)),
        (900, 5_000, (9_000, 1_000)),
        (600, 200, (6_000, NARROWEST)),
    ],
    ids=["no duration", "at the very end", "starts before", "ends after", "ends before it starts"],
)
def test_a_bar_stays_within_the_window_and_is_never_invisible(start_ns, end_ns, expected):
    assert bar(Window(0, 1_000), start_ns=start_ns, end_ns=end_ns) == expected


def test_the_window_grows_for_a_span_that_outlives_its_request():
    timeline = build_timeline(
        [make_node(1, start=1, end=2), make_node(2, parent=1, start=0, end=9)],
        start_ns=SECOND,
        end_ns=2 * SECOND,
    )

    assert timeline.window == Window(0, 9 * SECOND)


def test_a_trace_without_spans_or_duration_can_be_drawn():
    timeline = build_timeline([], start_ns=5, end_ns=5)

    assert timeline.rows == []
    assert [tick.label for tick in timeline.ticks] == ["0"]


@pytest.mark.parametrize(
    ("length_ns", "labels"),
    [
        (1, ["0"]),
        (576_000_000, ["0", "200 ms", "400 ms"]),
        (10 * SECOND, ["0", "5 s"]),
        (70 * SECOND, ["0", "30 s", ""]),  # a label at 86 % would not fit
        (20 * 60 * SECOND, ["0", "10 min"]),
        (3 * 3_600 * SECOND, ["0", "1 h", "2 h"]),
    ],
)
def test_ticks_stand_at_round_times(length_ns, labels):
    assert [tick.label for tick in axis_ticks(Window(0, length_ns))] == labels


@pytest.mark.parametrize("length_ns", [10**power for power in range(20)])
def test_there_are_never_too_many_ticks(length_ns):
    assert 1 <= len(axis_ticks(Window(0, length_ns))) <= MOST_TICKS


def test_a_branch_sums_the_counted_calls_below_it_once():
    timeline = draw(
        make_node(1, end=10, kind="agent", reason="wrapper", is_counted=False, input_tokens=900),
        call(2, parent=1, cost_usd=Decimal("0.02")),
        call(3, parent=2, reason="same_call_nested", is_counted=False, cost_usd=Decimal("0.02")),
        call(4, parent=1, start=5, end=6, cost_usd=Decimal("0.01")),
    )

    usage = timeline.rows[0].usage
    assert (usage.call_count, usage.tokens, usage.cost_usd) == (2, 220, Decimal("0.03"))
    assert usage.unknown_call_count == 0
    assert [row.is_second_report for row in timeline.rows] == [True, False, True, False]


def test_a_call_of_unknown_cost_makes_the_sum_a_lower_bound_and_a_failed_one_does_not():
    timeline = draw(
        make_node(1, end=10),
        call(2, parent=1, cost_usd=Decimal("0.02")),
        call(3, parent=1, start=2, end=3, cost_usd=None),
        call(4, parent=1, start=3, end=4, reason="unmetered", is_counted=False, input_tokens=None),
        call(5, parent=1, start=4, end=5, reason="failed", is_counted=False, status=2),
    )

    usage = timeline.rows[0].usage
    assert (usage.call_count, usage.unknown_call_count, usage.cost_usd) == (4, 2, Decimal("0.02"))
    assert [row.span_id[-1] for row in unknown_rows(timeline.rows)] == ["3", "4"]


@pytest.mark.parametrize(("moment_ns", "position"), [(500, "50.00%"), (0, "0.00%"), (1_001, ""), (-1, "")])
def test_the_deadline_is_drawn_only_where_the_trace_reaches_it(moment_ns, position):
    assert deadline_position(Window(0, 1_000), moment_ns=moment_ns) == position


def test_ten_thousand_levels_are_drawn_without_recursion():
    timeline = draw(
        *(make_node(number, parent=number - 1 or None, start=0, end=1) for number in range(1, 10_001))
    )

    assert timeline.rows[-1].level == 10_000
    assert timeline.rows[0].below_count == 9_999
