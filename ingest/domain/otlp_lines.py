"""Stored spans as lines of OTLP JSON, the format of spans_export."""

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from ingest.domain.otlp_json import message_json
from traces.domain.otlp import StoredSpan, resource_from_origin, scope_from_origin, span_from_raw

LINE_SPANS = 500
LINE_BYTES = 4 * 1024 * 1024
"""Bounds of a line, in spans and in bytes of their protobuf, so that every receiver takes it as a request."""


def request_lines(spans: Iterable[StoredSpan]) -> Iterator[bytes]:
    """Lines without their ends: an ExportTraceServiceRequest each, the spans in the order in which they come."""
    for group in _bounded_groups(spans):
        yield orjson.dumps({"resourceSpans": _resource_spans(group)})


def _bounded_groups(spans: Iterable[StoredSpan]) -> Iterator[list[StoredSpan]]:
    group: list[StoredSpan] = []
    size = 0
    for span in spans:
        if group and (len(group) == LINE_SPANS or size + len(span.raw) > LINE_BYTES):
            yield group
            group, size = [], 0
        group.append(span)
        size += len(span.raw)
    if group:
        yield group


def _resource_spans(spans: list[StoredSpan]) -> list[dict[str, Any]]:
    """Spans under their scopes under their resources, each of these once."""
    tree: dict[bytes, dict[bytes, list[dict[str, Any]]]] = {}
    for span in spans:
        under_scope = tree.setdefault(span.resource, {}).setdefault(span.scope, [])
        under_scope.append(message_json(span_from_raw(span.raw)))
    return [
        {
            **message_json(resource_from_origin(resource)),
            "scopeSpans": [
                {**message_json(scope_from_origin(scope)), "spans": under_scope}
                for scope, under_scope in scopes.items()
            ],
        }
        for resource, scopes in tree.items()
    ]
