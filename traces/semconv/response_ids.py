"""The provider's response id, where an instrumentation keeps it inside the recorded answer only.

It is the best evidence that two spans report one call. OpenInference has no attribute for it, but its
`output.value` holds the provider's answer (OpenAI, Anthropic: `id` at the top) or LangChain's result (the
answer's metadata, `generations[0][0].message.kwargs.response_metadata.id`).
"""

from collections.abc import Mapping
from typing import Any

import orjson

LARGEST_ANSWER = 1_000_000
"""Characters of an answer that are worth parsing for an id."""


def find_response_id(attributes: Mapping[str, Any]) -> str | None:
    """The id inside `output.value`, or None. Never raises."""
    answer = attributes.get("output.value")
    if not isinstance(answer, str) or not answer.startswith("{") or len(answer) > LARGEST_ANSWER:
        return None
    if '"id"' not in answer and '"response' not in answer:
        return None
    try:
        body = orjson.loads(answer)
    except orjson.JSONDecodeError:
        return None
    found = body.get("id") or body.get("response_id") or body.get("responseId") or _langchain_id(body)
    return found if isinstance(found, str) and found else None


def _langchain_id(body: dict[str, Any]) -> Any:
    """The provider's id in LangChain's LLMResult; a run id of LangChain's own is none."""
    try:
        return body["generations"][0][0]["message"]["kwargs"]["response_metadata"]["id"]
    except (KeyError, IndexError, TypeError):
        return None
