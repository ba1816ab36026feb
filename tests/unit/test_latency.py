"""Where a trace's time went."""

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.spans import make_span
from traces.domain.latency import CATEGORIES, attribute_latency
from traces.domain.span_row import KINDS
from traces.domain.tree import build_forest


def attribute(*spans):
    (root, *_) = build_forest(spans)
    return {category: ns for category, ns in attribute_latency(root).items() if ns}


def test_what_no_child_holds_is_the_agents_own():
    spans = (
        make_span("agent", kind="agent", end_ns=100),
        make_span("call", "agent", kind="llm", start_ns=10, end_ns=60),
        make_span("tool", "agent", kind="tool", start_ns=60, end_ns=90),
    )
    assert attribute(*spans) == {"agent_ns": 20, "model_ns": 50, "tool_ns": 30}


def test_parallel_work_is_counted_once_for_the_one_that_ends_last():
    spans = (
        make_span("agent", kind="agent", end_ns=100),
        make_span("short", "agent", kind="tool", start_ns=0, end_ns=50),
        make_span("long", "agent", kind="llm", start_ns=20, end_ns=100),
    )
    assert attribute(*spans) == {"tool_ns": 20, "model_ns": 80}


def test_a_plain_span_below_a_model_call_is_part_of_it():
    spans = (
        make_span("call", kind="llm", end_ns=100),
        make_span("POST", "call", start_ns=10, end_ns=90),
    )
    assert attribute(*spans) == {"model_ns": 100}


def test_a_child_that_outlives_the_root_is_cut():
    spans = (
        make_span("agent", kind="agent", end_ns=100),
        make_span("late", "agent", kind="tool", start_ns=90, end_ns=500),
    )
    assert attribute(*spans) == {"agent_ns": 90, "tool_ns": 10}


names = st.sampled_from("abcdefghij")
random_spans = st.lists(
    st.builds(
        lambda name, parent, start, length, kind: make_span(
            name, parent, start_ns=start, end_ns=start + length, kind=kind
        ),
        names,
        st.none() | names,
        st.integers(-50, 50),
        st.integers(-20, 100),
        st.sampled_from(KINDS),
    ),
    min_size=1,
    max_size=15,
)


@given(random_spans)
def test_the_categories_add_up_to_the_duration_exactly(spans):
    for root in build_forest(spans):
        attributed = attribute_latency(root)
        assert sum(attributed.values()) == root.span.duration_ns
        assert set(attributed) == set(CATEGORIES)
        assert min(attributed.values()) >= 0


def test_a_backoff_between_two_attempts_is_waiting():
    spans = (
        make_span("agent", kind="agent", end_ns=100),
        make_span("first", "agent", kind="llm", status=2, start_ns=10, end_ns=20),
        make_span("second", "agent", kind="llm", start_ns=60, end_ns=100),
    )
    assert attribute(*spans) == {"agent_ns": 10, "model_ns": 50, "waiting_ns": 40}


def test_the_gap_after_a_failed_tool_is_the_agents_when_another_tool_follows():
    spans = (
        make_span("agent", kind="agent", end_ns=100),
        make_span("first", "agent", kind="tool", tool="search", status=2, start_ns=0, end_ns=20),
        make_span("second", "agent", kind="tool", tool="book", start_ns=60, end_ns=100),
    )
    assert attribute(*spans) == {"agent_ns": 40, "tool_ns": 60}


def test_a_span_that_says_that_it_sleeps_is_waiting():
    spans = (
        make_span("agent", kind="agent", end_ns=100),
        make_span("retry backoff", "agent", start_ns=10, end_ns=70),
    )
    assert attribute(*spans) == {"agent_ns": 40, "waiting_ns": 60}


def test_a_service_whose_clock_is_behind_is_moved_into_its_caller():
    spans = (
        make_span("agent", kind="agent", end_ns=100),
        make_span("remote", "agent", kind="tool", start_ns=-1000, end_ns=-940, resource_digest=b"other" * 3),
        make_span("call", "remote", kind="llm", start_ns=-990, end_ns=-950, resource_digest=b"other" * 3),
    )
    assert attribute(*spans) == {"agent_ns": 40, "tool_ns": 20, "model_ns": 40}


def test_a_child_of_the_same_process_that_begins_too_early_is_cut():
    spans = (
        make_span("agent", kind="agent", start_ns=50, end_ns=100),
        make_span("early", "agent", kind="tool", start_ns=0, end_ns=70),
    )
    assert attribute(*spans) == {"agent_ns": 30, "tool_ns": 20}
