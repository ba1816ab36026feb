"""What a model call was asked for, and why it stopped."""

from typing import Any

import pytest

from traces.semconv.call_details import call_settings, finish_reasons


@pytest.mark.parametrize(
    ("attributes", "settings"),
    [
        pytest.param(
            {
                "gen_ai.request.model": "claude-haiku-4-5",
                "gen_ai.request.temperature": 0.3,
                "gen_ai.request.max_tokens": 200,
                "gen_ai.request.top_p": 0.9,
                "gen_ai.request.top_k": 5,
                "gen_ai.request.stop_sequences": ["STOP"],
                "gen_ai.request.seed": 7,
                "gen_ai.request.frequency_penalty": 0.1,
                "gen_ai.request.presence_penalty": 0.2,
                "gen_ai.request.choice.count": 2,
            },
            {
                "choice.count": 2,
                "frequency_penalty": 0.1,
                "max_tokens": 200,
                "presence_penalty": 0.2,
                "seed": 7,
                "stop_sequences": ["STOP"],
                "temperature": 0.3,
                "top_k": 5,
                "top_p": 0.9,
            },
            id="genai",
        ),
        pytest.param(
            {
                "langsmith.metadata.ls_temperature": 0.2,
                "langsmith.metadata.ls_max_tokens": 64,
                "langsmith.metadata.ls_provider": "openai",
            },
            {"max_tokens": 64, "temperature": 0.2},
            id="langsmith",
        ),
        pytest.param(
            {"temperature": "0.2", "top_p": "1", "messages": "[]"},
            {"temperature": "0.2", "top_p": "1"},
            id="mlflow",
        ),
        pytest.param(
            {"gen_ai.openai.request.seed": 7, "openai.request.service_tier": "flex"},
            {"seed": 7, "service_tier": "flex"},
            id="genai, openai's own",
        ),
        pytest.param(
            {"llm.invocation_parameters": '{"model": "gpt-4o", "temperature": 0.2, "stop": null}'},
            {"stop": None, "temperature": 0.2},
            id="openinference",
        ),
        pytest.param(
            {"embedding.invocation_parameters": '{"model": "m", "encoding_format": "base64"}'},
            {"encoding_format": "base64"},
            id="openinference, embedding",
        ),
        pytest.param(
            {"ai.settings.maxOutputTokens": 900, "ai.settings.temperature": 0.2, "ai.settings.maxRetries": 2},
            {"maxOutputTokens": 900, "maxRetries": 2, "temperature": 0.2},
            id="vercel",
        ),
        pytest.param(
            {"llm.request.type": "chat", "llm.request.temperature": 0.5},
            {"temperature": 0.5},
            id="openllmetry",
        ),
        pytest.param(
            {"langfuse.observation.model.parameters": '{"temperature": 1, "max_tokens": "Infinity"}'},
            {"max_tokens": "Infinity", "temperature": 1},
            id="langfuse",
        ),
        pytest.param(
            {
                "llm.invocation_parameters": '{"temperature": 1, "top_p": 0.5}',
                "gen_ai.request.temperature": 0.3,
            },
            {"temperature": 0.3, "top_p": 0.5},
            id="an attribute of its own before the document",
        ),
        pytest.param({"llm.invocation_parameters": "[1"}, {}, id="broken"),
        pytest.param({"llm.invocation_parameters": '["temperature"]'}, {}, id="no object"),
        pytest.param({}, {}, id="none"),
    ],
)
def test_each_convention_says_the_settings_of_a_call(
    attributes: dict[str, Any], settings: dict[str, Any]
) -> None:
    found = call_settings(attributes)
    assert found == settings
    assert list(found) == sorted(settings)


@pytest.mark.parametrize(
    ("attributes", "reasons"),
    [
        ({"gen_ai.response.finish_reasons": ["stop", "length"]}, ("stop", "length")),
        ({"gen_ai.response.finish_reasons": '["tool_calls"]'}, ("tool_calls",)),
        ({"gen_ai.response.finish_reasons": "stop"}, ("stop",)),
        ({"llm.finish_reason": "STOP"}, ("STOP",)),
        (
            {"gen_ai.response.finish_reason": "FinishReason.STOP,FinishReason.TOOL_CALLS"},
            ("stop", "tool_calls"),
        ),
        ({"ai.response.finishReason": "tool-calls"}, ("tool-calls",)),
        ({"llm.response.finish_reason": "length"}, ("length",)),
        ({"llm.response.stop_reason": "end_turn"}, ("end_turn",)),
        ({"gen_ai.response.finish_reasons": ["stop"], "ai.response.finishReason": "other"}, ("stop",)),
        ({"gen_ai.response.finish_reasons": [None, 5]}, ("None", "5")),
        ({}, ()),
    ],
)
def test_each_convention_says_why_the_model_stopped(
    attributes: dict[str, Any], reasons: tuple[str, ...]
) -> None:
    assert finish_reasons(attributes) == reasons


@pytest.mark.parametrize(
    ("attributes", "reasons"),
    [
        ({"gen_ai.completion.0.finish_reason": "length"}, ("length",)),
        ({"anthropic.message.stop_reason": "end_turn"}, ("end_turn",)),
        ({"gen_ai.output.messages": '[{"role": "assistant", "finish_reason": "stop"}]'}, ("stop",)),
        (
            {"mlflow.spanOutputs": '{"choices": [{"finish_reason": "stop"}, {"finish_reason": "length"}]}'},
            ("stop", "length"),
        ),
        (
            {"haystack.component.output": '{"replies": [{"meta": {"finish_reason": "tool_calls"}}]}'},
            ("tool_calls",),
        ),
    ],
)
def test_an_answer_may_say_itself_why_it_stopped(
    attributes: dict[str, Any], reasons: tuple[str, ...]
) -> None:
    assert finish_reasons(attributes) == reasons


def test_an_event_may_say_why_the_model_stopped() -> None:
    assert finish_reasons({}, [("gen_ai.choice", {"finish_reason": "end_turn"})]) == ("end_turn",)
    json_body = {"gen_ai.event.content": '{"finish_reason": "stop"}'}
    assert finish_reasons({}, [("gen_ai.choice", json_body)]) == ("stop",)
    told = {"gen_ai.output.messages": '[{"finish_reason": "tool_use"}]'}
    assert finish_reasons({}, [("gen_ai.client.inference.operation.details", told)]) == ("tool_use",)


def test_what_a_program_says_of_a_call_is_no_setting() -> None:
    told = {"ai.settings.maxRetries": 2, "ai.settings.context.userId": "u1"}
    assert call_settings(told) == {"maxRetries": 2}
