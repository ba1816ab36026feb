"""What a span does, guessed from its name: for spans that speak no convention.

Only words that agents' programs use for one thing are believed; everything else stays `other`. A guess never makes a
model call: a call that nobody describes has no tokens to count, and its name alone would show a cost as unknown.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

_WORDS: tuple[tuple[str, str], ...] = (
    ("human", r"human|approval|approve|interrupt|hitl|await_user|wait_for_user"),
    ("guardrail", r"guardrails?|moderation|moderate"),
    ("evaluation", r"evaluat\w*|eval|judge|critique"),
    ("rerank", r"rerank\w*"),
    ("retrieval", r"retriev\w*|vector_?search|similarity_search|knowledge_base"),
    ("tool", r"tools?|function_call|mcp"),
    ("agent", r"agents?|subagent|supervisor"),
    ("workflow", r"workflow|pipeline|chain|graph|crew|task|step"),
    ("state", r"checkpoint\w*|memory|state"),
)
_PATTERNS = tuple((kind, re.compile(rf"(?:^|[\W_])(?:{words})(?:$|[\W_])")) for kind, words in _WORDS)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


_INFRASTRUCTURE = ("http.", "url.", "db.", "rpc.", "messaging.", "faas.")
"""Attributes of spans whose names are routes, statements and queues: `POST /agents` is no agent."""


def guess_kind(name: str, attribute_keys: Iterable[str] = ()) -> str:
    """The kind that a span's name suggests, `other` where it suggests none."""
    guessed = _by_name(name[:200])
    if guessed != "other" and any(key.startswith(_INFRASTRUCTURE) for key in attribute_keys):
        return "other"
    return guessed


@lru_cache(maxsize=4096)
def _by_name(name: str) -> str:
    text = _HUMP.sub("_", name).lower()
    return next((kind for kind, pattern in _PATTERNS if pattern.search(text)), "other")
