"""Attributes that look like usage and stand in no table: they are collected, so that somebody can add them."""

import re
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

from traces.semconv.registry import PRECEDENCE

MOST_KEYS = 10
"""Of one span."""
_KEY_CHARS = 200
_EXAMPLE_CHARS = 100
_WORDS = re.compile(r"token|usage|cost(?!om)|credit", re.IGNORECASE)
_SETTINGS = re.compile(r"max|limit|budget|count_tokens|custom", re.IGNORECASE)
_REDUNDANT = tuple(glob for convention in PRECEDENCE for glob in convention.redundant)


@lru_cache(maxsize=4096)
def is_usage_key(key: str) -> bool:
    """Whether an attribute's key sounds like tokens or money spent. For keys that no table has."""
    if len(key) > _KEY_CHARS or "\0" in key or not _WORDS.search(key) or _SETTINGS.search(key):
        return False
    return not any(fnmatchcase(key, glob) for glob in _REDUNDANT)


def usage_example(value: Any) -> str | None:
    """The value as an example, where it is an amount above nothing; else None."""
    if isinstance(value, bool) or not isinstance(value, int | float | str) or value != value:
        return None
    try:
        return str(value)[:_EXAMPLE_CHARS] if float(value) > 0 else None
    except ValueError:
        return None
