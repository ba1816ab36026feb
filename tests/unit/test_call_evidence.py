"""Which reports are found to tell of one call: by logs of streams, response ids, nesting and time."""

import pytest

from tests.unit.orders import in_other_orders
from tests.unit.spans import make_span
from traces.domain.call_evidence import join_by_nesting, join_by_response_id, join_by_time, join_logs
from traces.domain.call_reports import Reason, Report, collect_reports, usage_of
from traces.domain.tree import build_forest

MS = 1_000_000
SLACK = 5 * MS
TOKENS = {"input_tokens": 100, "output_tokens": 10}


def call(name, parent=None, *, at=(0, 1_000), scope="a", **columns):
    """A model call from and to so many milliseconds."""
    return make_span(
        name,
        parent,
        kind=columns.pop("kind", "llm"),
        scope=scope,
        start_ns=columns.pop("start_ns", at[0] * MS),
        end_ns=columns.pop("end_ns", at[1] * MS),
        **columns,
    )


def elsewhere(span, *, is_lone=False):
    return Report(span, usage_of(span), is_lone=is_lone, is_elsewhere=True)


def join(by, spans, *, beside=(), in_order=False):
    """The names of the reports that were found to be one call; `in_order`: given as the spans are, not as their tree."""
    own = collect_reports(build_forest(spans))
    reports = [report for report in [*own, *beside] if report.is_model_call]
    if in_order:
        reports.sort(key=lambda report: [span.name for span in spans].index(report.span.name))
    by(reports)
    joined = {frozenset(report.span.name for report in one.group) for one in reports if not one.is_alone}
    assert all(one.joined_by is None for one in reports if one.is_alone)
    return joined


def pairs(*names):
    return {frozenset(pair.split("+")) for pair in names}


# --- Logs of streams --------------------------------------------------------------------------------


def log(name, parent=None, *, at, lasted, **columns):
    """A log, at a moment, of a call that lasted so many milliseconds until then."""
    details = {"concluded_duration_ns": lasted * MS}
    return call(name, parent, at=(at, at), details=details, **{**TOKENS, **columns})


def test_a_request_and_the_log_of_its_streams_end_are_one_call() -> None:
    spans = [call("request", at=(0, 1)), log("log", at=900, lasted=899)]

    assert join(join_logs, spans) == pairs("request+log")


def test_logs_find_the_requests_that_ended_when_their_streams_began() -> None:
    spans = [
        call("early", at=(0, 10)),
        call("late", at=(0, 50)),
        log("of early", at=100, lasted=90),
        log("of late", at=200, lasted=150),
    ]
    for arrived in in_other_orders(spans):
        assert join(join_logs, arrived, in_order=True) == pairs("early+of early", "late+of late")


def test_a_request_has_one_log() -> None:
    spans = [call("request", at=(0, 1)), log("log", at=50, lasted=49), log("more", at=60, lasted=59)]

    assert join(join_logs, spans) == pairs("request+log")


@pytest.mark.parametrize(
    "request_columns",
    [
        {"scope": "b"},
        {"parent_span_id": b"other"},
        {"status": 2},
        {"input_tokens": 1},
        {"at": (901, 902)},
        {"trace_id": b"o" * 16},
    ],
    ids=[
        "another instrumentation",
        "another parent",
        "a failure",
        "with usage",
        "after the log",
        "another trace",
    ],
)
def test_a_log_is_of_no_request_that_cannot_be_its_own(request_columns) -> None:
    spans = [call("request", **{"at": (0, 1), **request_columns}), log("log", at=900, lasted=899)]

    assert join(join_logs, spans) == set()


def test_a_request_may_begin_when_its_log_is_written() -> None:
    spans = [call("request", at=(900, 900)), log("log", at=900, lasted=0)]

    assert join(join_logs, spans) == pairs("request+log")


def test_a_span_that_lasted_is_no_log() -> None:
    spans = [
        call("request", at=(0, 1)),
        call("span", at=(1, 900), details={"concluded_duration_ns": 899 * MS}),
    ]

    assert join(join_logs, spans) == set()


