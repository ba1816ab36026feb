"""Failed attempts and what came after them: the same again (a retry), another model (a fallback), or nothing."""

import itertools
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from traces.domain.behaviour.run import Step

MOST_KEPT = 50


class Retry(NamedTuple):
    """Attempts at one thing: `attempts` in all, of which the last succeeded or not; `waited_ns` lay between them."""

    kind: str
    name: str
    agent: str | None
    attempts: int
    recovered: bool
    waited_ns: int
    error: str | None
    span_id: bytes


class Fallback(NamedTuple):
    """Another model answered than the one that was asked first."""

    asked: str
    answered: str
    agent: str | None
    error: str | None
    span_id: bytes


def find_retries(steps: Sequence[Step]) -> tuple[list[Retry], list[Fallback]]:
    """Retries and fallbacks in order of start. `steps` in order of start.

    Attempts at one thing: model calls directly after one another below one span; calls of one tool by one agent, of
    which the earlier failed. A failed model call that is followed by another model's is a fallback, and a retry too.
    """
    retries: list[Retry] = []
    fallbacks: list[Fallback] = []
    for attempts in _attempts(steps):
        first, last = attempts[0], attempts[-1]
        retries.append(_retry(attempts))
        if first.is_call and last.is_call and not last.failed and _is_other_model(first, last):
            fallbacks.append(_fallback(first, last))
    fallbacks += [_fallback(step, step) for step in steps if step.is_call and _was_rerouted(step)]
    fallbacks.sort(key=lambda fallback: fallback.span_id)
    return retries, fallbacks


def _attempts(steps: Sequence[Step]) -> Iterable[list[Step]]:
    """Runs of attempts: each but the last failed."""
    open_runs: dict[tuple[str, object, str | None], list[Step]] = {}
    ended: list[list[Step]] = []
    for step in steps:
        if not (step.is_call or step.is_tool):
            continue
        key = _thing(step)
        run = open_runs.get(key)
        if run is not None and step.span.start_ns >= run[-1].span.end_ns:
            run.append(step)
        elif run is not None:
            continue  # in parallel with the failed one: no answer to it
        else:
            run = open_runs[key] = [step]
        if not step.failed:
            ended.append(open_runs.pop(key))
    ended += open_runs.values()
    return sorted(
        (run for run in ended if len(run) > 1), key=lambda run: (run[0].span.start_ns, run[0].span.span_id)
    )


def _thing(step: Step) -> tuple[str, object, str | None]:
    if step.is_tool:
        return ("tool", step.agent, step.span.tool or step.span.name)
    return ("llm", step.parent.span_id if step.parent is not None else None, None)


def _retry(attempts: Sequence[Step]) -> Retry:
    first, last = attempts[0], attempts[-1]
    waited = sum(later.span.start_ns - earlier.span.end_ns for earlier, later in itertools.pairwise(attempts))
    return Retry(
        kind=first.span.kind,
        name=(first.span.tool if first.is_tool else first.span.model) or first.span.name,
        agent=first.agent,
        attempts=len(attempts),
        recovered=not last.failed,
        waited_ns=waited,
        error=first.span.error_type or first.span.status_message,
        span_id=first.span.span_id,
    )


def _fallback(first: Step, last: Step) -> Fallback:
    return Fallback(
        asked=first.span.request_model or first.span.model or "",
        answered=last.span.model or "",
        agent=first.agent,
        error=first.span.error_type or first.span.status_message,
        span_id=last.span.span_id,
    )


def _is_other_model(one: Step, other: Step) -> bool:
    asked, answered = one.span.request_model or one.span.model, other.span.request_model or other.span.model
    return bool(asked and answered) and not is_same_model(asked or "", answered or "")


def _was_rerouted(step: Step) -> bool:
    """A gateway answered with a model that is no version of the one that was asked."""
    asked, answered = step.span.request_model, step.span.response_model
    return bool(asked and answered) and not is_same_model(asked or "", answered or "")


def is_same_model(one: str, other: str) -> bool:
    """`gpt-4o` and its version `gpt-4o-2024-08-06` are one model, `gpt-4o` and `gpt-4o-mini` are not."""
    shorter, longer = sorted((_bare(one), _bare(other)), key=len)
    rest = longer.removeprefix(shorter)
    return rest == "" or (
        rest != longer and all(part.isdigit() or part in _VERSION_WORDS for part in _split(rest))
    )


_VERSION_WORDS = frozenset({"", "latest", "preview", "exp", "v1", "v2", "001", "002"})


def _split(text: str) -> list[str]:
    return text.replace("@", "-").replace(":", "-").replace(".", "-").split("-")


def _bare(name: str) -> str:
    """Without the seller in front and Bedrock's region: what is left is the model."""
    bare = name.rsplit("/", 1)[-1].lower().removeprefix("models/")
    for region in ("us.", "eu.", "apac.", "global.", "anthropic.", "amazon.", "meta."):
        bare = bare.removeprefix(region)
    return bare
