"""LiteLLM's `otel` callback: its dialect of `gen_ai.*`.

`raw_gen_ai_request`, below each `litellm_request`, repeats the provider's answer, its usage as the text of a Python
object; that is a second report of the call and read as none.
"""

from traces.semconv.convention import Convention

CONVENTION = Convention(
    name="litellm",
    source="github.com/BerriAI/litellm, litellm/integrations/opentelemetry.py",
    fields={
        "user_id": ("llm.user", "metadata.user_api_key_end_user_id"),
        "http_status": ("error.code",),
        "reported_cost_usd": ("gen_ai.cost.total_cost",),
        "is_cache_hit": ("litellm.cache_hit",),
        "service_tier": ("litellm.response.service_tier",),
    },
    redundant=("gen_ai.cost.*", "llm.*.max_tokens"),
)
