"""From the bytes of an export request to rows, and a reason for each span that cannot become one."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from google.protobuf.message import DecodeError, Message
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span

from ingest.domain.limits import (
    MESSAGE_CHARS,
    NAME_CHARS,
    NAMED_OFFENDERS,
    REASON_CHARS,
    TOKENS,
)
from ingest.domain.otlp_json import JsonError, fill_message, parse_json
from ingest.domain.request_parts import (
    ResourceParts,
    ScopeParts,
    TooManyPartsError,
    json_resources,
    protobuf_resources,
)
from ingest.domain.wire import WireError
from ingest.domain.wire_fault import explain_fault
from traces.domain.otlp import attributes_dict
from traces.domain.span_row import STATUS_NAMES, SpanRow
from traces.semconv.details import SpanDetails
from traces.semconv.resolver import SpanFields, resolve

DIGEST_BYTES = 16
_INT64_MAX = 2**63 - 1
_NO_PARENT = frozenset({b"", bytes(8)})

MessageT = TypeVar("MessageT", bound=Message)


class MalformedRequestError(ValueError):
    """The request as a whole cannot be read; the message says why, and `path` where, as far as that is known."""

    def __init__(self, message: str, *, path: str = "") -> None:
        super().__init__(message)
        self.path = path


class SpanRejectedError(ValueError):
    """This span cannot be stored; the message says why."""


class UndecodableError(SpanRejectedError):
    """These bytes are no such message. What is wrong with them is looked for only when somebody asks."""

    def __init__(self, message_type: type[Message], data: bytes) -> None:
        super().__init__()
        self._message_type = message_type
        self._data = data

    def __str__(self) -> str:
        return explain_fault(self._message_type.DESCRIPTOR, self._data)


@dataclass(frozen=True, slots=True)
class Rejection:
    """A span that was not taken. `path` is its place in the request: resourceSpans[0].scopeSpans[0].spans[3]."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {_shorten(self.reason)}"


def _shorten(text: str) -> str:
    """Its beginning and its end: where the fault is, and which."""
    return text if len(text) <= REASON_CHARS else f"{text[: REASON_CHARS - 100]} … {text[-97:]}"


@dataclass(slots=True)
class Decoded:
    """What a request holds: rows to store, the traces_origin rows that they name, and what was rejected.

    `rejections` names the first NAMED_OFFENDERS of `rejected_count`.
    """

    rows: list[SpanRow] = field(default_factory=list)
    origins: dict[tuple[int, bytes], bytes] = field(default_factory=dict)
    rejected_count: int = 0
    rejections: list[Rejection] = field(default_factory=list)

    def reject(self, path: str, error: SpanRejectedError, *, span_count: int = 1) -> None:
        """Count spans as rejected, and name them while there is room."""
        self.rejected_count += span_count
        if span_count and len(self.rejections) < NAMED_OFFENDERS:
            self.rejections.append(Rejection(path, str(error)))

    @property
    def size_bytes(self) -> int:
        """About how much memory the rows hold."""
        return sum(len(row.raw) for row in self.rows) + 1_000 * len(self.rows)


@dataclass(frozen=True, slots=True)
class Origin:
    """The resource and scope of the spans that follow, as far as their rows need them."""

    project_id: int
    resource: Mapping[str, Any]
    resource_digest: bytes
    scope_name: str
    scope_digest: bytes


class Load(Protocol):
    """Decodes one part: the message, and its bytes in protobuf. Raises SpanRejectedError."""

    def __call__(self, message_type: type[MessageT], part: Any) -> tuple[MessageT, bytes]: ...


def decode_protobuf(body: bytes, *, project_id: int) -> Decoded:
    """Read an ExportTraceServiceRequest in protobuf.

    Each span's `raw` is the very bytes that came, unknown fields included. Raises MalformedRequestError where
    the bytes are no such message; a span that is broken within is rejected alone.
    """
    try:
        return _decode(protobuf_resources(body), _load_protobuf, project_id=project_id)
    except WireError as error:
        raise MalformedRequestError(f"not an ExportTraceServiceRequest in protobuf: {error}") from None
    except TooManyPartsError as error:
        raise MalformedRequestError(str(error)) from None


