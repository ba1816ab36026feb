"""Messages in the form of the GenAI convention's JSON schemas, from the forms that providers and frameworks have.

The normal form is `{"role", "parts": [{"type": "text", "content"}, {"type": "reasoning", "content"}, {"type":
"tool_call", "id", "name", "arguments"}, {"type": "tool_call_response", "id", "response"}, …]}`. Read are those of
OpenAI (`content`, `tool_calls`; Responses items), Anthropic (content blocks), Gemini (`contents`, `parts`), Bedrock
Converse (`toolUse`), the Vercel AI SDK (`tool-call`), LangChain (`lc` constructors) and the GenAI convention itself.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from traces.semconv.values import parse_json, value_at

Message = dict[str, Any]
Part = dict[str, Any]

_ROLES = {"human": "user", "ai": "assistant", "AIMessageChunk": "assistant", "model": "assistant"}
_LISTS = (
    "messages",
    "contents",
    "input_messages",
    "choices",
    "generations",
    "candidates",
    "content_blocks",
    "replies",
    "output",
)
"""Keys under which requests and answers hold their messages."""
_DEEPEST = 4


def readable(value: Any) -> Any:
    """A recorded input or output as people read it: a list of messages where it holds some, else the value.

    JSON texts are parsed; a list of messages may stand inside the request or answer around it.
    """
    document = parse_json(value)
    return find_messages(document) or document


def find_messages(document: Any, depth: int = 0) -> list[Message] | None:
    """The messages of a document, or None where it holds none."""
    if depth > _DEEPEST:
        return None
    if isinstance(document, list):
        return _messages_of_list(document, depth)
    if not isinstance(document, dict):
        return None
    return [normal_message(document)] if is_message(document) else _messages_within(document, depth)


def _messages_within(document: Mapping[str, Any], depth: int) -> list[Message] | None:
    """The messages of a request or an answer around them."""
    for key in _LISTS:
        below = parse_json(document.get(key))
        if isinstance(below, list) and below and (found := find_messages(below, depth + 1)):
            return _with_system(document, found)
    for wrapped in (document.get("message"), document.get("content")):
        if isinstance(wrapped, dict) and (found := find_messages(wrapped, depth + 1)):
            return found
    return None


def _messages_of_list(items: Sequence[Any], depth: int) -> list[Message] | None:
    items = [parse_json(item) for item in items]
    if items and all(isinstance(item, dict) and is_message(item) for item in items):
        return [normal_message(item) for item in items]
    if len(items) >= 1 and all(isinstance(item, dict | list) for item in items):
        found = [find_messages(item, depth + 1) for item in items]
        if all(found):
            return [message for messages in found for message in messages or ()]
    return None


def _with_system(request: Mapping[str, Any], messages: list[Message]) -> list[Message]:
    """Anthropic, Gemini and Bedrock give the system prompt beside the messages."""
    for key in ("system", "system_instruction", "systemInstruction", "instructions"):
        instructions = request.get(key) or value_at(request, f"config.{key}")
        if instructions:
            with_system: list[Message] = with_instructions(messages, instructions)
            return with_system
    return messages


def with_instructions(messages: Any, instructions: Any) -> Any:
    """The messages with the system prompt in front as a message of its own."""
    if not instructions:
        return messages
    system = {"role": "system", "parts": [*_parts_of(instructions)]}
    return [system, *messages] if isinstance(messages, list) else [system]


def is_message(value: Mapping[str, Any]) -> bool:
    """Whether an object is a message of any of the forms."""
    if isinstance(value.get("role"), str):
        return any(key in value for key in ("content", "parts", "tool_calls", "contents", "function_call"))
    kind = value.get("type")
    if value.get("lc") == 1 or kind in ("human", "ai", "system", "tool", "AIMessageChunk"):
        return "kwargs" in value or "content" in value
    return kind in _RESPONSES_ITEMS


_RESPONSES_ITEMS = ("function_call", "function_call_output", "reasoning")
"""Items of OpenAI's Responses API that stand in the list of messages without a role."""


