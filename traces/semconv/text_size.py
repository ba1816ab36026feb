"""How much text a model call carries, for estimates of calls that report no usage."""

from typing import Any, NamedTuple

import orjson

from traces.semconv.content import span_content
from traces.semconv.convention import Attributes, Events
from traces.semconv.messages import find_messages

_ANY_KEYS = orjson.OPT_NON_STR_KEYS


class TextSize(NamedTuple):
    """Bytes of UTF-8 that a model read and wrote."""

    input_bytes: int
    output_bytes: int


def text_size(*, attributes: Attributes, events: Events) -> TextSize | None:
    """The sizes of a span's input and output; None where it carries neither. Pictures and files are no text."""
    content = span_content(attributes=attributes, events=events)
    size = TextSize(_bytes_of(content.input), _bytes_of(content.output))
    return size if any(size) else None


def _bytes_of(content: Any) -> int:
    messages = find_messages(content)
    if messages is None:
        return _length(content)
    return sum(_part_bytes(part) for message in messages for part in message["parts"])


_TEXTS = {
    "text": ("content",),
    "reasoning": ("content",),
    "tool_call": ("name", "arguments"),
    "tool_call_response": ("response",),
}
"""What is text in each kind of part."""


def _part_bytes(part: dict[str, Any]) -> int:
    return sum(_length(part.get(key)) for key in _TEXTS.get(part["type"], ()))


def _length(value: Any) -> int:
    if value is None:
        return 0
    if isinstance(value, str):
        return len(value.encode(errors="replace"))
    try:
        return len(orjson.dumps(value, default=repr, option=_ANY_KEYS))
    except (TypeError, RecursionError):
        return 0
