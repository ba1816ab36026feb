"""Failed attempts and what came after them: the same again (a retry), another model (a fallback), or nothing."""

import itertools
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from traces.domain.behaviour.run import Step
from traces.domain.model_names import is_same_model
from traces.domain.span_row import STATUS_ERROR

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
    found: list[tuple[tuple[int, bytes], Fallback]] = []
    has_failures = any(step.span.status == STATUS_ERROR for step in steps)
    for attempts in _attempts(steps) if has_failures else ():
        first, last = attempts[0], attempts[-1]
        retries.append(_retry(attempts))
        if first.is_call and last.is_call and not last.failed and _is_other_model(first, last):
            found.append((_by_start(last), _fallback(first, last)))
    found += [
        (_by_start(step), _fallback(step, step)) for step in steps if step.is_call and _was_rerouted(step)
    ]
    return retries, [fallback for _, fallback in sorted(found, key=lambda pair: pair[0])]


def _by_start(step: Step) -> tuple[int, bytes]:
    return step.span.start_ns, step.span.span_id


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
