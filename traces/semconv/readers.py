"""Where a span's content stands: readers that the conventions' tables name.

A reader takes a span's attributes and events, and gives the content from one source. Content is read when a span
is opened, never while spans are stored.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from traces.semconv.convention import Attributes, Events, Reader
from traces.semconv.messages import dicts, normal_message, readable, tool_call, with_instructions
from traces.semconv.values import parse_json, unquote, value_at


def attribute(key: str) -> Reader:
    """The attribute's value: a JSON text parsed, messages in it in the normal form."""

    def read(attributes: Attributes, events: Events) -> Any:
        return readable(attributes.get(key))

    return read


def plain_attribute(key: str) -> Reader:
    """The attribute's JSON text parsed and left as it is: a tool's arguments may look like a message and be none."""

    def read(attributes: Attributes, events: Events) -> Any:
        return unquote(attributes.get(key))

    return read


def tool_event_arguments(name: str) -> Reader:
    """The content of an event in a tool's own span: what the tool was given (Strands)."""

    def read(attributes: Attributes, events: Events) -> Any:
        if attributes.get("gen_ai.operation.name") != "execute_tool":
            return None
        return next((unquote(body.get("content")) for event, body in events if event == name), None)

    return read


def quoted_attribute(key: str, *, path: str = "") -> Reader:
    """The attribute's JSON text, whatever it holds; with `path`, what stands at that place of it."""

    def read(attributes: Attributes, events: Events) -> Any:
        value = unquote(attributes.get(key))
        return readable(value_at(value, path) if path else value)

    return read


def messages_with_instructions(messages: str, instructions: str) -> Reader:
    """A list of messages, and the system prompt that stands in an attribute of its own."""

    def read(attributes: Attributes, events: Events) -> Any:
        return with_instructions(readable(attributes.get(messages)), parse_json(attributes.get(instructions)))

    return read


def event_attribute(name: str, key: str, *, instructions: str | None = None) -> Reader:
    """An attribute of the first event of that name that has it; the system prompt may stand in another one."""

    def read(attributes: Attributes, events: Events) -> Any:
        bodies = [body for event, body in events if event == name]
        content = next((readable(body[key]) for body in bodies if key in body), None)
        if content is None or instructions is None:
            return content
        told = next((body[instructions] for body in bodies if body.get(instructions)), None)
        return with_instructions(content, parse_json(told))

    return read


def message_events(roles: Mapping[str, str]) -> Reader:
    """One message an event, by the event's name; a tool's event (`role` tool) answers a call."""

    def read(attributes: Attributes, events: Events) -> Any:
        return [
            normal_message({"role": roles[name], **_event_message(body)})
            for name, body in events
            if name in roles
        ]

    return read


def _event_message(body: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes of a message event. The message may stand in `message`, as an object or as its content."""
    fields = {key: value for key, value in body.items() if value is not None}
    document = parse_json(fields.pop("gen_ai.event.content", None))  # Azure AI Inference: the whole in JSON
    if isinstance(document, dict):
        fields |= document
    message = parse_json(fields.get("message"))
    if isinstance(message, dict):
        return fields | message
    return fields | {"content": message} if message is not None else fields


# --- Flattened lists ---------------------------------------------------------------------------------------


def unflatten(attributes: Attributes, prefix: str) -> list[Any]:
    """`prefix.0.a.1.b = x` as nested dicts, with numbers as list positions; [] where there is none."""
    tree: dict[str, Any] = {}
    for key, value in attributes.items():
        if key.startswith(prefix + "."):
            _plant(tree, key[len(prefix) + 1 :].split("."), value)
    found = _as_list(tree)
    return found if isinstance(found, list) else []


def _plant(tree: dict[str, Any], path: Sequence[str], value: Any) -> None:
    for step in path[:-1]:
        below = tree.setdefault(step, {})
        if not isinstance(below, dict):
            return  # `a` and `a.b` both given: the first one stands
        tree = below
    tree.setdefault(path[-1], value)


_DEEPEST = 12


def _as_list(tree: Any, depth: int = 0) -> Any:
    if not isinstance(tree, dict) or depth > _DEEPEST:
        return tree
    if tree and all(step.isdigit() for step in tree):
        return [_as_list(tree[step], depth + 1) for step in sorted(tree, key=lambda step: (len(step), step))]
    return {step: _as_list(below, depth + 1) for step, below in tree.items()}


def flattened_messages(prefix: str) -> Reader:
    """`prefix.N.role`, `.content`, `.tool_calls.M.name` … (OpenLLMetry)."""

    def read(attributes: Attributes, events: Events) -> Any:
        return [
            normal_message({"role": "assistant", **entry})
            for entry in unflatten(attributes, prefix)
            if isinstance(entry, dict)
        ]

    return read


def openinference_messages(prefix: str) -> Reader:
    """`prefix.N.message.role`, `.message.contents.M.message_content.text`, `.message.tool_calls.M.tool_call.…`."""

    def read(attributes: Attributes, events: Events) -> Any:
        return [
            _openinference_message(entry.get("message", entry))
            for entry in unflatten(attributes, prefix)
            if isinstance(entry, dict)
        ]

    return read


def _openinference_message(message: Any) -> dict[str, Any]:
    if not isinstance(message, dict):
        return normal_message({"role": "unknown", "content": message})
    contents = [part.get("message_content", part) for part in dicts(message.get("contents"))]
    calls = [call.get("tool_call", call) for call in dicts(message.get("tool_calls"))]
    if message.get("function_call_name"):
        calls.append(
            {"name": message["function_call_name"], "arguments": message.get("function_call_arguments_json")}
        )
    plain = message.get("content")
    return normal_message(
        {
            "role": message.get("role") or "unknown",
            "content": contents or plain,
            "tool_calls": [tool_call(call) for call in calls],
            "tool_call_id": message.get("tool_call_id"),
        }
    )


def openinference_list(prefix: str, *, item: str) -> Reader:
    """A flattened list of objects that stand under a name of their own: `retrieval.documents.N.document.content`."""

    def read(attributes: Attributes, events: Events) -> Any:
        return [
            {key: parse_json(value) for key, value in entry[item].items()}
            for entry in dicts(unflatten(attributes, prefix))
            if isinstance(entry.get(item), dict)
        ]

    return read
