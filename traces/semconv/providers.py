"""Who serves a model, in the names of the GenAI convention (`gen_ai.provider.name`).

Deprecated names, OpenInference's, and those of single frameworks become the convention's; a name that nobody knows
stays. A framework that names itself is no provider.
"""

_NAMES = {
    "az.ai.openai": "azure.ai.openai",
    "awsbedrock": "aws.bedrock",  # Agno's names, in lower case
    "azureopenai": "azure.ai.openai",
    "azureaifoundry": "azure.ai.inference",
    "azure": "azure.ai.openai",
    "azure-openai": "azure.ai.openai",
    "azure_openai": "azure.ai.openai",
    "az.ai.inference": "azure.ai.inference",
    "aws": "aws.bedrock",
    "aws_bedrock": "aws.bedrock",
    "amazon": "aws.bedrock",
    "amazon-bedrock": "aws.bedrock",
    "amazon_bedrock": "aws.bedrock",
    "bedrock": "aws.bedrock",
    "bedrock_converse": "aws.bedrock",
    "vertex_ai": "gcp.vertex_ai",
    "vertexai": "gcp.vertex_ai",
    "google-vertex": "gcp.vertex_ai",
    "google_vertexai": "gcp.vertex_ai",
    "gemini": "gcp.gemini",
    "google": "gcp.gemini",
    "googleai": "gcp.gemini",
    "google-gla": "gcp.gemini",
    "google_genai": "gcp.gemini",
    "google.generative-ai": "gcp.gemini",
    "google.vertex": "gcp.vertex_ai",
    "mistral": "mistral_ai",
    "mistralai": "mistral_ai",
    "xai": "x_ai",
    "x-ai": "x_ai",
    "watsonx": "ibm.watsonx.ai",
    "together": "together_ai",
    "togetherai": "together_ai",
    "fireworks_ai": "fireworks",
}
_API_SUFFIXES = frozenset(
    {"chat", "responses", "completion", "messages", "embedding", "image", "speech", "transcription"}
)
"""The Vercel AI SDK names the API behind the provider: `openai.responses`."""

_FRAMEWORKS = frozenset(
    {
        "ag2",
        "agent_framework",
        "agno",
        "autogen",
        "claude_agent_sdk",
        "crewai",
        "gcp.vertex.agent",
        "google_adk",
        "haystack",
        "langchain",
        "langgraph",
        "litellm",
        "llama_index",
        "llamaindex",
        "microsoft.agent_framework",
        "openai_agents",
        "pydantic_ai",
        "semantic_kernel",
        "smolagents",
        "strands-agents",
        "strands_agents",
    }
)


def provider_name(told: str | None) -> str | None:
    """The convention's name of the provider that a span names; None for none and for a framework."""
    if told is None:
        return None
    name = told.strip().lower()
    head, _, api = name.rpartition(".")
    if head and api in _API_SUFFIXES:
        name = head
    return None if name in _FRAMEWORKS else _NAMES.get(name, name)
