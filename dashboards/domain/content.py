"""Prepares what agents said and passed around for a page: messages with roles and parts, JSON as a tree that folds,
long texts in a first part and the rest. Pure; everything comes out as plain text for the template to escape."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

HEAD_CHARACTERS = 1_500
HEAD_LINES = 24
"""About a screen of the span's panel; what is longer hides behind «more»."""

MOST_CHARACTERS = 1_000_000
"""A page shows no more of one text than this; a browser stays quick, and the raw span has all of it."""

MOST_JSON_NODES = 500
"""Values of one JSON document that become nodes of their own; what is beyond stands as text in one line."""

DEEPEST_JSON = 12


@dataclass(frozen=True, slots=True)
class Text:
    """A text for reading: `head` is shown, `rest` opens on request, `missing_count` characters are only in the raw span."""

    head: str
    rest: str = ""
    missing_count: int = 0

    @property
    def rest_count(self) -> int:
        """Characters behind «more»."""
        return len(self.rest)


@dataclass(frozen=True, slots=True)
class JsonNode:
    """A value of a JSON document. `key` is empty for the document itself and `type` one of object, array, string,
    number, boolean, null; `text` is for leaves, `children` for the others, `size` the number of all members."""

    key: str
    type: str
    text: Text = Text("")
    children: tuple["JsonNode", ...] = ()
    size: int = 0
    is_open: bool = False

    @property
    def is_branch(self) -> bool:
        """It folds."""
        return bool(self.children)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a message. `kind` is text, reasoning, tool_call, tool_result or media; `title` a tool's name or a
    media type; `call_id` joins a tool call and its result. Either `text` or `json` holds the content."""

    kind: str
    title: str = ""
    call_id: str = ""
    text: Text | None = None
    json: JsonNode | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """What one party said. `role` is "" where the content is no message at all."""

    role: str
    parts: tuple[Part, ...] = field(default=())


def cut_text(text: str) -> Text:
    """Split a long text at a line's end, or hard where a line is long itself."""
    shown = text[:MOST_CHARACTERS]
    head = shown[:HEAD_CHARACTERS]
    lines = head.split("\n", HEAD_LINES)
    if len(lines) > HEAD_LINES:
        head = "\n".join(lines[:HEAD_LINES])
    elif len(shown) > HEAD_CHARACTERS and "\n" in head[HEAD_CHARACTERS // 2 :]:
        head = head[: head.rindex("\n")]
    rest = shown[len(head) :]
    if len(rest) < HEAD_CHARACTERS // 10 and "\n" not in rest.strip():
        head, rest = shown, ""
    return Text(head=head, rest=rest.removeprefix("\n"), missing_count=len(text) - len(shown))


def read_content(value: Any) -> tuple[Message, ...]:
    """Messages from a span's input or output: a list of messages, an object around one, or any other value.

    Empty for None. A value that is no message becomes one message without a role.
    """
    if value is None:
        return ()
    messages = value if _are_messages(value) else _enclosed_messages(value)
    if messages is None:
        return (Message(role="", parts=(_value_part(value),)),)
    return tuple(Message(role=_role(entry), parts=tuple(_parts(entry))) for entry in messages)


def _are_messages(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(entry, dict) and ("parts" in entry or "role" in entry) for entry in value)
    )


def _enclosed_messages(value: Any) -> list[dict[str, Any]] | None:
    """The messages of {"messages": […]} where nothing else stands beside them."""
    if isinstance(value, dict) and set(value) == {"messages"} and _are_messages(value["messages"]):
        found: list[dict[str, Any]] = value["messages"]
        return found
    return None


def _role(message: Mapping[str, Any]) -> str:
    return str(message.get("role") or "message")


def _parts(message: Mapping[str, Any]) -> Iterator[Part]:
    parts = message.get("parts")
    if isinstance(parts, list):
        for part in parts:
            yield _part(part) if isinstance(part, dict) else _value_part(part)
        return
    content = message.get("content")
    for part in content if isinstance(content, list) else [content]:
        if isinstance(part, dict) and "type" in part:
            yield _part(part)
        elif part not in (None, ""):
            yield _value_part(part)
    calls = message.get("tool_calls")
    for call in calls if isinstance(calls, list) else []:
        yield _tool_call(call)


def _part(part: Mapping[str, Any]) -> Part:
    kind = part.get("type")
    if kind in _READERS:
        return _READERS[kind](part)
    for key in ("content", "text"):
        if isinstance(part.get(key), str):
            return Part(kind="text", text=cut_text(part[key]))
    return Part(kind="media", title=str(kind or ""), json=build_json(dict(part)))


