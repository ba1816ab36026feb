"""Calling a model: the wait, the tokens, the span; retries with a growing delay, then another model."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from opentelemetry.trace import SpanKind
from opentelemetry.util.types import AttributeValue

from demo.failures import ModelError, overloaded
from demo.messages import Message, ToolCall, calls_message, output_messages, text_message, to_json
from demo.models import EMBEDDING, RERANK, Model
from demo.run import Run

CHARACTERS_A_TOKEN = 4
"""A rule of thumb for English text; good enough for a simulated bill."""

WARM_CACHE_SHARE = 0.7
"""How often a prompt is still in the provider's cache, from a run some minutes before."""

ATTEMPTS = 3
FIRST_DELAY_S = 1.0
JITTER_S = 0.5
FAILURE_SHARE = 0.003
FAILURE_SHARE_OVERLOADED = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A prompt template under version control. `tokens` counts its tool definitions too."""

    name: str
    version: str
    text: str
    tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One question to a model, and how it will answer: in text, or by asking for tools.

    `context_tokens` came along with the messages (files, documents) and is not shown; `thinking_tokens` are
    produced before the answer. `answer_tokens` is what the answer's text makes, where it is not given.
    """

    prompt: Prompt
    messages: Sequence[Message]
    answer: str = ""
    tool_calls: Sequence[ToolCall] = ()
    context_tokens: int = 0
    thinking_tokens: int = 0
    answer_tokens: int | None = None
    is_streamed: bool = False
    reports_usage: bool = True
    temperature: float = 0.2

    def answer_message(self) -> Message:
        """The answer as a message."""
        return calls_message(self.tool_calls) if self.tool_calls else text_message("assistant", self.answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens as the provider reports them: `input` includes `cached` and `written`, `output` includes `thinking`."""

    input: int
    cached: int
    written: int
    output: int
    thinking: int


async def chat(run: Run, model: Model, ask: Ask, *, failure: ModelError | None = None) -> str:
    """One call of a model; gives the answer's text. Raises `failure` where there is one."""
    with run.span(f"chat {model.name}", _request(model, ask), kind=SpanKind.CLIENT) as span:
        if failure is not None:
            await run.take(0.1, 0.6)
            span.set_attribute("http.response.status_code", failure.status)
            raise failure
        usage = _usage(run, model, ask)
        first_token_s = model.first_token_s * run.rng.uniform(0.7, 1.8) + usage.input / 60_000
        await run.clock.sleep(first_token_s)
        if ask.is_streamed:
            span.set_attribute("gen_ai.response.time_to_first_chunk", round(first_token_s, 3))
        await run.clock.sleep(usage.output / (model.tokens_per_s * run.rng.uniform(0.8, 1.2)))
        span.set_attributes(_response(run, model, ask))
        if ask.reports_usage:
            span.set_attributes(_usage_attributes(model, usage))
        return ask.answer


async def chat_resiliently(run: Run, models: Sequence[Model], ask: Ask) -> str:
    """Call the first of the models; when it keeps failing, the next one. Raises ModelError when none is left.

    Retries and fallbacks stand as events on the caller's span: an agent that hides them helps nobody.
    """
    for place, model in enumerate(models, start=1):
        try:
            return await _chat_with_retries(run, model, ask)
        except ModelError as error:
            if place == len(models):
                raise
            run.note(
                "fallback",
                {"from": model.name, "to": models[place].name, "error.type": error.error_type},
            )
    raise ValueError("there is no model to call")


async def _chat_with_retries(run: Run, model: Model, ask: Ask) -> str:
    for attempt in range(1, ATTEMPTS):
        try:
            return await chat(run, model, ask, failure=_luck(run, model))
        except ModelError as error:
            delay_s = FIRST_DELAY_S * 2 ** (attempt - 1) + run.rng.uniform(0, JITTER_S)
            run.note(
                "retry",
                {"attempt": attempt, "delay_s": round(delay_s, 3), "error.type": error.error_type},
            )
            await run.clock.sleep(delay_s)
    return await chat(run, model, ask, failure=_luck(run, model))


def _luck(run: Run, model: Model) -> ModelError | None:
    is_overloaded = model.provider == run.overloaded_provider
    share = FAILURE_SHARE_OVERLOADED if is_overloaded else FAILURE_SHARE
    return overloaded(model.provider) if run.rng.random() < share else None


async def embed(run: Run, text: str) -> None:
    """Turn a query into a vector."""
    attributes: dict[str, AttributeValue] = {
        "gen_ai.operation.name": "embeddings",
        "gen_ai.provider.name": EMBEDDING.provider,
        "gen_ai.request.model": EMBEDDING.name,
        "gen_ai.embeddings.dimension.count": 1536,
    }
    with run.span(f"embeddings {EMBEDDING.name}", attributes, kind=SpanKind.CLIENT) as span:
        await run.take(0.05, 0.25)
        span.set_attribute("gen_ai.response.model", EMBEDDING.served)
        span.set_attribute("gen_ai.usage.input_tokens", count_tokens(text))


async def rerank(run: Run, query: str, *, documents: int) -> None:
    """Order documents by a model that is billed by the search: it reports no tokens."""
    attributes: dict[str, AttributeValue] = {
        "gen_ai.operation.name": "rerank",
        "gen_ai.provider.name": RERANK.provider,
        "gen_ai.request.model": RERANK.name,
        "gen_ai.retrieval.query.text": query,
        "rerank.documents.count": documents,
    }
    with run.span(f"rerank {RERANK.name}", attributes, kind=SpanKind.CLIENT):
        await run.take(0.12, 0.4)


def count_tokens(text: str) -> int:
    """About how many tokens a text has."""
    return max(1, len(text) // CHARACTERS_A_TOKEN)


def unmetered(ask: Ask) -> Ask:
    """The same call, streamed without asking the provider to report the usage, as is easily forgotten."""
    return replace(ask, is_streamed=True, reports_usage=False)


def _usage(run: Run, model: Model, ask: Ask) -> Usage:
    shown = count_tokens(to_json(list(ask.messages)))
    is_warm = run.rng.random() < WARM_CACHE_SHARE
    answer = ask.answer_tokens or count_tokens(to_json(ask.answer_message()))
    return Usage(
        input=ask.prompt.tokens + shown + ask.context_tokens,
        cached=ask.prompt.tokens if is_warm else 0,
        written=0 if is_warm or not model.reports_cache_writes else ask.prompt.tokens,
        output=answer + ask.thinking_tokens,
        thinking=ask.thinking_tokens,
    )


def _request(model: Model, ask: Ask) -> dict[str, AttributeValue]:
    return {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": model.provider,
        "gen_ai.request.model": model.name,
        "gen_ai.request.temperature": ask.temperature,
        "gen_ai.request.max_tokens": 4096,
        "gen_ai.request.stream": ask.is_streamed,
        "gen_ai.prompt.name": ask.prompt.name,
        "gen_ai.prompt.version": ask.prompt.version,
        "gen_ai.system_instructions": to_json([{"type": "text", "content": ask.prompt.text}]),
        "gen_ai.input.messages": to_json(list(ask.messages)),
        "server.address": f"api.{model.provider}.example",
    }


def _response(run: Run, model: Model, ask: Ask) -> dict[str, AttributeValue]:
    finish_reason = "tool_call" if ask.tool_calls else "stop"
    return {
        "gen_ai.response.id": f"{model.response_prefix}{run.rng.getrandbits(96):024x}",
        "gen_ai.response.model": model.served,
        "gen_ai.response.finish_reasons": [finish_reason],
        "gen_ai.output.messages": output_messages(ask.answer_message(), finish_reason=finish_reason),
    }


def _usage_attributes(model: Model, usage: Usage) -> dict[str, AttributeValue]:
    attributes: dict[str, AttributeValue] = {
        "gen_ai.usage.input_tokens": usage.input,
        "gen_ai.usage.cache_read.input_tokens": usage.cached,
        "gen_ai.usage.output_tokens": usage.output,
    }
    if model.reports_cache_writes:
        attributes["gen_ai.usage.cache_creation.input_tokens"] = usage.written
    if usage.thinking:
        attributes["gen_ai.usage.reasoning.output_tokens"] = usage.thinking
    return attributes
