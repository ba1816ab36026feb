"""What a semantic convention is to Lineside: a declarative table `canonical field <- attribute keys`.

To add one: write a module with a `Convention`, add it to `resolver.PRECEDENCE`, add recorded spans to the tests.
"""

from collections.abc import Mapping
from dataclasses import dataclass

TEXT_FIELDS = (
    "provider",
    "request_model",
    "response_model",
    "response_id",
    "agent",
    "tool",
    "tool_call_id",
    "prompt_name",
    "prompt_version",
    "session_id",
    "user_id",
    "state",
    "error_type",
)
TOKEN_FIELDS = (
    "input_tokens",
    "cache_read_input_tokens",
    "cache_creation_input_tokens",
    "output_tokens",
    "reasoning_output_tokens",
)
CANONICAL_FIELDS = frozenset(TEXT_FIELDS + TOKEN_FIELDS)


@dataclass(frozen=True, slots=True)
class Convention:
    """One convention's table.

    `fields` names, for each canonical field, the attribute keys that carry it, the best first. `kind_key` is the
    attribute whose value says what a span does and `kinds` translates its values; a value that `kinds` does not
    know falls to `kind_where_present`: the kind of a span that carries any of those attributes.
    """

    name: str
    fields: Mapping[str, tuple[str, ...]]
    kind_key: str
    kinds: Mapping[str, str]
    kind_where_present: Mapping[str, str]

    def __post_init__(self) -> None:
        unknown = self.fields.keys() - CANONICAL_FIELDS
        if unknown:
            raise ValueError(f"convention {self.name}: no canonical field is called {sorted(unknown)}")