def test_a_log_that_ends_before_it_starts_is_still_one() -> None:
    late = log("log", at=900, lasted=899)._replace(end_ns=0)

    assert join(join_logs, [call("request", at=(0, 1)), late]) == pairs("request+log")


# --- Response id ------------------------------------------------------------------------------------


def test_reports_with_one_response_id_are_one_call_wherever_they_stand() -> None:
    spans = [
        make_span("agent", kind="agent"),
        call("one", "agent", response_id="r1", at=(0, 10)),
        call("two", "agent", response_id="r1", at=(500, 600)),
        make_span("tool", "agent", kind="tool"),
        call("three", "tool", response_id="r1", at=(0, 10)),
        call("other", "agent", response_id="r2", at=(0, 10)),
        call("nameless", "agent", at=(0, 10)),
        call("nameless too", "agent", response_id="", at=(0, 10)),
    ]
    beside = [elsewhere(call("abroad", trace_id=b"o" * 16, response_id="r1"))]

    assert join(join_by_response_id, spans, beside=beside) == pairs("one+two+three+abroad")


def test_an_answer_from_a_local_cache_is_not_the_call_that_it_spares() -> None:
    hit = {"response_id": "r1", "details": {"is_cache_hit": True}}
    spans = [
        call("call", response_id="r1"),
        call("call again", scope="b", response_id="r1"),
        call("hit", **hit),
        call("hit again", scope="b", **hit),
    ]

    assert join(join_by_response_id, spans) == pairs("call+call again", "hit+hit again")


def test_all_reports_of_a_call_that_another_trace_tells_know_it() -> None:
    own = collect_reports(
        build_forest(
            [call("one", response_id="r1"), call("two", response_id="r1"), call("other", response_id="r2")]
        )
    )
    join_by_response_id([*own, elsewhere(call("abroad", trace_id=b"o" * 16, response_id="r1"))])

    assert {report.span.name: report.is_told_elsewhere for report in own} == {
        "one": True,
        "two": True,
        "other": False,
    }


def test_no_reports_are_no_calls() -> None:
    for by in (join_logs, join_by_response_id, join_by_nesting, join_by_time):
        assert join(by, []) == set()


# --- Nesting ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outer", "inner", "is_one"),
    [
        ({}, {}, True),
        (TOKENS, TOKENS, True),
        (TOKENS, {}, True),
        ({}, TOKENS, True),
        (TOKENS, {**TOKENS, "output_tokens": 11}, False),
        (TOKENS, {**TOKENS, "output_tokens": 11, "scope": "b"}, True),
        ({"response_id": "r1"}, {"response_id": "r2", "scope": "b"}, False),
        ({"response_id": "r1"}, {"scope": "b"}, True),
        ({"kind": "embedding"}, {"scope": "b"}, False),
        ({"status": 2}, {"scope": "b"}, False),
        ({"status": 2}, {"status": 2, "scope": "b"}, True),
        ({"request_model": "gpt-4o"}, {"request_model": "claude-sonnet-4-5", "scope": "b"}, False),
        ({"request_model": "gpt-4o"}, {"response_model": "gpt-4o-2024-08-06", "scope": "b"}, True),
        ({"request_model": "openai/GPT-4o"}, {"request_model": "gpt-4o", "scope": "b"}, True),
        ({"request_model": "gpt-4o"}, {"scope": "b"}, True),
        (
            {"request_model": "route", "response_model": "gpt-4o"},
            {"request_model": "gpt-4o", "scope": "b"},
            True,
        ),
    ],
    ids=str,
)
def test_a_model_span_directly_below_another_is_the_same_call_unless_something_speaks_against_it(
    outer, inner, is_one
) -> None:
    spans = [call("outer", **outer), call("inner", "outer", **inner)]

    assert join(join_by_nesting, spans) == (pairs("outer+inner") if is_one else set())


@pytest.mark.parametrize(
    ("between", "is_one"), [("workflow", True), ("other", True), ("agent", False), ("tool", False)]
)
def test_an_agent_or_a_tool_between_makes_two_calls(between, is_one) -> None:
    spans = [call("outer"), make_span("between", "outer", kind=between), call("inner", "between", scope="b")]

    assert join(join_by_nesting, spans) == (pairs("outer+inner") if is_one else set())


