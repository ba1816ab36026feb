"""Messages in the form of the GenAI conventions' JSON schemas, as attributes carry them: JSON texts."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Json = Any
"""Whatever json.dumps takes."""

Message = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A model's wish to have a tool run."""

    id: str
    tool: str
    arguments: Mapping[str, Json]


def to_json(value: Json) -> str:
    """Compact JSON, with other alphabets left as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def text_message(role: str, text: str) -> Message:
    """A message of one text."""
    return {"role": role, "parts": [{"type": "text", "content": text}]}


def calls_message(calls: Sequence[ToolCall]) -> Message:
    """A model's answer that asks for tools."""
    parts = [
        {"type": "tool_call", "id": call.id, "name": call.tool, "arguments": dict(call.arguments)}
        for call in calls
    ]
    return {"role": "assistant", "parts": parts}


def result_message(call: ToolCall, result: Json) -> Message:
    """What a tool gave back to the model."""
    return {"role": "tool", "parts": [{"type": "tool_call_response", "id": call.id, "response": result}]}


def output_messages(message: Message, *, finish_reason: str) -> str:
    """A model's answer as gen_ai.output.messages holds it."""
    return to_json([{**message, "finish_reason": finish_reason}])
