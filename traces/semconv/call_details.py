"""What a model call was asked for and how it ended, for people to read: settings and finish reasons.

Read when a span is opened, never while spans are stored.
"""

from collections.abc import Iterator
from typing import Any

from traces.semconv.convention import Attributes, Events
from traces.semconv.genai import DETAILS_EVENT
from traces.semconv.registry import PRECEDENCE, SETTINGS_DOCUMENTS
from traces.semconv.values import parse_json, value_at

_PREFIXES = tuple(prefix for convention in PRECEDENCE for prefix in convention.settings)
_NAMES = {key: name for convention in PRECEDENCE for key, name in convention.named_settings.items()}
_REASONS = tuple(key for convention in PRECEDENCE for key in convention.finish_reasons)
_ANSWERS = tuple(answer for convention in PRECEDENCE for answer in convention.answers)
_NO_SETTINGS = frozenset({"model", "type", "context"})
"""Under a prefix, but shown as facts of their own."""


def call_settings(attributes: Attributes) -> dict[str, Any]:
    """The call's parameters (temperature, max_tokens, …) by name, sorted; empty where none is reported."""
    found: dict[str, Any] = {}
    for key in SETTINGS_DOCUMENTS:
        document = parse_json(attributes.get(key))
        if isinstance(document, dict):
            found.update(document)
    for key, value in attributes.items():
        if key in _NAMES:
            found[_NAMES[key]] = value
        for prefix in _PREFIXES:
            if key.startswith(prefix):
                found[key.removeprefix(prefix)] = value
    return {name: found[name] for name in sorted(found) if name.partition(".")[0] not in _NO_SETTINGS}


def finish_reasons(attributes: Attributes, events: Events = ()) -> tuple[str, ...]:
    """Why the model stopped (stop, length, tool_calls, …), one a choice; empty where it is not reported."""
    for key in _REASONS:
        value = parse_json(attributes.get(key))
        if isinstance(value, list):
            return tuple(str(reason) for reason in value)
        if value is not None:
            return tuple(_plain_reason(reason) for reason in str(value).split(","))
    for choices in _told_choices(attributes, events):
        reasons = [reason for choice in choices if (reason := _reason_of(choice)) is not None]
        if reasons:
            return tuple(reasons)
    return ()


def _plain_reason(reason: str) -> str:
    """`stop` of `FinishReason.STOP`, as Python writes an enumeration."""
    name = reason.strip()
    return name.removeprefix("FinishReason.").lower() if name.startswith("FinishReason.") else name


def _told_choices(attributes: Attributes, events: Events) -> Iterator[list[Any]]:
    """Answers that may say it themselves: message events, lists of messages, the provider's own answer."""
    yield [body for name, body in events if name == "gen_ai.choice"]
    for told in (attributes, *(body for name, body in events if name == DETAILS_EVENT)):
        for key, path in _ANSWERS:
            document = parse_json(told.get(key))
            choices = value_at(document, path) if path else document
            if isinstance(choices, list):
                yield choices


def _reason_of(choice: Any) -> str | None:
    if not isinstance(choice, dict):
        return None
    content = parse_json(choice.get("gen_ai.event.content"))
    for place in (choice, choice.get("meta"), content):
        reason = place.get("finish_reason") if isinstance(place, dict) else None
        if isinstance(reason, str) and reason:
            return reason
    return None
