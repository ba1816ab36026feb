"""Spans out as OTLP JSON lines and in again: the same spans, whatever a sender may have said about them."""

import orjson
import pytest
from hypothesis import given

from ingest.domain import otlp_lines
from ingest.domain.decode import decode_json, decode_protobuf
from ingest.domain.otlp_lines import request_lines
from tests.otlp_requests import make_request, make_span, requests
from traces.domain.otlp import StoredSpan


def stored_spans(decoded, *, project_id):
    """What the database gives back of decoded rows."""
    return [
        StoredSpan(
            raw=row.raw,
            resource=decoded.origins[project_id, row.resource_digest],
            scope=decoded.origins[project_id, row.scope_digest],
        )
        for row in decoded.rows
    ]


def read_lines(lines, *, project_id):
    return [
        span
        for line in lines
        for span in stored_spans(decode_json(line, project_id=project_id), project_id=project_id)
    ]


def in_any_order(spans):
    """A line brings spans of one resource together, so the order within it may change."""
    return sorted(spans, key=lambda span: (span.raw, span.resource, span.scope))


@given(requests)
def test_what_is_written_reads_back_byte_for_byte(message):
    sent = stored_spans(decode_protobuf(message.SerializeToString(), project_id=1), project_id=1)
    lines = list(request_lines(sent))
    assert in_any_order(read_lines(lines, project_id=2)) == in_any_order(sent)


@given(requests)
def test_what_is_read_back_has_the_same_columns(message):
    sent = decode_protobuf(message.SerializeToString(), project_id=1)
    rows = [
        row._replace(project_id=1)
        for line in request_lines(stored_spans(sent, project_id=1))
        for row in decode_json(line, project_id=2).rows
    ]
    assert sorted(rows, key=repr) == sorted(sent.rows, key=repr)


def test_the_deepest_span_that_protobuf_takes_comes_back():
    value = 1
    for _ in range(32):
        value = {"k": value}
    message = make_request(make_span(attributes={"k": value}))
    (sent,) = stored_spans(decode_protobuf(message.SerializeToString(), project_id=1), project_id=1)
    assert read_lines(request_lines([sent]), project_id=2) == [sent]


@pytest.mark.parametrize(("limit", "value"), [("LINE_SPANS", 2), ("LINE_BYTES", 1)])
def test_lines_are_bounded(monkeypatch, limit, value):
    monkeypatch.setattr(otlp_lines, limit, value)
    message = make_request(*(make_span() for _ in range(5)))
    sent = stored_spans(decode_protobuf(message.SerializeToString(), project_id=1), project_id=1)
    lines = list(request_lines(sent))
    assert len(lines) == {"LINE_SPANS": 3, "LINE_BYTES": 5}[limit]
    assert read_lines(lines, project_id=2) == sent


def test_resources_and_scopes_stand_once_in_a_line():
    message = make_request(make_span(), make_span())
    message.MergeFrom(make_request(make_span(), resource={"service.name": "other"}))
    sent = stored_spans(decode_protobuf(message.SerializeToString(), project_id=1), project_id=1)
    (line,) = request_lines([sent[0], sent[2], sent[1]])
    resources = orjson.loads(line)["resourceSpans"]
    assert [len(resource["scopeSpans"][0]["spans"]) for resource in resources] == [2, 1]


def test_no_spans_are_no_lines():
    assert list(request_lines([])) == []
