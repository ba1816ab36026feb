"""Tools: functions that really run, on data that is made up, and the model's calls of them."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from opentelemetry.trace import SpanKind
from opentelemetry.util.types import AttributeValue

from demo.calls import Ask, chat_resiliently, embed
from demo.messages import Json, ToolCall, result_message, to_json
from demo.models import Model
from demo.run import Run, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A function that a model may call. `work` gets the arguments; what it raises is the tool's failure."""

    name: str
    description: str
    work: Callable[[Mapping[str, Json]], Json]
    takes_s: tuple[float, float] = (0.1, 0.9)


@dataclass(frozen=True, slots=True)
class Use:
    """A tool and the arguments that a model wants it called with."""

    tool: Tool
    arguments: Mapping[str, Json]


async def use_tool(run: Run, use: Use, *, call_id: str) -> Json:
    """Run a tool and give its result; raises what the tool raises."""
    attributes: dict[str, AttributeValue] = {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": use.tool.name,
        "gen_ai.tool.type": "function",
        "gen_ai.tool.description": use.tool.description,
        "gen_ai.tool.call.id": call_id,
        "gen_ai.tool.call.arguments": to_json(dict(use.arguments)),
    }
    with run.span(f"execute_tool {use.tool.name}", attributes) as span:
        await run.take(*use.tool.takes_s)
        result = use.tool.work(use.arguments)
        span.set_attribute("gen_ai.tool.call.result", to_json(result))
        return result


async def chat_with_tools(run: Run, models: Sequence[Model], ask: Ask, *uses: Use) -> str:
    """A model asks for the tools, they run beside each other, and the model answers with what they gave.

    A tool that fails is told to the model as such, which is what an agent loop does; `ask.answer` answers that too.
    """
    calls = [ToolCall(new_call_id(run), use.tool.name, use.arguments) for use in uses]
    asking = replace(ask, tool_calls=calls, answer="", is_streamed=False, answer_tokens=None)
    await chat_resiliently(run, models, asking)
    results: dict[str, Json] = {}

    def task_of(use: Use, call: ToolCall) -> Task:
        async def task(fork: Run) -> None:
            results[call.id] = await _result_or_error(fork, use, call_id=call.id)

        return task

    await run.in_parallel(*(task_of(use, call) for use, call in zip(uses, calls, strict=True)))
    told = [result_message(call, results[call.id]) for call in calls]
    return await chat_resiliently(
        run, models, replace(ask, messages=[*ask.messages, asking.answer_message(), *told])
    )


async def _result_or_error(run: Run, use: Use, *, call_id: str) -> Json:
    try:
        return await use_tool(run, use, call_id=call_id)
    except Exception as error:  # whatever a tool raises is an answer to the model
        return {"error": f"{type(error).__name__}: {error}"}


def new_call_id(run: Run) -> str:
    """An id as models give their tool calls."""
    return f"call_{run.rng.getrandbits(64):016x}"


def parse_answer(body: str) -> Json:
    """What a service answered, as JSON; raises ValueError where it is none."""
    return json.loads(body)


async def retrieve(run: Run, query: str, *, source: str, documents: Sequence[Mapping[str, Json]]) -> None:
    """Find documents by meaning, in the service that keeps them."""
    library = run.at_service("knowledge-api")
    attributes: dict[str, AttributeValue] = {
        "gen_ai.operation.name": "retrieval",
        "gen_ai.data_source.id": source,
        "gen_ai.retrieval.query.text": query,
        "gen_ai.request.top_k": len(documents),
    }
    with library.span(f"retrieval {source}", attributes, kind=SpanKind.SERVER) as span:
        await embed(library, query)
        search = {"db.system.name": "postgresql", "db.operation.name": "SELECT", "db.collection.name": source}
        with library.span(f"SELECT {source}", search, kind=SpanKind.CLIENT):
            await library.take(0.01, 0.12)
        span.set_attribute("gen_ai.retrieval.documents", to_json([dict(each) for each in documents]))