def test_of_several_inner_reports_the_one_with_equal_usage_is_the_same_call() -> None:
    spans = [
        call("outer", **TOKENS),
        call("retry", "outer", scope="b", input_tokens=99, output_tokens=0),
        call("answer", "outer", scope="b", **TOKENS),
        call("silent", "outer", scope="b"),
    ]

    assert join(join_by_nesting, spans) == pairs("outer+answer")


def test_of_several_inner_reports_with_equal_usage_none_is_preferred() -> None:
    spans = [call("outer", **TOKENS), *(call(name, "outer", scope="b", **TOKENS) for name in ("one", "two"))]

    assert join(join_by_nesting, spans) == set()


def test_a_silent_span_over_several_calls_is_none_of_them() -> None:
    spans = [call("outer"), *(call(name, "outer", scope="b", **TOKENS) for name in ("one", "two"))]

    assert join(join_by_nesting, spans) == set()


# --- Time -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("other", "is_one"),
    [
        ((100, 900), True),
        ((-100, 1_100), True),
        ((0, 1_000), True),
        ((1_000, 1_000), True),
        ((995, 1_005), True),
        ((500, 1_005), True),
        ((500, 1_006), False),
        ((-5, 500), True),
        ((-6, 500), False),
        ((1_006, 1_010), False),
    ],
    ids=str,
)
def test_siblings_are_one_call_where_one_encloses_the_other_within_five_milliseconds(other, is_one) -> None:
    spans = [call("one", at=(0, 1_000), **TOKENS), call("other", at=other, scope="b", **TOKENS)]

    assert join(join_by_time, spans) == (pairs("one+other") if is_one else set())


def test_the_slack_ends_at_the_nanosecond() -> None:
    one = call("one", at=(0, 1_000), **TOKENS)
    within = call("other", start_ns=100 * MS, end_ns=1_000 * MS + SLACK, scope="b", **TOKENS)
    without = within._replace(end_ns=within.end_ns + 1)

    assert join(join_by_time, [one, within]) == pairs("one+other")
    assert join(join_by_time, [one, without]) == set()


@pytest.mark.parametrize(
    ("one", "other", "is_one"),
    [
        ({}, {}, True),
        (TOKENS, {}, True),
        ({}, TOKENS, True),
        (TOKENS, {"input_tokens": 100, "output_tokens": 9}, False),
        ({"input_tokens": 100}, {"input_tokens": 100}, True),
        ({"input_tokens": 100}, TOKENS, False),
        ({"response_id": "r1"}, {"response_id": "r2"}, False),
        ({"request_model": "gpt-4o"}, {"request_model": "claude-sonnet-4-5"}, False),
        ({"kind": "embedding"}, {"kind": "rerank"}, False),
        ({"kind": "embedding"}, {"kind": "embedding"}, True),
        ({"status": 2}, {}, False),
        ({}, {"scope": "a"}, False),
    ],
    ids=str,
)
def test_siblings_at_one_time_are_one_call_unless_something_speaks_against_it(one, other, is_one) -> None:
    spans = [call("one", **one), call("other", **{"scope": "b", **other})]

    assert join(join_by_time, spans) == (pairs("one+other") if is_one else set())


def test_a_fan_out_is_matched_one_to_one_the_closest_first() -> None:
    spans = [
        *(call(f"a{place}", at=(place * 20, 1_000 + place * 20), **TOKENS) for place in range(8)),
        *(
            call(f"b{place}", at=(place * 20 + 1, 999 + place * 20), scope="b", **TOKENS)
            for place in range(8)
        ),
    ]
    expected = pairs(*(f"a{place}+b{place}" for place in range(8)))
    for arrived in in_other_orders(spans):
        assert join(join_by_time, arrived, in_order=True) == expected


def test_of_more_reports_than_calls_the_rest_stay_alone() -> None:
    spans = [
        call("near", at=(0, 1_000), **TOKENS),
        call("far", at=(50, 950), **TOKENS),
        call("sdk", at=(1, 999), scope="b", **TOKENS),
    ]

    assert join(join_by_time, spans) == pairs("near+sdk")


