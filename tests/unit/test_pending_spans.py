"""Spans that announce another one which still runs, and give way to it."""

from tests.unit.orders import in_other_orders
from tests.unit.spans import make_span
from traces.domain.pending import is_pending, settle_pending
from traces.domain.summary import summarise

ROOT = b"rootroot"
CHILD = b"childchi"


def announce(name, announced, parent=b"", **columns):
    """A span below the one that it announces, whose own parent is `parent`."""
    return make_span(
        name,
        parent_span_id=announced,
        details={"pending_parent_id": parent.hex()},
        **{"end_ns": 0, **columns},
    )


def places(spans):
    """{(span id, parent's id, name)}"""
    return {(span.span_id, span.parent_span_id, span.name) for span in spans}


def test_a_span_is_pending_where_it_says_whose_child_the_announced_one_is() -> None:
    assert is_pending(announce("pending", ROOT))
    assert is_pending(announce("pending", CHILD, ROOT))
    assert not is_pending(make_span("span"))
    assert not is_pending(make_span("span", details={"is_rough": True}))


def test_nothing_settles_to_nothing() -> None:
    assert settle_pending([]) == []


def test_spans_without_an_announcement_stay_as_they_are() -> None:
    spans = [make_span("two", "one"), make_span("one"), make_span("one")]

    assert settle_pending(spans) == spans


def test_an_announcement_stands_in_for_a_span_that_still_runs() -> None:
    pending = announce("call", CHILD, ROOT, start_ns=7, kind="llm")

    (settled,) = settle_pending([pending])

    assert settled == pending._replace(span_id=CHILD, parent_span_id=ROOT)


def test_what_stands_below_nothing_announces_nothing_and_is_kept() -> None:
    orphan = announce("orphan", None)

    assert settle_pending([orphan]) == [orphan]
    assert places(settle_pending([announce("run", ROOT), orphan])) == {
        (ROOT, None, "run"),
        (b"orphan", None, "orphan"),
    }


def test_an_announced_root_has_no_parent() -> None:
    assert places(settle_pending([announce("run", ROOT)])) == {(ROOT, None, "run")}


def test_an_announcement_goes_when_its_span_has_come() -> None:
    ended = make_span("run", span_id=ROOT)

    assert settle_pending([announce("run", ROOT), ended]) == [ended]
    assert settle_pending([ended, announce("run", ROOT)]) == [ended]


def test_of_two_announcements_of_one_span_the_first_stands_in_for_it() -> None:
    late = announce("a late", ROOT, start_ns=9)
    early = announce("early", ROOT, start_ns=1)
    for spans in ([late, early], [early, late]):
        assert places(settle_pending(spans)) == {(ROOT, None, "early")}


def test_of_two_announcements_at_one_moment_the_lower_id_stands_in() -> None:
    one, two = announce("1", ROOT), announce("2", ROOT)

    assert places(settle_pending([two, one])) == places(settle_pending([one, two])) == {(ROOT, None, "1")}


def test_children_keep_their_place_below_an_announced_span() -> None:
    spans = [
        make_span("ended call", parent_span_id=CHILD, kind="llm"),
        announce("agent", CHILD, ROOT),
        announce("run", ROOT),
    ]
    expected = {
        (b"ended call", CHILD, "ended call"),
        (CHILD, ROOT, "agent"),
        (ROOT, None, "run"),
    }
    for arrived in in_other_orders(spans):
        assert places(settle_pending(arrived)) == expected


def test_a_trace_whose_root_is_only_announced_is_open_until_its_last_known_end() -> None:
    spans = [
        announce("run", ROOT, start_ns=100, end_ns=100),
        make_span("call", parent_span_id=ROOT, kind="llm", start_ns=150, end_ns=400, status=1),
    ]

    running = summarise(spans)
    ended = summarise([*spans, make_span("run", span_id=ROOT, start_ns=100, end_ns=900)])

    assert (running.status, running.root_span_id, running.duration_ns) == ("open", ROOT, 300)
    assert (ended.status, ended.root_span_id, ended.duration_ns) == ("ok", ROOT, 800)
    assert (running.span_count, ended.span_count) == (2, 2)
