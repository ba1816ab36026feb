"""Which instrumentations report wholes without their parts: what no arithmetic on the counts can tell.

A rule names who speaks (convention and scope), of which provider's models, what the counts mean, and where that is
known from. The first that fits holds.
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import NamedTuple


class UsageForm(NamedTuple):
    """Whether the reported input includes cache reads and writes, the reported output reasoning."""

    input_has_cache: bool
    output_has_reasoning: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageRule:
    """`families` are makers of models (`model_family`), `spans` globs of the span's name; None stands for any, for every
    field."""

    source: str
    form: UsageForm
    convention: str | None = None
    scope: str | None = None
    families: frozenset[str] | None = None
    spans: tuple[str, ...] | None = None

    def fits(self, convention: str | None, scope: str, family: str | None, span: str) -> bool:
        return (
            (self.convention is None or self.convention == convention)
            and (self.scope is None or scope == self.scope or scope.startswith(self.scope + "."))
            and (self.families is None or family in self.families)
            and (self.spans is None or any(fnmatchcase(span, name) for name in self.spans))
        )


USAGE_RULES: tuple[UsageRule, ...] = (
    UsageRule(
        scope="openinference.instrumentation.agno",
        spans=("Claude.*", "AwsBedrock.*"),
        form=UsageForm(input_has_cache=False, output_has_reasoning=True),
        source="agno, models/anthropic/claude.py and models/aws/bedrock.py copy input_tokens as the provider has it, and "
        "openinference-instrumentation-agno writes it as llm.token_count.prompt; the total is that and the output. A "
        "model of Anthropic's behind LiteLLM is called otherwise and has the caches in it",
    ),
    UsageRule(
        scope="opentelemetry.instrumentation.botocore.bedrock-runtime",
        form=UsageForm(input_has_cache=False, output_has_reasoning=True),
        source="opentelemetry-instrumentation-botocore, extensions/bedrock.py copies Converse's inputTokens; "
        "docs.aws.amazon.com/bedrock, prompt caching: inputTokens are those neither read from nor written to the cache",
    ),
    UsageRule(
        scope="openlit.instrumentation.anthropic",
        form=UsageForm(input_has_cache=False, output_has_reasoning=True),
        source="openlit/instrumentation/anthropic/utils.py copies Anthropic's usage; docs.anthropic.com, prompt caching: "
        "input_tokens are those after the last cache breakpoint",
    ),
)


@lru_cache(maxsize=4096)
def find_rule(
    convention: str | None, scope: str, provider: str | None, model: str | None, span: str
) -> UsageRule | None:
    """The first rule that fits who speaks, in which span."""
    family = model_family(provider, model)
    return next((rule for rule in USAGE_RULES if rule.fits(convention, scope, family, span)), None)


_FAMILIES = (
    ("anthropic", ("claude", "anthropic")),
    ("google", ("gemini", "vertex", "google", "gcp")),
    ("openai", ("gpt", "openai", "o1", "o3", "o4")),
)


def model_family(provider: str | None, model: str | None) -> str | None:
    """Who made the model: anthropic, google, openai, or None. The model's name is believed before the seller's."""
    for name in (model, provider):
        text = (name or "").lower()
        for family, words in _FAMILIES:
            if any(word in text for word in words):
                return family
    return None
