"""OTLP export requests for tests: one span by hand, and any request at all by hypothesis."""

import math
from itertools import count
from typing import Any

from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import (
    AnyValue,
    ArrayValue,
    EntityRef,
    InstrumentationScope,
    KeyValue,
    KeyValueList,
)
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span, Status

START_NS = 1_790_000_000_000_000_000
"""A moment in September 2026, on a whole second."""

_numbers = count(1)


def to_any_value(value: Any) -> AnyValue:
    """A Python value as OTLP says it."""
    if isinstance(value, bool):
        return AnyValue(bool_value=value)
    if isinstance(value, dict):
        return AnyValue(kvlist_value=KeyValueList(values=attributes(value)))
    if isinstance(value, list):
        return AnyValue(array_value=ArrayValue(values=[to_any_value(item) for item in value]))
    names = {str: "string_value", int: "int_value", float: "double_value", bytes: "bytes_value"}
    return AnyValue(**{names[type(value)]: value})


def attributes(values: dict[str, Any]) -> list[KeyValue]:
    """Attributes from a dict."""
    return [KeyValue(key=key, value=to_any_value(value)) for key, value in values.items()]


def make_span(**fields: Any) -> Span:
    """A valid span of a trace of its own; `fields` override, attributes may be a dict."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "trace_id": number.to_bytes(16, "big"),
        "span_id": number.to_bytes(8, "big"),
        "name": "step",
        "start_time_unix_nano": START_NS,
        "end_time_unix_nano": START_NS + 1_000_000_000,
    }
    values |= fields
    if isinstance(values.get("attributes"), dict):
        values["attributes"] = attributes(values["attributes"])
    return Span(**values)


def make_request(*spans: Span, resource: dict[str, Any] | None = None) -> ExportTraceServiceRequest:
    """A request with these spans under one resource and scope."""
    return ExportTraceServiceRequest(
        resource_spans=[
            ResourceSpans(
                resource=Resource(attributes=attributes(resource or {"service.name": "tests"})),
                scope_spans=[ScopeSpans(scope=InstrumentationScope(name="tests"), spans=spans)],
            )
        ]
    )


# --- Any request ------------------------------------------------------------------------------------

# JSON has one NaN, protobuf has many; the one that JSON gives back stands for all.
_scalars = st.one_of(
    st.builds(lambda value: AnyValue(string_value=value), st.text(max_size=30)),
    st.builds(lambda value: AnyValue(bool_value=value), st.booleans()),
    st.builds(lambda value: AnyValue(int_value=value), st.integers(-(2**63), 2**63 - 1)),
    st.builds(lambda value: AnyValue(double_value=value), st.floats(allow_nan=False) | st.just(math.nan)),
    st.builds(lambda value: AnyValue(bytes_value=value), st.binary(max_size=30)),
    st.builds(lambda index: AnyValue(string_value_strindex=index), st.integers(-(2**31), 2**31 - 1)),
    st.just(AnyValue()),
)
_keys = st.sampled_from(["gen_ai.request.model", "llm.token_count.prompt", "k"]) | st.text(max_size=10)


def _key_values(values: st.SearchStrategy[AnyValue]) -> st.SearchStrategy[KeyValue]:
    return st.builds(lambda key, value: KeyValue(key=key, value=value), _keys, values)


any_values = st.recursive(
    _scalars,
    lambda inner: st.one_of(
        st.builds(
            lambda values: AnyValue(array_value=ArrayValue(values=values)), st.lists(inner, max_size=3)
        ),
        st.builds(
            lambda values: AnyValue(kvlist_value=KeyValueList(values=values)),
            st.lists(_key_values(inner), max_size=3),
        ),
    ),
    max_leaves=6,
)
_attributes = st.lists(_key_values(any_values) | st.builds(lambda key: KeyValue(key=key), _keys), max_size=4)
_int64_times = st.integers(0, 2**63 - 1) | st.integers(START_NS, START_NS + 10**12)
_counts = st.integers(0, 2**32 - 1)
_ids = {
    "trace_id": st.binary(min_size=16, max_size=16).filter(any),
    "span_id": st.binary(min_size=8, max_size=8).filter(any),
}

_events = st.builds(
    lambda **fields: Span.Event(**fields),
    time_unix_nano=st.integers(0, 2**64 - 1),
    name=st.text(max_size=10),
    attributes=_attributes,
    dropped_attributes_count=_counts,
)
_links = st.builds(
    lambda **fields: Span.Link(**fields),
    **_ids,
    trace_state=st.text(max_size=10),
    attributes=_attributes,
    dropped_attributes_count=_counts,
    flags=_counts,
)
_statuses = st.builds(
    lambda **fields: Status(**fields),
    message=st.text(max_size=10),
    code=st.integers(0, 2) | st.integers(-(2**31), 2**31 - 1),
)
spans = st.builds(
    lambda **fields: Span(**fields),
    **_ids,
    parent_span_id=st.just(b"") | st.binary(min_size=8, max_size=8),
    trace_state=st.text(max_size=20),
    flags=_counts,
    name=st.text(max_size=20),
    kind=st.integers(0, 5) | st.integers(-(2**31), 2**31 - 1),
    start_time_unix_nano=_int64_times,
    end_time_unix_nano=_int64_times,
    attributes=_attributes,
    dropped_attributes_count=_counts,
    events=st.lists(_events, max_size=2),
    dropped_events_count=_counts,
    links=st.lists(_links, max_size=2),
    dropped_links_count=_counts,
    status=st.none() | _statuses,
)
_scopes = st.builds(
    lambda **fields: InstrumentationScope(**fields),
    name=st.text(max_size=10),
    version=st.text(max_size=5),
    attributes=_attributes,
    dropped_attributes_count=_counts,
)
_entity_refs = st.builds(
    lambda **fields: EntityRef(**fields),
    schema_url=st.text(max_size=5),
    type=st.text(max_size=5),
    id_keys=st.lists(st.text(max_size=5), max_size=2),
)
_resources = st.builds(
    lambda **fields: Resource(**fields),
    attributes=_attributes,
    dropped_attributes_count=_counts,
    entity_refs=st.lists(_entity_refs, max_size=1),
)
_scope_spans = st.builds(
    lambda **fields: ScopeSpans(**fields),
    scope=st.none() | _scopes,
    spans=st.lists(spans, max_size=3),
    schema_url=st.text(max_size=10),
)
_resource_spans = st.builds(
    lambda **fields: ResourceSpans(**fields),
    resource=st.none() | _resources,
    scope_spans=st.lists(_scope_spans, max_size=2),
    schema_url=st.text(max_size=10),
)
requests = st.builds(
    lambda resource_spans: ExportTraceServiceRequest(resource_spans=resource_spans),
    st.lists(_resource_spans, max_size=3),
)
"""Valid requests with everything that OTLP can say about a span."""
