"""Code review: three reviewers read a change beside each other, a fourth makes one review of theirs."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from demo.calls import Ask, Prompt, chat_resiliently
from demo.messages import Json, text_message
from demo.models import GPT, HAIKU, SONNET, Model
from demo.run import Run
from demo.steps import agent, state, workflow
from demo.tools import Tool, Use, chat_with_tools

SERVICE = "code-review-bot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A pull request. `tokens` is what its diff and the files around it make."""

    number: int
    title: str
    file: str
    tokens: int
    verdict: str


CHANGES = (
    Change(
        number=1842,
        title="Retry uploads that were cut off",
        file="storage/upload.py",
        tokens=9_400,
        verdict="Request changes: the second attempt sends the checksum of the first one.",
    ),
    Change(
        number=1847,
        title="Cache permissions for a minute",
        file="auth/permissions.py",
        tokens=6_200,
        verdict="Request changes: a revoked member keeps access until the entry expires.",
    ),
    Change(
        number=1851,
        title="Move invoices to the new ledger",
        file="billing/ledger.py",
        tokens=31_000,
        verdict="Approve, with two remarks on rounding and one on a missing index.",
    ),
    Change(
        number=1856,
        title="Fix a typo in the onboarding mail",
        file="mail/templates/welcome.txt",
        tokens=1_100,
        verdict="Approve.",
    ),
)


@dataclass(frozen=True, slots=True)
class Reviewer:
    """One look at a change."""

    name: str
    models: tuple[Model, ...]
    question: str


REVIEWERS = (
    Reviewer("security_reviewer", (SONNET, GPT), "Who can now reach what they could not reach before?"),
    Reviewer("correctness_reviewer", (GPT, SONNET), "Which inputs give a wrong result now?"),
    Reviewer("test_reviewer", (HAIKU, GPT), "Which behaviour of this change has no test?"),
)

REVIEW = Prompt(
    name="review/reviewer",
    version="17",
    text="You review one aspect of a change. Quote the line, say what goes wrong, propose the smallest fix.",
    tokens=2100,
)
SUMMARY = Prompt(
    name="review/summary",
    version="5",
    text="Make one review of several: no repetitions, the gravest first, a verdict at the end.",
    tokens=1000,
)


def _read_file(arguments: Mapping[str, Json]) -> Json:
    return {"path": arguments["path"], "lines": 312, "language": "python"}


def _find_usages(arguments: Mapping[str, Json]) -> Json:
    return {"symbol": arguments["symbol"], "places": ["api/views.py:88", "jobs/nightly.py:41"]}


READ_FILE = Tool(name="read_file", description="A file at the head of the branch.", work=_read_file)
FIND_USAGES = Tool(
    name="find_usages", description="Who uses a symbol.", work=_find_usages, takes_s=(0.2, 1.4)
)


async def play(run: Run) -> None:
    """One pull request."""
    change = run.rng.choice(CHANGES)
    task = f"Review #{change.number}: {change.title}"
    with workflow(run, "review_change", task=task) as work:
        with state(run, "Executing"):
            await run.in_parallel(
                *(partial(_review, reviewer=reviewer, change=change) for reviewer in REVIEWERS)
            )
        with state(run, "Reflecting"), agent(run, "lead_reviewer", task=task, model=SONNET) as lead:
            ask = Ask(
                prompt=SUMMARY,
                messages=[text_message("user", f"{task}. The remarks of three reviewers follow.")],
                answer=change.verdict,
                context_tokens=run.rng.randint(1500, 3500),
                answer_tokens=run.rng.randint(250, 600),
                is_streamed=True,
            )
            lead.answer(await chat_resiliently(run, (SONNET, GPT), ask))
        work.answer(change.verdict)


async def _review(run: Run, *, reviewer: Reviewer, change: Change) -> None:
    task = f"#{change.number} {change.title}. {reviewer.question}"
    with agent(run, reviewer.name, task=task, model=reviewer.models[0]) as work:
        ask = Ask(
            prompt=REVIEW,
            messages=[text_message("user", task)],
            answer=f"{change.file}: one remark.",
            context_tokens=change.tokens,
            thinking_tokens=run.rng.randint(200, 900) if reviewer.models[0] is GPT else 0,
            answer_tokens=run.rng.randint(180, 520),
        )
        uses = [Use(READ_FILE, {"path": change.file}), Use(FIND_USAGES, {"symbol": "retry"})]
        work.answer(await chat_with_tools(run, reviewer.models, ask, *uses))
