"""Reading one emitted span as the product does, for the tests of the conventions."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from traces.semconv.content import SpanContent, span_content
from traces.semconv.resolver import resolve
from traces.semconv.tokens import Usage

Attributes = Mapping[str, Any]
Events = Sequence[tuple[str, Attributes]]


def facts(
    attributes: Attributes, *, name: str = "span", scope: str = "", events: Events = (), start_ns: int = 0
) -> dict[str, Any]:
    """Everything that the span says, without what it does not say; the details stand beside the columns."""
    spoken = resolve(
        name=name, attributes=attributes, events=events, resource={}, scope_name=scope, start_ns=start_ns
    )
    found = asdict(spoken)
    return {key: value for key, value in (found | (found.pop("details") or {})).items() if value is not None}


def usage(attributes: Attributes, *, scope: str = "", name: str = "span") -> Usage:
    """The span's tokens in the normal form."""
    found = resolve(name=name, attributes=attributes, events=(), resource={}, scope_name=scope)
    return Usage(*(getattr(found, field) for field in Usage._fields))


def content(attributes: Attributes, events: Events = ()) -> SpanContent:
    """What went in and what came out."""
    return span_content(attributes=attributes, events=events)


def text(role: str, *texts: str) -> dict[str, Any]:
    """A message of texts in the normal form."""
    return {"role": role, "parts": [{"type": "text", "content": part} for part in texts]}


def call(call_id: str | None, name: str, arguments: Any) -> dict[str, Any]:
    """A part by which a model calls a tool."""
    return {"type": "tool_call", "id": call_id, "name": name, "arguments": arguments}


def answer(call_id: str | None, response: Any) -> dict[str, Any]:
    """A part by which a tool answers."""
    return {"type": "tool_call_response", "id": call_id, "response": response}


def as_json(value: Any) -> str:
    """As instrumentations write it into an attribute."""
    return json.dumps(value)
