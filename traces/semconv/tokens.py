"""Token counts in the normal form: input includes cache reads and writes, output includes reasoning."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Usage(NamedTuple):
    """Tokens of one model call; None is "not reported", which is not zero."""

    input_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    cache_creation_input_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_output_tokens: int | None = None

    @property
    def is_reported(self) -> bool:
        """Whether the call's cost can be told from it at all."""
        return self.input_tokens is not None or self.output_tokens is not None


NO_USAGE = Usage()
MOST_TOKENS = 2**53
"""A larger count is a broken exporter's, not a model's; it is not believed."""


def read_count(value: Any) -> int | None:
    """A token count from an attribute: integers, whole floats and decimal strings; else None."""
    if isinstance(value, bool):
        return None
    is_digits = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 16
    if is_digits or (isinstance(value, float) and value.is_integer()):
        value = int(value)
    if isinstance(value, int) and 0 <= value <= MOST_TOKENS:
        return value
    return None


def read_usage(found: Mapping[str, Any]) -> Usage:
    """The usage in the normal form, from raw values by canonical field.

    - 0 in and 0 out is what streams without usage report (LiteLLM, OpenInference): not reported.
    - A part cannot be larger than its whole. Where cache reads and writes exceed the input, the input was
      reported without them (Anthropic's API does so: docs.anthropic.com, prompt caching, "tracking cache
      performance"), and they are added; where reasoning exceeds the output, likewise (Gemini reports
      thoughts beside candidates: ai.google.dev, UsageMetadata).
    """
    given, read, written, produced, reasoned = (read_count(found.get(name)) for name in Usage._fields)
    if not given and not produced and not (read or written or reasoned):
        return NO_USAGE
    cached = (read or 0) + (written or 0)
    if given is not None and cached > given:
        given += cached
    if produced is not None and reasoned is not None and reasoned > produced:
        produced += reasoned
    return Usage(given, read, written, produced, reasoned)