def normal_message(message: Mapping[str, Any]) -> Message:
    """One message in the normal form."""
    if isinstance(message.get("kwargs"), dict):
        names = message.get("id")
        kind = str(names[-1]) if isinstance(names, list) and names else ""
        message = {
            "type": kind.removesuffix("Message").removesuffix("MessageChunk").lower(),
            **message["kwargs"],
        }
    if "role" not in message and message.get("type") in _RESPONSES_ITEMS:
        role = "tool" if message["type"] == "function_call_output" else "assistant"
        return {"role": role, "parts": [normal_part(dict(message))]}
    role = str(message.get("role") or message.get("type") or "unknown")
    role = _ROLES.get(role, role)
    parts = [*_parts_of(message.get("parts", message.get("content", message.get("contents"))))]
    reasoning = message.get("reasoning_content")
    if reasoning:
        parts.insert(0, {"type": "reasoning", "content": reasoning})
    if role == "tool" and parts and all(part["type"] == "text" for part in parts):
        response = parts[0]["content"] if len(parts) == 1 else [part["content"] for part in parts]
        called = message.get("tool_call_id", message.get("id"))
        parts = [{"type": "tool_call_response", "id": called, "response": parse_json(response)}]
    known = [part.get("id") for part in parts if part["type"] == "tool_call"]
    calls = [tool_call(call) for call in dicts(parse_json(message.get("tool_calls")))]
    return {
        "role": role,
        "parts": [*parts, *(call for call in calls if call["id"] not in known or not call["id"])],
    }


def _parts_of(content: Any) -> Iterator[Part]:
    content = parse_json(content)
    for item in content if isinstance(content, list) else [content]:
        if item not in (None, ""):
            yield normal_part(item)


def normal_part(part: Any) -> Part:
    """One part of a message in the normal form; a kind of part that nobody knows stays as it came."""
    if not isinstance(part, dict):
        return {"type": "text", "content": part}
    kind = part.get("type") if isinstance(part.get("type"), str) else None
    for key, read in _PARTS.items():
        if kind == key or (kind is None and key in part):
            return read(part)
    return {**part, "type": kind or "other"}


def tool_call(call: Any) -> Part:
    """A model's wish to call a tool, from any of the forms."""
    if not isinstance(call, dict):
        return {"type": "tool_call", "id": None, "name": None, "arguments": call}
    inner = next((call[key] for key in _CALL_BODIES if isinstance(call.get(key), dict)), call)
    return {
        "type": "tool_call",
        "id": _first(call, _CALL_IDS) or _first(inner, _CALL_IDS),
        "name": _first(inner, ("name", "toolName", "tool_name")),
        "arguments": parse_json(_first(inner, ("arguments", "args", "input"))),
    }


_CALL_BODIES = ("function", "tool_call", "toolUse", "functionCall", "function_call")
_CALL_IDS = ("call_id", "id", "toolCallId", "toolUseId", "tool_use_id", "tool_call_id")


def _tool_answer(part: Mapping[str, Any]) -> Part:
    inner = next((part[key] for key in _ANSWER_BODIES if isinstance(part.get(key), dict)), part)
    return {
        "type": "tool_call_response",
        "id": _first(inner, _CALL_IDS) or _first(part, _CALL_IDS) or value_at(inner, "origin.id"),
        "response": parse_json(_first(inner, ("response", "result", "output", "content"))),
    }


_ANSWER_BODIES = ("toolResult", "functionResponse", "function_response", "tool_call_result")


def _text(part: Mapping[str, Any]) -> Part:
    return {"type": "text", "content": _first(part, ("content", "text", "refusal"))}


def _reasoning(part: Mapping[str, Any]) -> Part:
    inner = part.get("reasoningContent")
    if isinstance(inner, dict):
        text = inner.get("reasoningText")
        part = text if isinstance(text, dict) else inner
    content = _first(part, ("content", "thinking", "text", "reasoning", "summary"))
    if isinstance(content, dict):  # Haystack
        content = _first(content, ("reasoning_text", "text"))
    return {"type": "reasoning", "content": content}


_PARTS: dict[str, Callable[[Mapping[str, Any]], Part]] = {
    "text": _text,
    "output_text": _text,
    "input_text": _text,
    "refusal": _text,
    "reasoning": _reasoning,
    "thinking": _reasoning,
    "reasoningContent": _reasoning,
    "tool_call": tool_call,
    "tool_use": tool_call,
    "tool-call": tool_call,
    "function_call": tool_call,
    "toolUse": tool_call,
    "functionCall": tool_call,
    "tool_call_response": _tool_answer,
    "tool_result": _tool_answer,
    "tool-result": _tool_answer,
    "function_call_output": _tool_answer,
    "toolResult": _tool_answer,
    "functionResponse": _tool_answer,
    "function_response": _tool_answer,
    "tool_call_result": _tool_answer,
}
"""Readers of parts, by their `type`, or by the key that a part without one has."""


def _first(value: Mapping[str, Any], keys: Sequence[str]) -> Any:
    return next((value[key] for key in keys if value.get(key) is not None), None)


def dicts(value: Any) -> Iterator[dict[str, Any]]:
    """The objects of a list; nothing of anything else."""
    yield from (entry for entry in value if isinstance(entry, dict)) if isinstance(value, list) else ()
