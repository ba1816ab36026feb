"""The conventions that Lineside knows, in the order in which they are believed.

Field by field the first convention that has a usable value wins, and within one its keys in their order: the current
standard before a vendor's dialect, so that a span that carries two conventions loses nothing. What a span *is* (its
kind) is told better by those that set `gen_ai.operation.name` from something finer of their own: they come first there.
"""

from traces.semconv import (
    agent_framework,
    agentcore,
    crewai,
    genai,
    google_adk,
    haystack,
    langfuse,
    langsmith,
    lineside,
    litellm,
    logfire,
    mlflow,
    openinference,
    openlit,
    plain,
    strands,
    traceloop,
    vercel,
)
from traces.semconv.convention import Convention

PRECEDENCE: tuple[Convention, ...] = (
    lineside.CONVENTION,
    genai.CONVENTION,
    openinference.CONVENTION,
    vercel.CONVENTION,
    traceloop.CONVENTION,
    langfuse.CONVENTION,
    langsmith.CONVENTION,
    openlit.CONVENTION,  # before MLflow, which writes the same words in capitals
    mlflow.CONVENTION,
    logfire.CONVENTION,
    google_adk.CONVENTION,
    strands.CONVENTION,
    agent_framework.CONVENTION,
    crewai.CONVENTION,
    haystack.CONVENTION,
    litellm.CONVENTION,
    agentcore.CONVENTION,
    plain.CONVENTION,
)

_FINER_KINDS = (
    lineside.CONVENTION,
    langsmith.CONVENTION,
    langfuse.CONVENTION,
    crewai.CONVENTION,
    traceloop.CONVENTION,
)
KIND_PRECEDENCE: tuple[Convention, ...] = (
    *_FINER_KINDS,
    *(convention for convention in PRECEDENCE if convention not in _FINER_KINDS),
)
SETTINGS_DOCUMENTS = tuple(key for convention in PRECEDENCE for key in convention.settings_documents)
"""Attributes that hold all settings of a call, in the order in which they are believed."""
