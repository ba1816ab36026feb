"""The steps that agent programs are made of, each with its span: workflow, agent, state, guardrail, evaluation, person."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from opentelemetry.trace import Span
from opentelemetry.util.types import AttributeValue

from demo.messages import Json, output_messages, text_message, to_json
from demo.models import Model
from demo.run import Run


@dataclass(frozen=True, slots=True)
class Work:
    """An agent or workflow that is under way."""

    span: Span

    def answer(self, text: str) -> None:
        """Say what came out of it."""
        message = text_message("assistant", text)
        self.span.set_attribute("gen_ai.output.messages", output_messages(message, finish_reason="stop"))


@contextlib.contextmanager
def workflow(run: Run, name: str, *, task: str) -> Iterator[Work]:
    """A user's whole request, as a graph of agents."""
    attributes: dict[str, AttributeValue] = {
        "gen_ai.operation.name": "invoke_workflow",
        "gen_ai.workflow.name": name,
        **_request(run, task),
    }
    with run.span(f"invoke_workflow {name}", attributes) as span:
        yield Work(span)


@contextlib.contextmanager
def agent(run: Run, name: str, *, task: str, model: Model | None = None) -> Iterator[Work]:
    """An agent at work on `task`; a user's whole request, where it stands at the top."""
    attributes: dict[str, AttributeValue] = {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.agent.name": name,
        **_request(run, task),
    }
    if model is not None:
        attributes |= {"gen_ai.provider.name": model.provider, "gen_ai.request.model": model.name}
    with run.span(f"invoke_agent {name}", attributes) as span:
        yield Work(span)


@contextlib.contextmanager
def state(run: Run, name: str) -> Iterator[None]:
    """The state that a program is in: Planning, Executing, Reflecting.

    It is a part of the workflow: its own time is the program's. Only what writes the state down is of the kind state.
    """
    attributes = {
        "gen_ai.operation.name": "invoke_workflow",
        "gen_ai.workflow.name": name,
        "lineside.state": name,
    }
    with run.span(name, attributes):
        yield


async def save_checkpoint(run: Run, state_name: str) -> None:
    """Write the program's state where a restart would find it."""
    attributes: dict[str, AttributeValue] = {
        "lineside.span.kind": "state",
        "db.system.name": "redis",
        "db.operation.name": "SET",
        "output.value": to_json({"state": state_name, "session": run.session_id}),
    }
    with run.span("save checkpoint", attributes):
        await run.take(0.003, 0.03)


async def guard(run: Run, name: str, *, text: str, finding: str | None = None) -> None:
    """Look at a text by rules. `finding` is what the rules see in it, None where they let it pass."""
    attributes = {"lineside.span.kind": "guardrail", "gen_ai.guardrail.name": name, "input.value": text}
    with run.span(f"guardrail {name}", attributes) as span:
        await run.take(0.004, 0.05)
        verdict = {"verdict": "block" if finding else "pass", "finding": finding}
        span.set_attribute("output.value", to_json(verdict))


@contextlib.contextmanager
def evaluation(run: Run, name: str, *, score: float, explanation: str) -> Iterator[None]:
    """A judgement of what was produced; the judge's own calls stand inside."""
    attributes: dict[str, AttributeValue] = {
        "lineside.span.kind": "evaluation",
        "gen_ai.evaluation.name": name,
        "gen_ai.evaluation.score.value": score,
        "gen_ai.evaluation.score.label": "pass" if score >= 0.7 else "fail",
        "gen_ai.evaluation.explanation": explanation,
        "output.value": to_json({"score": score, "explanation": explanation}),
    }
    with run.span(f"evaluate {name}", attributes):
        yield


async def await_approval(run: Run, *, request: Json, reviewer: str, is_approved: bool) -> None:
    """Wait until a person has decided."""
    attributes: dict[str, AttributeValue] = {
        "lineside.span.kind": "human",
        "input.value": to_json(request),
        "approval.reviewer": reviewer,
    }
    with run.span("await approval", attributes) as span:
        await run.take(8, 110)
        decision = "approved" if is_approved else "rejected"
        span.set_attribute("output.value", to_json({"decision": decision, "by": reviewer}))


def _request(run: Run, task: str) -> dict[str, AttributeValue]:
    return {
        "gen_ai.conversation.id": run.session_id,
        "user.id": run.user_id,
        "gen_ai.input.messages": to_json([text_message("user", task)]),
    }
