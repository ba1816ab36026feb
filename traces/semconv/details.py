"""What few spans carry, kept together in one JSON column: the finer parts of usage, evidence, links to other runs."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypedDict, cast

import orjson

from traces.semconv.values import (
    read_amount,
    read_count,
    read_moment_ns,
    read_seconds_ns,
    read_text,
)


class SpanDetails(TypedDict, total=False):
    """Keys are absent where nothing is known."""

    input_audio_tokens: int
    cache_audio_read_tokens: int  # audio that was read from a cache
    output_audio_tokens: int
    cache_creation_1h_input_tokens: int
    service_tier: str
    unknown_usage: dict[str, str]  # an example by key: amounts that no convention knows
    reported_cost_usd: str  # a decimal: what the exporter says that the call cost
    time_to_first_token_ns: int
    http_status: int
    arguments_digest: str  # equal where the same was asked: 16 hex digits
    is_cache_hit: bool
    running_total_of: (
        str  # usage is a total over all turns of this agent object, earlier ones included; "" is unnamed
    )
    thread_id: str
    text_bytes: tuple[int, int]  # of UTF-8 that a call read and wrote, where it reports no usage
    is_rough: bool  # the counts may be off by a little
    concluded_duration_ns: int  # of a call that began earlier: a log without duration tells how it ended
    states: list[tuple[int, str]]  # that events name: nanoseconds since the epoch, and the state
    deferral: str  # why a tool did not run: ApprovalRequired, CallDeferred
    has_remote_parent: bool  # the parent is a span of another process
    linked_traces: list[str]  # other traces that links of the span name, 32 hex digits each
    pending_parent_id: (
        str  # 16 hex digits or "": the span announces its parent, which still runs, below this one
    )


_NAME_CHARS = 200
_ANY_KEYS = orjson.OPT_NON_STR_KEYS | orjson.OPT_SORT_KEYS
_FIRST_TOKEN_EVENTS = frozenset(
    {
        "First Token Stream Event",  # OpenInference
        "gen_ai.content.completion.chunk",  # OpenLLMetry, one for each chunk
        "llm.content.completion.chunk",
        "ai.stream.firstChunk",  # Vercel AI SDK
    }
)


def read_details(
    found: Mapping[str, Any], *, event_times: Iterable[tuple[str, int]], start_ns: int
) -> SpanDetails:
    """The details among the raw values by canonical field. Never raises.

    `event_times` are the span's events, by name and nanoseconds since the epoch.
    """
    known: dict[str, Any] = {name: reader(found[name]) for name, reader in _READERS.items() if name in found}
    known["time_to_first_token_ns"] = _first_token_ns(found, event_times, start_ns)
    known["concluded_duration_ns"] = read_seconds_ns(found.get("concluded_duration_s"))
    if found.get("arguments") not in (None, [], "[]"):
        known["arguments_digest"] = digest(found["arguments"])
    return cast("SpanDetails", {name: value for name, value in known.items() if value is not None})


def _positive_count(value: Any) -> int | None:
    return read_count(value) or None


def _cost(value: Any) -> str | None:
    cost = read_amount(value)
    return str(cost) if cost is not None and cost > 0 else None


def _http_status(value: Any) -> int | None:
    status = read_count(value)
    return status if status is not None and 100 <= status <= 599 else None


def _cache_hit(value: Any) -> bool | None:
    return True if str(value).lower() == "true" else None


def _span_id(value: Any) -> str:
    """16 hex digits, or "" for no span: Logfire writes sixteen zeros below no parent."""
    text = str(value).lower().removeprefix("0x")
    is_id = len(text) == 16 and set(text) <= set("0123456789abcdef") and set(text) != {"0"}
    return text if is_id else ""


def _name(value: Any) -> str | None:
    """A short text that PostgreSQL's jsonb can hold: it has no NUL."""
    text = read_text(value)
    return text[:_NAME_CHARS].replace("\0", "\ufffd") if text else None


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "input_audio_tokens": _positive_count,
    "cache_audio_read_tokens": _positive_count,
    "output_audio_tokens": _positive_count,
    "cache_creation_1h_input_tokens": _positive_count,
    "service_tier": _name,
    "reported_cost_usd": _cost,
    "http_status": _http_status,
    "is_cache_hit": _cache_hit,
    "thread_id": _name,
    "deferral": _name,
    "pending_parent_id": _span_id,
}


def _first_token_ns(
    found: Mapping[str, Any], event_times: Iterable[tuple[str, int]], start_ns: int
) -> int | None:
    """Nanoseconds from the call's start to its first token, from whichever form is reported."""
    either = found.get("time_to_first_token")
    units = (
        ("time_to_first_token_s", 1),
        ("time_to_first_token_ms", 1000),
        # Strands counts whole milliseconds, OpenLIT fractions of seconds.
        ("time_to_first_token", 1000 if isinstance(either, int) else 1),
    )
    for name, per_second in units:
        if name in found and (waited := read_seconds_ns(found[name], per_second=per_second)) is not None:
            return waited
    moment = read_moment_ns(found.get("first_token_at"))
    if moment is None:
        moment = min((at for name, at in event_times if name in _FIRST_TOKEN_EVENTS), default=None)
    return moment - start_ns if moment is not None and 0 < start_ns <= moment else None


def digest(value: Any) -> str | None:
    """16 hex digits, equal for equal texts; values that are no text are compared as JSON. None for what is nested too
    deep for that."""
    try:
        text = (
            value if isinstance(value, str) else orjson.dumps(value, default=repr, option=_ANY_KEYS).decode()
        )
    except (TypeError, RecursionError):
        return None
    return hashlib.blake2b(text.encode(errors="replace"), digest_size=8).hexdigest()
