"""Reads of spans: the nodes of a tree, and all that came with a span."""

from decimal import Decimal

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span

from tests.integration.factories import (
    BASE_NS,
    SECOND,
    make_call,
    make_origin,
    make_span,
    make_trace,
    new_trace_id,
)
from traces.selectors import spans as spans_module
from traces.selectors.cursors import CursorError
from traces.selectors.spans import span_get, span_list, span_nodes

pytestmark = pytest.mark.django_db

RESOURCE, SCOPE = b"r" * 16, b"s" * 16


@pytest.fixture
def origins(project):
    resource = ResourceSpans(schema_url="https://example.com/schema")
    resource.resource.attributes.add(key="service.name").value.string_value = "planner"
    make_origin(project, digest=RESOURCE, data=resource.SerializeToString())
    scope = ScopeSpans()
    scope.scope.name, scope.scope.version = "instrumentation", "1.0"
    make_origin(project, digest=SCOPE, data=scope.SerializeToString())


@pytest.fixture
def rich_span(project, origins):
    """A span with everything that OTLP has, and how it is stored."""
    otlp = Span(trace_state="a=b", flags=1, kind=3, dropped_attributes_count=4)
    otlp.dropped_events_count, otlp.dropped_links_count = 5, 6
    otlp.attributes.add(key="count").value.int_value = 2**62
    otlp.attributes.add(key="blob").value.bytes_value = b"\x00\xff"
    otlp.attributes.add(key="list").value.array_value.values.add().double_value = 0.5
    event = otlp.events.add(name="exception", time_unix_nano=BASE_NS + 1, dropped_attributes_count=1)
    event.attributes.add(key="exception.message").value.string_value = "no"
    otlp.links.add(trace_id=b"t" * 16, span_id=b"s" * 8, trace_state="x=y", flags=2)
    return make_span(
        project,
        new_trace_id(),
        otlp=otlp,
        status=2,
        kind="llm",
        resource_digest=RESOURCE,
        scope_digest=SCOPE,
        request_model="gpt-4o",
        response_model="gpt-4o-2024",
    )


def test_a_detail_has_all_that_came(project, rich_span):
    detail = span_get(project_id=project.pk, trace_id=rich_span.trace_id, span_id=rich_span.span_id)

    assert detail.attributes == {"count": 2**62, "blob": b"\x00\xff", "list": [0.5]}
    assert detail.resource["attributes"] == {"service.name": "planner"}
    assert detail.resource["schema_url"] == "https://example.com/schema"
    assert (detail.scope["name"], detail.scope["version"]) == ("instrumentation", "1.0")
    assert detail.events == [
        {
            "name": "exception",
            "time_ns": BASE_NS + 1,
            "attributes": {"exception.message": "no"},
            "dropped_attributes_count": 1,
        }
    ]
    assert detail.links[0] == {
        "trace_id": b"t" * 16,
        "span_id": b"s" * 8,
        "trace_state": "x=y",
        "attributes": {},
        "dropped_attributes_count": 0,
        "flags": 2,
    }
    assert (detail.trace_state, detail.flags, detail.otlp_kind) == ("a=b", 1, 3)
    assert (
        detail.dropped_attributes_count,
        detail.dropped_events_count,
        detail.dropped_links_count,
    ) == (4, 5, 6)
    assert detail.raw_size == len(rich_span.raw)


def test_a_node_has_the_served_model_and_what_was_decided_about_its_call(project):
    trace = make_trace(project)
    span = make_span(
        project, trace.trace_id, kind="llm", request_model="asked", response_model="served", input_tokens=7
    )
    make_call(
        trace,
        span_id=span.span_id,
        start_ns=span.start_ns,
        cost_usd=Decimal("0.5"),
        is_counted=False,
        reason="same_response",
    )

    (node,) = span_nodes(project_id=project.pk, trace_id=trace.trace_id)

    assert (node.model, node.request_model, node.input_tokens) == ("served", "asked", 7)
    assert (node.is_counted, node.reason, node.cost_usd) == (False, "same_response", Decimal("0.5"))


def test_a_span_that_reports_no_call_has_no_decision(project):
    span = make_span(project, new_trace_id(), end_ns=BASE_NS - SECOND)

    (node,) = span_nodes(project_id=project.pk, trace_id=span.trace_id)

    assert (node.is_counted, node.reason, node.cost_usd, node.model) == (None, None, None, None)
    assert node.duration_ns == 0


def test_nodes_come_by_start_and_no_more_than_asked(project):
    trace_id = new_trace_id()
    for second in (2, 0, 1):
        make_span(project, trace_id, name=f"s{second}", start_ns=BASE_NS + second * SECOND)

    nodes = span_nodes(project_id=project.pk, trace_id=trace_id, limit=2)

    assert [node.name for node in nodes] == ["s0", "s1"]


def walk_pages(project, trace_id, *, limit):
    cursor, seen = None, []
    while True:
        page = span_list(project_id=project.pk, trace_id=trace_id, limit=limit, cursor=cursor)
        seen += [detail.node.name for detail in page.results]
        if page.next_cursor is None:
            return seen
        cursor = page.next_cursor


@pytest.mark.parametrize("limit", [1, 2, 5, 50])
def test_pages_give_every_span_once_and_in_order(project, limit):
    trace_id = new_trace_id()
    for number in range(5):
        make_span(project, trace_id, name=f"s{number}", start_ns=BASE_NS + number // 2)

    assert walk_pages(project, trace_id, limit=limit) == ["s0", "s1", "s2", "s3", "s4"]


def test_a_page_ends_where_it_would_grow_too_large(project, monkeypatch):
    trace_id = new_trace_id()
    sizes = [len(make_span(project, trace_id, name=f"s{n}", start_ns=BASE_NS + n).raw) for n in range(3)]
    monkeypatch.setattr(spans_module, "MOST_DETAIL_BYTES", sum(sizes) - 1)

    page = span_list(project_id=project.pk, trace_id=trace_id)

    assert [detail.node.name for detail in page.results] == ["s0", "s1"]
    assert walk_pages(project, trace_id, limit=50) == ["s0", "s1", "s2"]


def test_a_single_span_always_fits(project, monkeypatch):
    trace_id = new_trace_id()
    for number in range(2):
        make_span(project, trace_id, name=f"s{number}", start_ns=BASE_NS + number)
    monkeypatch.setattr(spans_module, "MOST_DETAIL_BYTES", 1)

    assert walk_pages(project, trace_id, limit=50) == ["s0", "s1"]


def test_a_cursor_of_another_trace_is_refused(project):
    trace_id = new_trace_id()
    for _ in range(2):
        make_span(project, trace_id)
    page = span_list(project_id=project.pk, trace_id=trace_id, limit=1)

    with pytest.raises(CursorError):
        span_list(project_id=project.pk, trace_id=new_trace_id(), cursor=page.next_cursor)


def test_the_number_of_queries_does_not_grow_with_the_spans(project, origins, django_assert_num_queries):
    trace_id = new_trace_id()
    for _ in range(5):
        make_span(project, trace_id, resource_digest=RESOURCE, scope_digest=SCOPE)

    with django_assert_num_queries(1):
        span_nodes(project_id=project.pk, trace_id=trace_id)
    with django_assert_num_queries(3):
        span_list(project_id=project.pk, trace_id=trace_id)


def test_strangers_see_nothing(rich_span, other_project):
    stranger = {"project_id": other_project.pk, "trace_id": rich_span.trace_id}

    assert span_nodes(**stranger) == []
    assert span_get(**stranger, span_id=rich_span.span_id) is None
    assert span_list(**stranger).results == []
