"""OTLP messages as Python values, and Python values as natural JSON."""

import base64
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span


@dataclass(frozen=True, slots=True)
class StoredSpan:
    """A span as it came: the Span message, and the ResourceSpans and ScopeSpans around it without their spans."""

    raw: bytes
    resource: bytes
    scope: bytes


def span_from_raw(raw: bytes) -> Span:
    """The OTLP span of the column `raw`, unknown fields included.

    Raises google.protobuf.message.DecodeError for bytes that are no span; the receiver stores none such.
    """
    message: Span = Span.FromString(raw)
    return message


def resource_from_origin(data: bytes) -> ResourceSpans:
    """The resource and its schema_url, in a ResourceSpans without spans (traces_origin.data)."""
    message: ResourceSpans = ResourceSpans.FromString(data)
    return message


def scope_from_origin(data: bytes) -> ScopeSpans:
    """The instrumentation scope and its schema_url, in a ScopeSpans without spans (traces_origin.data)."""
    message: ScopeSpans = ScopeSpans.FromString(data)
    return message


def any_value(value: AnyValue) -> Any:
    """str, bool, int, float, bytes, list, dict, or None where nothing is set.

    The depth is that of the message, which protobuf bounds at 100 when it parses.
    """
    kind = value.WhichOneof("value")
    if kind is None:
        return None
    read = _CONTAINERS.get(kind)
    return getattr(value, kind) if read is None else read(value)


def attributes_dict(attributes: Iterable[KeyValue]) -> dict[str, Any]:
    """Attributes by key; the last wins where a key is repeated (the raw span keeps all)."""
    return {attribute.key: any_value(attribute.value) for attribute in attributes}


_CONTAINERS: dict[str, Callable[[AnyValue], Any]] = {
    "array_value": lambda value: [any_value(item) for item in value.array_value.values],
    "kvlist_value": lambda value: attributes_dict(value.kvlist_value.values),
}


def json_value(value: Any) -> Any:
    """An attribute value as a JSON encoder takes it, every type told apart.

    Integers stay integers and floats stay floats. What JSON cannot say keeps the names of the OTLP JSON
    mapping: bytes are {"bytesValue": base64}, non-finite floats {"doubleValue": "NaN" | "Infinity" |
    "-Infinity"}. Lists and maps are walked.
    """
    if isinstance(value, float) and not math.isfinite(value):
        return {"doubleValue": non_finite_name(value)}
    if isinstance(value, bytes):
        return {"bytesValue": base64.b64encode(value).decode("ascii")}
    if isinstance(value, dict):
        return {key: json_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [json_value(item) for item in value]
    return value


def non_finite_name(value: float) -> str:
    """What protobuf's JSON mapping calls a float that JSON has no number for."""
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"
