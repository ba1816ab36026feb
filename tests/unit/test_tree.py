"""Building the span tree, from good and from broken input."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traces.domain.tree import build_forest, walk


@dataclass(frozen=True)
class Span:
    span_id: bytes
    parent_span_id: bytes | None = None
    start_ns: int = 0
    end_ns: int = 0


def shape(spans):
    return [(node.depth, node.span.span_id.decode(), node.is_orphan) for node in walk(build_forest(spans))]


def test_it_nests_children_in_start_order():
    spans = [Span(b"c", b"a", 2), Span(b"b", b"a", 1), Span(b"a", None, 0), Span(b"d", b"b", 3)]
    assert shape(spans) == [(0, "a", False), (1, "b", False), (2, "d", False), (1, "c", False)]


def test_it_makes_a_root_of_a_span_whose_parent_is_missing():
    assert shape([Span(b"b", b"a")]) == [(0, "b", True)]


def test_it_makes_a_root_of_a_span_that_is_its_own_parent():
    assert shape([Span(b"a", b"a")]) == [(0, "a", False)]


def test_it_cuts_a_cycle_at_its_first_span():
    spans = [Span(b"a", b"c", 5), Span(b"b", b"a", 1), Span(b"c", b"b", 3), Span(b"x", b"c", 0)]
    assert shape(spans) == [(0, "b", True), (1, "c", False), (2, "x", False), (2, "a", False)]


def test_it_keeps_every_span_of_a_repeated_id():
    spans = [Span(b"a", None, 0), Span(b"a", None, 9), Span(b"b", b"a", 10)]
    assert shape(spans) == [(0, "a", False), (1, "b", False), (0, "a", False)]


def test_it_takes_a_chain_of_20000_spans():
    spans = [Span(str(i).encode(), str(i - 1).encode() if i else None, i) for i in range(20_000)]
    assert max(node.depth for node in walk(build_forest(spans))) == 19_999


ids = st.sampled_from([b"a", b"b", b"c", b"d", b"e", b"f"])
random_spans = st.lists(
    st.builds(Span, ids, st.none() | ids, st.integers(0, 9), st.integers(0, 9)), max_size=12
)


@given(random_spans, st.randoms())
def test_it_places_every_span_once_whatever_the_order(spans, random):
    placed = [node.span for node in walk(build_forest(spans))]
    assert sorted(placed, key=repr) == sorted(spans, key=repr)
    shuffled = list(spans)
    random.shuffle(shuffled)
    assert shape(shuffled) == shape(spans) or len({s.span_id for s in spans}) < len(spans)


@pytest.mark.parametrize("spans", [[], [Span(b"a")]])
def test_it_takes_small_input(spans):
    assert len(build_forest(spans)) == len(spans)
