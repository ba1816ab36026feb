"""What a span's events tell where its attributes do not: what was asked, states, the type of an exception."""

from collections.abc import Sequence
from typing import Any

from traces.semconv.convention import Events
from traces.semconv.genai import DETAILS_EVENT
from traces.semconv.values import read_text


def asked_in_events(events: Events) -> list[Any] | None:
    """What a model or a tool was given, where events tell it instead of attributes."""
    asked = [
        attributes.get("gen_ai.input.messages", attributes)
        for name, attributes in events
        if name == DETAILS_EVENT or (name.startswith("gen_ai.") and name.endswith(".message"))
    ]
    return asked or None


_STATE_KEY = "lineside.state"
_MOST_STATES = 200


def states_in_events(events: Events, times_ns: Sequence[int]) -> list[tuple[int, str]]:
    """The states that events name, in their order."""
    named = [
        (at_ns, state[:200].replace("\0", ""))
        for (_, attributes), at_ns in zip(events, times_ns, strict=False)
        if (state := read_text(attributes.get(_STATE_KEY)))
    ]
    return named[:_MOST_STATES]


def exception_type(events: Events) -> str | None:
    """The type of the first exception event (OpenTelemetry: exceptions on spans)."""
    for name, attributes in events:
        if name == "exception":
            return read_text(attributes.get("exception.type"))
    return None
