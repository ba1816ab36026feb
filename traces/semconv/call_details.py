"""What a model call was asked for and how it ended, for people to read: settings and finish reasons.

Read when a span is opened, never while spans are stored.
"""

from typing import Any

from traces.semconv.convention import Attributes
from traces.semconv.registry import PRECEDENCE
from traces.semconv.values import parse_json

_PREFIXES = tuple(prefix for convention in PRECEDENCE for prefix in convention.settings)
_DOCUMENTS = tuple(key for convention in PRECEDENCE for key in convention.settings_documents)
_REASONS = tuple(key for convention in PRECEDENCE for key in convention.finish_reasons)
_NO_SETTINGS = frozenset({"model", "type"})
"""Under a prefix, but shown as facts of their own."""


def call_settings(attributes: Attributes) -> dict[str, Any]:
    """The call's parameters (temperature, max_tokens, …) by name, sorted; empty where none is reported."""
    found: dict[str, Any] = {}
    for key in _DOCUMENTS:
        document = parse_json(attributes.get(key))
        if isinstance(document, dict):
            found.update(document)
    for key, value in attributes.items():
        for prefix in _PREFIXES:
            if key.startswith(prefix):
                found[key.removeprefix(prefix)] = value
    return {name: found[name] for name in sorted(found) if name not in _NO_SETTINGS}


def finish_reasons(attributes: Attributes) -> tuple[str, ...]:
    """Why the model stopped (stop, length, tool_calls, …), one a choice; empty where it is not reported."""
    for key in _REASONS:
        value = parse_json(attributes.get(key))
        if isinstance(value, list):
            return tuple(str(reason) for reason in value)
        if value is not None:
            return (str(value),)
    return ()