def test_equal_usage_goes_before_a_closer_silent_report() -> None:
    spans = [
        call("silent", at=(0, 1_000)),
        call("told", at=(300, 700), **TOKENS),
        call("sdk", at=(0, 1_000), scope="b", **TOKENS),
    ]

    assert join(join_by_time, spans) == pairs("told+sdk")


def test_pairs_at_equal_times_are_the_same_in_every_order() -> None:
    spans = [call(f"{scope}{place}", scope=scope, **TOKENS) for scope in "ab" for place in range(4)]
    expected = join(join_by_time, spans)
    assert sorted(map(len, expected)) == [2, 2, 2, 2]
    for arrived in in_other_orders(spans):
        assert join(join_by_time, arrived, in_order=True) == expected


def test_three_instrumentations_tell_one_call_together() -> None:
    spans = [
        call(name, at=(place, 1_000 - place), scope=name, **TOKENS)
        for place, name in enumerate(("a", "b", "c"))
    ]

    assert join(join_by_time, spans) == pairs("a+b+c")


def test_a_span_above_another_is_not_matched_by_time() -> None:
    spans = [
        call("stream", **TOKENS),
        make_span("tool", "stream", kind="tool"),
        call("inside", "tool", scope="b", **TOKENS),
    ]

    assert join(join_by_time, spans) == set()


@pytest.mark.parametrize("moment", [(500, 500), (500, 400), (0, 0), (1_000, 1_000)], ids=str)
def test_a_report_that_lasted_nothing_is_matched_within_a_longer_one(moment) -> None:
    spans = [call("long", at=(0, 1_000), **TOKENS), call("short", at=moment, scope="b", **TOKENS)]

    assert join(join_by_time, spans) == join(join_by_time, spans[::-1], in_order=True) == pairs("long+short")


ABROAD = {"trace_id": b"o" * 16, "scope": "b", "service": "shop", **TOKENS}


@pytest.mark.parametrize(
    ("own", "other", "is_lone", "is_one"),
    [
        (TOKENS, ABROAD, True, True),
        (TOKENS, ABROAD, False, False),
        (TOKENS, {**ABROAD, "service": "till"}, True, False),
        (TOKENS, {**ABROAD, "trace_id": b"t" * 16}, True, False),
        ({}, ABROAD, True, False),
        (TOKENS, {**ABROAD, "input_tokens": None, "output_tokens": None}, True, False),
    ],
    ids=["the same", "neither alone", "another service", "this trace", "silent here", "silent there"],
)
def test_a_report_in_another_trace_takes_more_to_be_the_same_call(own, other, is_lone, is_one) -> None:
    spans = [make_span("agent", kind="agent"), call("own", "agent", service="shop", **own)]
    beside = [elsewhere(call("abroad", **other), is_lone=is_lone)]

    assert join(join_by_time, spans, beside=beside) == (pairs("own+abroad") if is_one else set())


def test_a_report_in_the_same_trace_goes_before_a_closer_one_elsewhere() -> None:
    spans = [
        make_span("agent", kind="agent"),
        call("own", "agent", at=(0, 1_000), service="shop", **TOKENS),
        call("beside", "agent", at=(100, 900), service="shop", scope="b", **TOKENS),
    ]
    beside = [elsewhere(call("abroad", at=(0, 1_000), **ABROAD), is_lone=True)]

    assert join(join_by_time, spans, beside=beside) == pairs("own+beside")


@pytest.mark.parametrize(
    ("by", "reason"),
    [
        (join_by_response_id, Reason.SAME_RESPONSE),
        (join_by_nesting, Reason.SAME_CALL_NESTED),
        (join_by_time, Reason.SAME_CALL_OVERLAP),
    ],
)
def test_the_reason_of_a_join_is_kept_on_both_reports(by, reason) -> None:
    parent = "one" if by is join_by_nesting else None
    spans = [call("one", response_id="r1"), call("two", parent, scope="b", response_id="r1")]
    reports = collect_reports(build_forest(spans))

    by(reports)

    assert [report.joined_by for report in reports] == [reason, reason]
