"""Pydantic AI and Logfire: what they emit beside `gen_ai.*`.

A streamed call that Logfire sees in an SDK is told by two: its request, which ends at once, and a log without
duration that has the usage and how long the call took. An agent's span repeats the sum of its own calls under `gen_ai.aggregated_usage.*`; before instrumentation version 2
all messages stood in one JSON list of events. Logfire's pending spans show a span while it still runs: a second
span, child of the one that it announces, whose real parent stands in `logfire.pending_parent_id`.
"""

from typing import Any

from traces.semconv.convention import Attributes, Convention, Events, Reader
from traces.semconv.messages import dicts, readable
from traces.semconv.readers import attribute, plain_attribute, quoted_attribute
from traces.semconv.values import parse_json


def listed_events(*, answers: bool) -> Reader:
    """Messages in a JSON list of events: those that the model was given, or its answers (`gen_ai.choice`)."""

    def read(attributes: Attributes, events: Events) -> Any:
        listed = dicts(parse_json(attributes.get("events")))
        return readable(
            [event for event in listed if (event.get("event.name") == "gen_ai.choice") is answers]
        )

    return read


CONVENTION = Convention(
    name="logfire",
    source="github.com/pydantic/pydantic-ai, _instrumentation.py and models/instrumented.py; github.com/pydantic/logfire",
    fields={
        "agent": ("agent_name",),
        "request_model": ("model_name",),
        "input_tokens": ("gen_ai.aggregated_usage.input_tokens",),
        "cache_read_input_tokens": (
            "gen_ai.aggregated_usage.cache_read.input_tokens",
            "gen_ai.aggregated_usage.details.cache_read_tokens",
            "gen_ai.aggregated_usage.details.cache_read_input_tokens",
            "gen_ai.aggregated_usage.details.cached_content_tokens",
        ),
        "cache_creation_input_tokens": (
            "gen_ai.aggregated_usage.cache_write.input_tokens",
            "gen_ai.aggregated_usage.cache_creation.input_tokens",
            "gen_ai.aggregated_usage.details.cache_write_tokens",
            "gen_ai.aggregated_usage.details.cache_creation_input_tokens",
        ),
        "output_tokens": ("gen_ai.aggregated_usage.output_tokens",),
        "reasoning_output_tokens": (
            "gen_ai.aggregated_usage.reasoning.output_tokens",
            "gen_ai.aggregated_usage.details.reasoning_tokens",
            "gen_ai.aggregated_usage.details.thoughts_tokens",
        ),
        "reported_cost_usd": ("operation.cost",),
        "arguments": ("tool_arguments", "request_data", "raw_input"),
        "pending_parent_id": ("logfire.pending_parent_id",),
        "concluded_duration_s": ("duration",),
        "deferral": ("pydantic_ai.tool.deferral.name",),
    },
    # The OpenAI Agents SDK's group of runs is a conversation.
    own_fields={"own_name": ("name",), "session_id": ("group_id",)},
    kind_where_present={
        "pydantic_ai.all_messages": "agent",
        "all_messages_events": "agent",
        "tool_response": "tool",
        "tool_arguments": "tool",
    },
    nameless=("agent run",),
    scopes=("pydantic-ai", "logfire.openai_agents"),
    corrections=(
        ("logfire.openai_agents", "Turn * for agent *", "workflow"),
        ("logfire.openai_agents", "OpenAI Agents trace*", "workflow"),
    ),
    span_names=(
        ("Function: *", "tool"),
        ("Agent run: *", "agent"),
        ("Guardrail *", "guardrail"),
        ("Task: *", "workflow"),
        ("Handoff: *", "workflow"),
        ("agent run", "agent"),
        ("running tool*", "workflow"),
        ("running * tool*", "workflow"),
    ),
    inputs=(
        plain_attribute("tool_arguments"),
        listed_events(answers=False),
        attribute("pydantic_ai.all_messages"),
        attribute("all_messages_events"),
        quoted_attribute("request_data"),
    ),
    outputs=(
        plain_attribute("tool_response"),
        listed_events(answers=True),
        attribute("final_result"),
        quoted_attribute("response_data", path="message"),
        quoted_attribute("response_data"),
    ),
    settings_documents=("model_request_parameters", "model_settings"),
    redundant=("gen_ai.aggregated_usage.details.*", "pydantic_ai.cache.*"),
)
