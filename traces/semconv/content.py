"""What went into a span and what came out: messages, arguments and results, for people to read.

Messages take the form of the GenAI convention's JSON schemas: `{"role", "parts": [{"type": "text", "content"},
{"type": "tool_call", "id", "name", "arguments"}, {"type": "tool_call_response", "id", "response"}, …]}`.
Content is read when a span is opened, never while spans are stored.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

Attributes = Mapping[str, Any]
Events = Sequence[tuple[str, Attributes]]


class SpanContent(NamedTuple):
    """Input and output as JSON-able values: a list of messages, any other JSON, a text, or None."""

    input: Any
    output: Any


def span_content(*, attributes: Attributes, events: Events) -> SpanContent:
    """The span's input and output, from the first source that has one (order: the tuples below). Never raises."""
    return SpanContent(
        input=_first(_INPUT_SOURCES, attributes, events), output=_first(_OUTPUT_SOURCES, attributes, events)
    )


_Source = Callable[[Attributes, Events], Any]


def _first(sources: Sequence[_Source], attributes: Attributes, events: Events) -> Any:
    for source in sources:
        value = source(attributes, events)
        if value not in (None, "", []):
            return value
    return None


def parse_json(value: Any) -> Any:
    """A JSON text as its value, where it is an object or an array; everything else as it came."""
    if not isinstance(value, str) or not value.lstrip().startswith(("{", "[")):
        return value
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return value


def _attribute(key: str) -> _Source:
    def read(attributes: Attributes, events: Events) -> Any:
        return parse_json(attributes.get(key))

    return read


# --- OpenTelemetry GenAI ------------------------------------------------------------------------------


def _genai_input(attributes: Attributes, events: Events) -> Any:
    """gen_ai.input.messages, with the system instructions in front as a message of their own."""
    return _with_instructions(
        parse_json(attributes.get("gen_ai.input.messages")),
        parse_json(attributes.get("gen_ai.system_instructions")),
    )


def _with_instructions(messages: Any, instructions: Any) -> Any:
    if not instructions:
        return messages
    parts = instructions if isinstance(instructions, list) else [{"type": "text", "content": instructions}]
    system = {"role": "system", "parts": parts}
    return [system, *messages] if isinstance(messages, list) else [system]


_DETAILS_EVENT = "gen_ai.client.inference.operation.details"


def _details_event(key: str) -> _Source:
    """The event that carries content since semantic conventions 1.37."""

    def read(attributes: Attributes, events: Events) -> Any:
        for name, details in events:
            if name == _DETAILS_EVENT and key in details:
                messages = parse_json(details[key])
                if key == "gen_ai.input.messages":
                    return _with_instructions(messages, parse_json(details.get("gen_ai.system_instructions")))
                return messages
        return None

    return read


_MESSAGE_EVENTS = {
    "gen_ai.system.message": "system",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    "gen_ai.tool.message": "tool",
}


def _message_events(attributes: Attributes, events: Events) -> Any:
    """The message events of semantic conventions 1.36 and before."""
    return [
        {"role": body.get("role") or _MESSAGE_EVENTS[name], "parts": _parts(body)}
        for name, body in events
        if name in _MESSAGE_EVENTS
    ]


def _choice_events(attributes: Attributes, events: Events) -> Any:
    found = []
    for name, body in events:
        if name == "gen_ai.choice":
            message = parse_json(body.get("message"))
            fields = message if isinstance(message, dict) else {"content": message or body.get("content")}
            found.append({"role": fields.get("role") or "assistant", "parts": _parts(fields)})
    return found


def _content_event(name: str, key: str) -> _Source:
    def read(attributes: Attributes, events: Events) -> Any:
        return next((parse_json(body.get(key)) for event, body in events if event == name), None)

    return read


def _parts(message: Attributes) -> list[dict[str, Any]]:
    """The parts of a message that has `content` and `tool_calls` beside it (OpenAI's form)."""
    parts: list[dict[str, Any]] = []
    content = parse_json(message.get("content"))
    if isinstance(content, list):
        parts.extend(
            part if isinstance(part, dict) else {"type": "text", "content": part} for part in content
        )
    elif content not in (None, ""):
        parts.append({"type": "text", "content": content})
    calls = parse_json(message.get("tool_calls"))
    parts.extend(_tool_call(call) for call in (calls if isinstance(calls, list) else []))
    return parts


