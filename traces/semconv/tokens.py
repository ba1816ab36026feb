"""Token counts in the normal form: input includes cache reads and writes, output includes reasoning.

Providers differ, and instrumentations differ again in whether they have added the parts already. `read_usage` follows
the truth in this order:

1. Parts told apart (input without caches, output without reasoning; caches beside the input): they say what the
   wholes are.
2. A rule for the instrumentation (`USAGE_RULES`), each with its source.
3. A part cannot be larger than its whole: where it is, the whole was reported without it.
4. The reported total, where only one reading that is left adds up to it.
5. Else the wholes include their parts, as the GenAI convention has it.
"""

from collections.abc import Mapping
from operator import gt
from typing import Any, NamedTuple

from traces.semconv.usage_rules import UsageForm, find_rule
from traces.semconv.values import read_count


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


class Speaker(NamedTuple):
    """Who reports a usage: the convention whose attribute gave the input tokens, the instrumentation scope, the
    provider and model that the span names, and the span's name."""

    convention: str | None = None
    scope: str = ""
    provider: str | None = None
    model: str | None = None
    span: str = ""


def read_usage(found: Mapping[str, Any], speaker: Speaker = Speaker()) -> Usage:  # noqa: B008 — immutable
    """The usage in the normal form, from raw values by canonical field.

    0 in and 0 out is what streams without usage report (LiteLLM, OpenInference): not reported.
    """
    told = Usage(*(read_count(found.get(name)) for name in Usage._fields))
    told = told._replace(cache_creation_input_tokens=_written(told, found))
    told, is_beside = _with_caches_beside(told, found)
    uncached, unreasoned = (
        read_count(found.get(name)) for name in ("uncached_input_tokens", "unreasoned_output_tokens")
    )
    if not any(told) and not uncached and not unreasoned:
        return NO_USAGE
    form = _form(told, read_count(found.get("total_tokens")), speaker)
    if is_beside and uncached is None:
        form = form._replace(input_has_cache=False)
    if uncached is not None and told.input_tokens in (None, uncached, uncached + _cached(told)):
        told = told._replace(input_tokens=uncached)
        form = form._replace(input_has_cache=False)
    if unreasoned is not None and told.output_tokens is None:
        told = told._replace(output_tokens=unreasoned)
        form = form._replace(output_has_reasoning=False)
    return _normal(told, form)


def _with_caches_beside(told: Usage, found: Mapping[str, Any]) -> tuple[Usage, bool]:
    """The counts of caches that only those tell whose input does not include them, and whether there are any."""
    read, written = (
        read_count(found.get(f"cache_{what}_beside_input_tokens")) for what in ("read", "creation")
    )
    if read is None and written is None:
        return told, False
    known_read, known_written = told.cache_read_input_tokens, told.cache_creation_input_tokens
    return (
        told._replace(
            cache_read_input_tokens=read if known_read is None else known_read,
            cache_creation_input_tokens=written if known_written is None else known_written,
        ),
        True,
    )


def _written(told: Usage, found: Mapping[str, Any]) -> int | None:
    """Tokens written to a cache: the sum, or its parts by lifetime where the sum forgets them."""
    by_lifetime = [
        read_count(found.get(f"cache_creation_{lifetime}_input_tokens")) or 0 for lifetime in ("5m", "1h")
    ]
    return max(told.cache_creation_input_tokens or 0, sum(by_lifetime)) or told.cache_creation_input_tokens


def _form(told: Usage, total: int | None, speaker: Speaker) -> UsageForm:
    """What the counts mean, from who reports them and from their arithmetic."""
    rule = find_rule(*speaker)
    if rule is not None:
        return rule.form
    widest = UsageForm(
        input_has_cache=(told.input_tokens or 0) >= _cached(told),
        output_has_reasoning=(told.output_tokens or 0) >= (told.reasoning_output_tokens or 0),
    )
    possible = [form for form in _FORMS if not any(map(gt, form, widest))]
    fitting = [form for form in possible if _total_of(_normal(told, form)) == total]
    return fitting[0] if len({_normal(told, form) for form in fitting}) == 1 else widest


_FORMS = tuple(
    UsageForm(has_cache, has_reasoning) for has_cache in (True, False) for has_reasoning in (True, False)
)


def _normal(told: Usage, form: UsageForm) -> Usage:
    given, produced = told.input_tokens, told.output_tokens
    if given is not None and not form.input_has_cache:
        given += _cached(told)
    if produced is not None and not form.output_has_reasoning:
        produced += told.reasoning_output_tokens or 0
    return told._replace(input_tokens=given, output_tokens=produced)


def _cached(usage: Usage) -> int:
    return (usage.cache_read_input_tokens or 0) + (usage.cache_creation_input_tokens or 0)


def _total_of(usage: Usage) -> int:
    return (usage.input_tokens or 0) + (usage.output_tokens or 0)
