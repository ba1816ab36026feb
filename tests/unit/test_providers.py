"""Providers by all their names are called as the GenAI convention calls them."""

import pytest

from traces.semconv.providers import provider_name
from traces.semconv.usage_rules import model_family


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("openai", "openai"),
        ("OpenAI", "openai"),
        (" anthropic ", "anthropic"),
        # deprecated in the convention itself
        ("az.ai.openai", "azure.ai.openai"),
        ("az.ai.inference", "azure.ai.inference"),
        ("vertex_ai", "gcp.vertex_ai"),
        ("gemini", "gcp.gemini"),
        ("xai", "x_ai"),
        # OpenInference
        ("azure", "azure.ai.openai"),
        ("aws", "aws.bedrock"),
        ("google", "gcp.gemini"),
        ("vertexai", "gcp.vertex_ai"),
        ("mistralai", "mistral_ai"),
        # the Vercel AI SDK
        ("openai.chat", "openai"),
        ("openai.responses", "openai"),
        ("anthropic.messages", "anthropic"),
        ("azure-openai.chat", "azure.ai.openai"),
        ("google.generative-ai", "gcp.gemini"),
        ("google.vertex.chat", "gcp.vertex_ai"),
        ("amazon-bedrock", "aws.bedrock"),
        ("togetherai.chat", "together_ai"),
        # Pydantic AI and LangChain
        ("google-gla", "gcp.gemini"),
        ("google-vertex", "gcp.vertex_ai"),
        ("google_genai", "gcp.gemini"),
        ("amazon_bedrock", "aws.bedrock"),
        ("bedrock_converse", "aws.bedrock"),
        # those that the convention names stay, those that nobody knows too
        ("gcp.vertex_ai", "gcp.vertex_ai"),
        ("ibm.watsonx.ai", "ibm.watsonx.ai"),
        ("watsonx", "ibm.watsonx.ai"),
        ("deepseek", "deepseek"),
        ("my.gateway", "my.gateway"),
    ],
)
def test_a_provider_says_its_name_of_the_convention(told: str, name: str) -> None:
    assert provider_name(told) == name


@pytest.mark.parametrize(
    "told",
    [
        None,
        "langchain",
        "LangGraph",
        "litellm",
        "crewai",
        "strands-agents",
        "gcp.vertex.agent",
        "microsoft.agent_framework",
        "openai_agents",
    ],
)
def test_a_framework_that_names_itself_is_no_provider(told: str | None) -> None:
    assert provider_name(told) is None


@pytest.mark.parametrize(
    ("provider", "model", "family"),
    [
        ("aws.bedrock", "us.anthropic.claude-haiku-4-5-20251001-v1:0", "anthropic"),
        ("gcp.vertex_ai", "claude-sonnet-4-5", "anthropic"),
        ("azure.ai.openai", "prod-deployment", "openai"),
        ("openai", None, "openai"),
        (None, "o4-mini", "openai"),
        ("gcp.gemini", None, "google"),
        (None, "gemini-2.5-flash", "google"),
        ("mistral_ai", "mistral-large", None),
        (None, None, None),
    ],
)
def test_a_models_name_says_who_made_it_before_its_sellers(
    provider: str | None, model: str | None, family: str | None
) -> None:
    assert model_family(provider, model) == family
