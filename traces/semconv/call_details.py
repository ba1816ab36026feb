"""What a model call was asked for and how it ended, for people to read: settings and finish reasons.

Read when a span is opened, never while spans are stored.
"""

from collections.abc import Mapping
from typing import Any

from traces.semconv.content import parse_json

_SETTINGS_PREFIX = "gen_ai.request."
_NO_SETTINGS = frozenset({"model"})
"""Under the prefix, but shown as facts of their own."""

_SETTINGS_DOCUMENTS = ("llm.invocation_parameters", "llm.request.parameters")
"""Attributes that hold all settings in one JSON object (OpenInference and relatives)."""

_FINISH_REASON_KEYS = (
    "gen_ai.response.finish_reasons",
    "llm.response.finish_reason",
    "ai.response.finishReason",
    "llm.finish_reason",
)


def call_settings(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The call's parameters (temperature, max_tokens, …) by name, sorted; empty where none is reported."""
    found: dict[str, Any] = {}
    for key in _SETTINGS_DOCUMENTS:
        document = parse_json(attributes.get(key))
        if isinstance(document, dict):
            found.update(document)
    for key, value in attributes.items():
        if key.startswith(_SETTINGS_PREFIX):
            found[key.removeprefix(_SETTINGS_PREFIX)] = value
    return {name: found[name] for name in sorted(found) if name not in _NO_SETTINGS}


def finish_reasons(attributes: Mapping[str, Any]) -> tuple[str, ...]:
    """Why the model stopped (stop, length, tool_calls, …), one a choice; empty where it is not reported."""
    for key in _FINISH_REASON_KEYS:
        value = attributes.get(key)
        if isinstance(value, list):
            return tuple(str(reason) for reason in value)
        if value is not None:
            return (str(value),)
    return ()
