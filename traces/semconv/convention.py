"""What a semantic convention is to Lineside: declarative tables `canonical field <- attribute keys`.

To add one: write a module with a `Convention`, add it to `registry.PRECEDENCE`, add recorded spans to the tests.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Attributes = Mapping[str, Any]
Events = Sequence[tuple[str, Attributes]]
"""A span's events: (name, attributes) in order."""

Reader = Callable[[Attributes, Events], Any]
"""Reads what went into a span, or came out of it, from one source; None, "" or [] where that source is absent."""

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
DETAIL_FIELDS = (
    "total_tokens",  # this and the next two are evidence for the normal form only
    "uncached_input_tokens",
    "unreasoned_output_tokens",
    "cache_read_beside_input_tokens",  # told by those whose input tokens do not include it
    "cache_creation_beside_input_tokens",
    "input_audio_tokens",
    "cache_audio_read_tokens",  # the part of both that is audio from a cache
    "output_audio_tokens",
    "cache_creation_5m_input_tokens",
    "cache_creation_1h_input_tokens",
    "agent_id",  # of the agent object
    "agent_node",  # the name of an agent's place in its graph
    "own_name",  # of the agent or tool that the span is, where nothing says it more clearly
    "service_tier",
    "reported_cost_usd",
    "time_to_first_token",  # whole milliseconds or fractions of seconds
    "time_to_first_token_s",
    "time_to_first_token_ms",
    "first_token_at",  # ISO 8601 or nanoseconds since the epoch
    "http_status",
    "arguments",  # what a tool or a model was asked, as it stands: only its digest is kept
    "is_cache_hit",  # the answer came from a cache of the application's own
    "thread_id",
    "environment",
    "release",
    "pending_parent_id",
    "concluded_duration_s",  # of a call that began earlier, in a span without duration that tells how it ended
    "deferral",  # why a tool did not run: it waits for a person, or for another program
)
CANONICAL_FIELDS = frozenset(TEXT_FIELDS + TOKEN_FIELDS + DETAIL_FIELDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Convention:
    """One convention's tables. Of several keys the best stands first.

    fields              canonical field -> attribute keys.
    own_fields          the same, for names so plain that they are believed only in spans of `scopes`.
    documents           attribute that holds a JSON object -> {dotted path in it: canonical field}.
    quoted              prefixes of attributes whose value is a JSON text, a quoted string too.
    kinds               attribute key -> {its value: kind}; values are compared as they are, in upper case, as globs.
    kind_where_present  the kind of a span that carries the attribute at all, where no value of `kinds` told it.
    scopes              names of instrumentation scopes that speak it; a scope below one (`name.part`) counts too.
    corrections         (scope, glob of a span's name, kind): spans that are something else than they say.
    named_agents        scopes in which every agent has a name: an agent without one is the workflow around them.
    nameless            names of spans, as globs, that are no agent's and no tool's name.
    span_names          for spans of those scopes: (glob of the span's name, kind), the first that fits.
    running_totals      scopes whose agents' spans report a total over all turns of the agent object, earlier ones included.
    rough_counts        scopes whose counts are off by a little where they stream: another report of the call is believed first.
    inputs, outputs     where a span's content stands.
    settings            prefixes of attributes that hold a model call's settings, one an attribute.
    named_settings      attributes that hold one setting under another name -> the setting's name.
    settings_documents  attributes that hold all of them in one JSON object.
    finish_reasons      attributes that say why a model stopped.
    answers             attributes with a list of answers, each with its `finish_reason`, and the list's path in them.
    redundant           usage attributes, as globs, that tell nothing which others do not.
    """

    name: str
    source: str
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    own_fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    documents: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    quoted: tuple[str, ...] = ()
    kinds: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    kind_where_present: Mapping[str, str] = field(default_factory=dict)
    scopes: tuple[str, ...] = ()
    corrections: tuple[tuple[str, str, str], ...] = ()
    named_agents: tuple[str, ...] = ()
    nameless: tuple[str, ...] = ()
    span_names: tuple[tuple[str, str], ...] = ()
    running_totals: tuple[str, ...] = ()
    rough_counts: tuple[str, ...] = ()
    inputs: tuple[Reader, ...] = ()
    outputs: tuple[Reader, ...] = ()
    settings: tuple[str, ...] = ()
    named_settings: Mapping[str, str] = field(default_factory=dict)
    settings_documents: tuple[str, ...] = ()
    finish_reasons: tuple[str, ...] = ()
    answers: tuple[tuple[str, str], ...] = ()
    redundant: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        named = {
            *self.fields,
            *self.own_fields,
            *(name for paths in self.documents.values() for name in paths.values()),
        }
        if unknown := named - CANONICAL_FIELDS:
            raise ValueError(f"convention {self.name}: no canonical field is called {sorted(unknown)}")