def _tool_call(call: Any) -> dict[str, Any]:
    if not isinstance(call, dict):
        return {"type": "tool_call", "arguments": call}
    inner = call.get("function")
    function = inner if isinstance(inner, dict) else call
    return {
        "type": "tool_call",
        "id": call.get("id"),
        "name": function.get("name"),
        "arguments": parse_json(function.get("arguments")),
    }


# --- Flattened messages: OpenInference, OpenLLMetry ----------------------------------------------------


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


def _openinference(prefix: str) -> _Source:
    def read(attributes: Attributes, events: Events) -> Any:
        return [
            _openinference_message(entry.get("message", entry))
            for entry in unflatten(attributes, prefix)
            if isinstance(entry, dict)
        ]

    return read


def _openinference_message(message: Any) -> dict[str, Any]:
    if not isinstance(message, dict):
        return {"role": "unknown", "parts": [{"type": "text", "content": message}]}
    contents = [_openinference_part(part) for part in _dicts(message.get("contents"))]
    if not contents and message.get("content") not in (None, ""):
        contents = [{"type": "text", "content": message["content"]}]
    role = message.get("role") or "unknown"
    if role == "tool" and contents:
        response = contents[0].get("content")
        contents = [
            {
                "type": "tool_call_response",
                "id": message.get("tool_call_id"),
                "response": parse_json(response),
            }
        ]
    calls = [_tool_call(call.get("tool_call", call)) for call in _dicts(message.get("tool_calls"))]
    return {"role": role, "parts": [*contents, *calls]}


def _openinference_part(part: dict[str, Any]) -> dict[str, Any]:
    content = part.get("message_content", part)
    if not isinstance(content, dict):
        return {"type": "text", "content": content}
    if "text" in content:
        return {"type": content.get("type") or "text", "content": content["text"]}
    return {"type": content.get("type") or "other", **content}


def _dicts(value: Any) -> Iterator[dict[str, Any]]:
    yield from (entry for entry in value if isinstance(entry, dict)) if isinstance(value, list) else ()


def _openllmetry(prefix: str) -> _Source:
    """gen_ai.prompt.N.role, .content, .tool_calls.M.name …"""

    def read(attributes: Attributes, events: Events) -> Any:
        return [
            {"role": entry.get("role") or "assistant", "parts": _parts(entry)}
            for entry in unflatten(attributes, prefix)
            if isinstance(entry, dict)
        ]

    return read


_INPUT_SOURCES: tuple[_Source, ...] = (
    _genai_input,
    _details_event("gen_ai.input.messages"),
    _openinference("llm.input_messages"),
    _openllmetry("gen_ai.prompt"),
    _message_events,
    _content_event("gen_ai.content.prompt", "gen_ai.prompt"),
    _attribute("gen_ai.tool.call.arguments"),
    _attribute("gen_ai.retrieval.query.text"),
    _attribute("input.value"),
    _attribute("ai.prompt.messages"),
    _attribute("ai.prompt"),
    _attribute("ai.toolCall.args"),
    _attribute("ai.values"),
    _attribute("traceloop.entity.input"),
    _attribute("gen_ai.prompt"),
)
_OUTPUT_SOURCES: tuple[_Source, ...] = (
    _attribute("gen_ai.output.messages"),
    _details_event("gen_ai.output.messages"),
    _openinference("llm.output_messages"),
    _openllmetry("gen_ai.completion"),
    _choice_events,
    _content_event("gen_ai.content.completion", "gen_ai.completion"),
    _attribute("gen_ai.tool.call.result"),
    _attribute("gen_ai.retrieval.documents"),
    _attribute("output.value"),
    _attribute("ai.response.text"),
    _attribute("ai.response.object"),
    _attribute("ai.response.toolCalls"),
    _attribute("ai.toolCall.result"),
    _attribute("traceloop.entity.output"),
    _attribute("gen_ai.completion"),
)
