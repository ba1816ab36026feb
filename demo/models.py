"""The models that the simulated programs call: real names, and speeds as they are met in practice."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model as it is asked for (`name`) and as it answers (`served`)."""

    name: str
    served: str
    provider: str
    first_token_s: float
    tokens_per_s: float
    response_prefix: str
    reports_cache_writes: bool = False


GPT = Model(
    name="gpt-5.4",
    served="gpt-5.4-2026-03-05",
    provider="openai",
    first_token_s=0.5,
    tokens_per_s=230,
    response_prefix="chatcmpl-",
)
GPT_MINI = Model(
    name="gpt-5.4-mini",
    served="gpt-5.4-mini",
    provider="openai",
    first_token_s=0.3,
    tokens_per_s=280,
    response_prefix="chatcmpl-",
)
GPT_NANO = Model(
    name="gpt-5.4-nano",
    served="gpt-5.4-nano",
    provider="openai",
    first_token_s=0.25,
    tokens_per_s=260,
    response_prefix="chatcmpl-",
)
SONNET = Model(
    name="claude-sonnet-4-6",
    served="claude-sonnet-4-6",
    provider="anthropic",
    first_token_s=0.6,
    tokens_per_s=200,
    response_prefix="msg_",
    reports_cache_writes=True,
)
HAIKU = Model(
    name="claude-haiku-4-5",
    served="claude-haiku-4-5-20251001",
    provider="anthropic",
    first_token_s=0.35,
    tokens_per_s=260,
    response_prefix="msg_",
    reports_cache_writes=True,
)
GEMINI_FLASH = Model(
    name="gemini-3.5-flash",
    served="gemini-3.5-flash",
    provider="gcp.gemini",
    first_token_s=0.35,
    tokens_per_s=300,
    response_prefix="",
)
EMBEDDING = Model(
    name="text-embedding-3-small",
    served="text-embedding-3-small",
    provider="openai",
    first_token_s=0.06,
    tokens_per_s=20_000,
    response_prefix="",
)
RERANK = Model(
    name="rerank-v3.5",
    served="rerank-v3.5",
    provider="cohere",
    first_token_s=0.15,
    tokens_per_s=20_000,
    response_prefix="",
)

CHAT_MODELS = (GPT, GPT_MINI, GPT_NANO, SONNET, HAIKU, GEMINI_FLASH)