def _text(part: Mapping[str, Any]) -> Part:
    content = part.get("content", part.get("text"))
    return _value_part(content if content is not None else dict(part))


def _reasoning(part: Mapping[str, Any]) -> Part:
    content = part.get("content") or part.get("text") or part.get("thinking") or ""
    return Part(kind="reasoning", text=cut_text(str(content)))


def _tool_call(part: Any) -> Part:
    if not isinstance(part, dict):
        return _value_part(part, kind="tool_call")
    nested = part.get("function")
    function = nested if isinstance(nested, dict) else part
    arguments = function.get("arguments", function.get("input", function.get("args")))
    return _value_part(
        arguments, kind="tool_call", title=str(function.get("name") or ""), call_id=str(part.get("id") or "")
    )


def _tool_result(part: Mapping[str, Any]) -> Part:
    result = next((part[key] for key in ("response", "result", "content") if key in part), None)
    call_id = part.get("id") or part.get("tool_call_id") or part.get("tool_use_id") or ""
    return _value_part(result, kind="tool_result", title=str(part.get("name") or ""), call_id=str(call_id))


_READERS = {
    "text": _text,
    "input_text": _text,
    "output_text": _text,
    "reasoning": _reasoning,
    "thinking": _reasoning,
    "tool_call": _tool_call,
    "tool_use": _tool_call,
    "function_call": _tool_call,
    "tool_call_response": _tool_result,
    "tool_result": _tool_result,
    "function_call_output": _tool_result,
}


def _value_part(value: Any, *, kind: str = "text", title: str = "", call_id: str = "") -> Part:
    parsed = parse_document(value)
    if isinstance(parsed, dict | list):
        return Part(kind=kind, title=title, call_id=call_id, json=build_json(parsed))
    text = cut_text(value if isinstance(value, str) else scalar_text(value))
    return Part(kind=kind, title=title, call_id=call_id, text=text)


def parse_document(value: Any) -> Any:
    """The object or array that a text holds; any other value as it is."""
    if not isinstance(value, str) or value.lstrip()[:1] not in ("{", "["):
        return value
    try:
        parsed = json.loads(value)
    except (ValueError, RecursionError):
        return value
    return parsed if isinstance(parsed, dict | list) else value


def scalar_text(value: Any) -> str:
    """A value in one line, as JSON writes it, but texts as they are and bytes as hex."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return f"{len(value)} bytes: {value[:256].hex(' ')}{'…' if len(value) > 256 else ''}"
    return json.dumps(value, ensure_ascii=False, default=scalar_text)


def build_json(value: Any) -> JsonNode:
    """The document as a tree of at most MOST_JSON_NODES nodes, its first level open."""
    budget = [MOST_JSON_NODES - 1]
    return _node("", value, depth=0, budget=budget)


def _node(key: str, value: Any, *, depth: int, budget: list[int]) -> JsonNode:
    members = _members(value)
    if not members:
        return JsonNode(key=key, type=_json_type(value), text=cut_text(scalar_text(value)))
    if depth >= DEEPEST_JSON or budget[0] < len(members):
        return JsonNode(key=key, type=_json_type(value), text=cut_text(_safe_dump(value)), size=len(members))
    budget[0] -= len(members)
    return JsonNode(
        key=key,
        type=_json_type(value),
        children=tuple(_node(name, member, depth=depth + 1, budget=budget) for name, member in members),
        size=len(members),
        is_open=depth == 0 or (depth < 3 and len(members) <= 4),
    )


def _safe_dump(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, default=scalar_text)
    except RecursionError:
        return "(nested too deeply to show; the raw span has it)"


def _members(value: Any) -> Sequence[tuple[str, Any]]:
    if isinstance(value, dict):
        return [(str(name), member) for name, member in value.items()]
    if isinstance(value, list):
        return [(str(index), member) for index, member in enumerate(value)]
    return ()


def _json_type(value: Any) -> str:
    for python_type, name in _JSON_TYPES:
        if isinstance(value, python_type):
            return name
    return "null"


_JSON_TYPES: tuple[tuple[type, str], ...] = (
    (dict, "object"),
    (list, "array"),
    (bool, "boolean"),
    (int, "number"),
    (float, "number"),
    (str, "string"),
    (bytes, "bytes"),
)