def decode_json(body: bytes, *, project_id: int) -> Decoded:
    """Read an ExportTraceServiceRequest in OTLP JSON.

    Raises MalformedRequestError where the JSON has not its shape; a span that is broken within is rejected alone.
    """
    try:
        return _decode(json_resources(parse_json(body)), _load_json, project_id=project_id)
    except JsonError as error:
        raise MalformedRequestError(
            f"not an ExportTraceServiceRequest in JSON: {error}", path=error.path
        ) from None
    except TooManyPartsError as error:
        raise MalformedRequestError(str(error)) from None


def _decode(resources: Iterable[ResourceParts], load: Load, *, project_id: int) -> Decoded:
    decoded = Decoded()
    for resource in resources:
        if resource.span_count:
            _take_resource(decoded, resource, load, project_id=project_id)
    return decoded


def _take_resource(decoded: Decoded, parts: ResourceParts, load: Load, *, project_id: int) -> None:
    """Add the rows of one ResourceSpans. A resource or scope that cannot be read takes its spans with it."""
    try:
        message, data = load(ResourceSpans, parts.own)
    except SpanRejectedError as error:
        decoded.reject(parts.path, error, span_count=parts.span_count)
        return
    resource = attributes_dict(message.resource.attributes)
    resource_digest = _keep_origin(decoded, data, project_id=project_id)
    for scope in parts.scopes:
        if not scope.spans:
            continue
        try:
            scope_message, scope_data = load(ScopeSpans, scope.own)
        except SpanRejectedError as error:
            decoded.reject(scope.path, error, span_count=len(scope.spans))
            continue
        origin = Origin(
            project_id=project_id,
            resource=resource,
            resource_digest=resource_digest,
            scope_name=scope_message.scope.name,
            scope_digest=_keep_origin(decoded, scope_data, project_id=project_id),
        )
        _take_spans(decoded, scope, load, origin)


def _take_spans(decoded: Decoded, parts: ScopeParts, load: Load, origin: Origin) -> None:
    for index, part in enumerate(parts.spans):
        try:
            span, raw = load(Span, part)
            decoded.rows.append(span_row(span, raw=raw, origin=origin))
        except SpanRejectedError as error:
            decoded.reject(f"{parts.path}.spans[{index}]", error)


def _keep_origin(decoded: Decoded, data: bytes, *, project_id: int) -> bytes:
    digest = hashlib.blake2b(data, digest_size=DIGEST_BYTES).digest()
    decoded.origins[project_id, digest] = data
    return digest


# --- The two encodings ------------------------------------------------------------------------------


def _load_protobuf(message_type: type[MessageT], part: Any) -> tuple[MessageT, bytes]:
    try:
        return message_type.FromString(part), part
    except DecodeError:
        raise UndecodableError(message_type, part) from None


def _load_json(message_type: type[MessageT], part: Any) -> tuple[MessageT, bytes]:
    message = message_type()
    try:
        fill_message(message, part)
    except JsonError as error:
        raise SpanRejectedError(str(error)) from None
    return message, message.SerializeToString()


# --- Rows -------------------------------------------------------------------------------------------


