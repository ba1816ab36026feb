"""A request taken apart into its resources, scopes and spans, each still encoded: one at fault spoils no other."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ingest.domain.limits import PARTS_PER_REQUEST
from ingest.domain.otlp_json import JsonError
from ingest.domain.wire import Parts, split_message


class TooManyPartsError(ValueError):
    """The request holds more than may be taken at once."""

    def __init__(self) -> None:
        super().__init__(f"more than {PARTS_PER_REQUEST:,} spans, scopes and resources in one request")


@dataclass(frozen=True, slots=True)
class ScopeParts:
    """A ScopeSpans taken apart: the message without its spans, and the spans, all still encoded."""

    path: str
    own: Any
    spans: list[Any]


@dataclass(frozen=True, slots=True)
class ResourceParts:
    """A ResourceSpans taken apart likewise."""

    path: str
    own: Any
    scopes: list[ScopeParts]

    @property
    def span_count(self) -> int:
        return sum(len(scope.spans) for scope in self.scopes)


class _Allowance:
    """How many parts a request may still have, at all levels together."""

    def __init__(self) -> None:
        self._left = PARTS_PER_REQUEST

    def split(self, body: bytes, *, start: int, end: int, field: int) -> Parts:
        """split_message(), which does not go on when there are too many fields, whatever they are."""
        parts = split_message(body, start=start, end=end, field=field, most=self._left)
        if parts is None:
            raise TooManyPartsError
        self._left -= len(parts.payloads)
        return parts

    def items(self, parent: Any, *names: str, path: str) -> list[Any]:
        """The items of a repeated field in JSON, under whichever of its names it stands."""
        if not isinstance(parent, dict):
            raise JsonError("an object is expected", path)
        values: Any = next((parent[name] for name in names if parent.get(name) is not None), [])
        if not isinstance(values, list):
            raise JsonError("an array is expected", f"{path}.{names[0]}".lstrip("."))
        self._left -= len(values)
        if self._left < 0:
            raise TooManyPartsError
        return values


# --- Protobuf ---------------------------------------------------------------------------------------


def protobuf_resources(body: bytes) -> Iterator[ResourceParts]:
    """The parts of a request in protobuf, a resource at a time. Raises WireError and TooManyPartsError."""
    allowance = _Allowance()
    request = allowance.split(body, start=0, end=len(body), field=1)
    for index, (start, end) in enumerate(request.payloads):
        path = f"resourceSpans[{index}]"
        parts = allowance.split(body, start=start, end=end, field=2)
        scopes = [
            _protobuf_scope(allowance, body, f"{path}.scopeSpans[{place}]", *bounds)
            for place, bounds in enumerate(parts.payloads)
        ]
        yield ResourceParts(path, parts.rest, scopes)


def _protobuf_scope(allowance: _Allowance, body: bytes, path: str, start: int, end: int) -> ScopeParts:
    parts = allowance.split(body, start=start, end=end, field=2)
    spans = [body[span_start:span_end] for span_start, span_end in parts.payloads]
    return ScopeParts(path, parts.rest, spans)


# --- JSON -------------------------------------------------------------------------------------------


def json_resources(request: Any) -> Iterator[ResourceParts]:
    """The parts of a request in JSON that is parsed. Raises JsonError and TooManyPartsError."""
    allowance = _Allowance()
    for index, resource in enumerate(allowance.items(request, "resourceSpans", "resource_spans", path="")):
        path = f"resourceSpans[{index}]"
        scopes = [
            _json_scope(allowance, scope, f"{path}.scopeSpans[{place}]")
            for place, scope in enumerate(allowance.items(resource, "scopeSpans", "scope_spans", path=path))
        ]
        own = {key: value for key, value in resource.items() if key not in ("scopeSpans", "scope_spans")}
        yield ResourceParts(path, own, scopes)


def _json_scope(allowance: _Allowance, scope: Any, path: str) -> ScopeParts:
    spans = allowance.items(scope, "spans", path=path)
    return ScopeParts(path, {key: value for key, value in scope.items() if key != "spans"}, spans)