def span_row(span: Span, *, raw: bytes, origin: Origin) -> SpanRow:
    """The row of one span. Raises SpanRejectedError for ids and times that cannot be stored.

    A span that ends before it starts is kept as it says. Text columns are cut to their limits and lose NUL
    characters, which PostgreSQL cannot hold; `raw` keeps everything.
    """
    _check_ids(span)
    _check_times(span)
    fields = resolve(
        name=span.name,
        attributes=attributes_dict(span.attributes),
        events=[(event.name, attributes_dict(event.attributes)) for event in span.events],
        resource=origin.resource,
        scope_name=origin.scope_name,
        start_ns=span.start_time_unix_nano,
        event_times_ns=[event.time_unix_nano for event in span.events],
    )
    return SpanRow(
        start_ns=span.start_time_unix_nano,
        end_ns=span.end_time_unix_nano,
        input_tokens=_tokens(fields.input_tokens),
        cache_read_input_tokens=_tokens(fields.cache_read_input_tokens),
        cache_creation_input_tokens=_tokens(fields.cache_creation_input_tokens),
        output_tokens=_tokens(fields.output_tokens),
        reasoning_output_tokens=_tokens(fields.reasoning_output_tokens),
        project_id=origin.project_id,
        # A code that OTLP does not know says nothing about success.
        status=span.status.code if 0 <= span.status.code < len(STATUS_NAMES) else 0,
        trace_id=span.trace_id,
        span_id=span.span_id,
        parent_span_id=None if span.parent_span_id in _NO_PARENT else span.parent_span_id,
        name=_text(span.name) or "",
        status_message=_text(span.status.message or None, limit=MESSAGE_CHARS),
        resource_digest=origin.resource_digest,
        scope_digest=origin.scope_digest,
        details=_details(span, fields.details),
        raw=raw,
        **_text_columns(fields),
    )


_SERVER, _CONSUMER = 2, 5
"""OTLP span kinds of spans that another process caused."""
_HAS_IS_REMOTE, _IS_REMOTE = 0x100, 0x200
"""Bits of OTLP's span flags: whether it is known that the parent is remote, and whether it is."""
_MOST_LINKS = 10


def _details(span: Span, told: SpanDetails | None) -> SpanDetails | None:
    """The details that attributes tell, and those of the span itself."""
    is_remote = (
        bool(span.flags & _IS_REMOTE) if span.flags & _HAS_IS_REMOTE else span.kind in (_SERVER, _CONSUMER)
    )
    linked = {
        link.trace_id for link in span.links if link.trace_id != span.trace_id and len(link.trace_id) == 16
    }
    if not linked and not (is_remote and span.parent_span_id):
        return told
    details = SpanDetails(**(told or {}))
    if is_remote and span.parent_span_id:
        details["has_remote_parent"] = True
    if linked:
        details["linked_traces"] = sorted(trace_id.hex() for trace_id in linked)[:_MOST_LINKS]
    return details


_TEXT_FIELDS = (
    "convention",
    "provider",
    "request_model",
    "response_model",
    "response_id",
    "agent",
    "tool",
    "tool_call_id",
    "prompt_name",
    "prompt_version",
    "session_id",
    "user_id",
    "state",
    "service",
    "environment",
    "release",
    "error_type",
)


def _text_columns(fields: SpanFields) -> dict[str, Any]:
    columns = {name: _text(getattr(fields, name)) for name in _TEXT_FIELDS}
    columns["kind"] = fields.kind
    return columns


def _check_ids(span: Span) -> None:
    for name, value, size in (("traceId", span.trace_id, 16), ("spanId", span.span_id, 8)):
        if len(value) != size:
            raise SpanRejectedError(f"{name} has {len(value)} bytes, not {size}")
        if not any(value):
            raise SpanRejectedError(f"{name} is all zeros")
    if len(span.parent_span_id) not in (0, 8):
        raise SpanRejectedError(f"parentSpanId has {len(span.parent_span_id)} bytes, not 8")


def _check_times(span: Span) -> None:
    for name, value in (
        ("startTimeUnixNano", span.start_time_unix_nano),
        ("endTimeUnixNano", span.end_time_unix_nano),
    ):
        if value > _INT64_MAX:
            raise SpanRejectedError(f"{name} {value} is later than the year 2262")


def _text(value: str | None, *, limit: int = NAME_CHARS) -> str | None:
    if value is None:
        return None
    return value[:limit].replace("\0", "\ufffd")


def _tokens(count: int | None) -> int | None:
    """A count that its column and the sums over many can hold; anything else is no report."""
    return count if count is not None and 0 <= count <= TOKENS else None
