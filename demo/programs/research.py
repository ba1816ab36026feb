"""Research: search, read, write, judge, and again until the judge is content: quality and cost side by side."""

from dataclasses import dataclass

from demo.calls import Ask, Prompt, chat_resiliently, rerank
from demo.messages import text_message
from demo.models import GPT, GPT_MINI, SONNET
from demo.run import Run
from demo.steps import Work, agent, evaluation, state
from demo.tools import retrieve

SERVICE = "research-assistant"
MOST_ROUNDS = 4
GOOD_ENOUGH = 0.75


@dataclass(frozen=True, slots=True)
class Topic:
    """What a brief is wanted about, and its first sentence."""

    question: str
    opening: str


TOPICS = (
    Topic(
        "What do heat pumps cost in old houses, all in all?",
        "Over fifteen years a heat pump in an unrenovated house costs about what gas does; the roof decides.",
    ),
    Topic(
        "How do other cities run night trains of their own?",
        "Three of the five cities lease the carriages and sell the beds through the national railway.",
    ),
    Topic(
        "Which duties does the new battery regulation bring for importers?",
        "From February an importer answers for the carbon footprint of each battery above 2 kWh.",
    ),
)

SEARCHER = Prompt(
    name="research/searcher",
    version="12",
    text="Turn the question and the gaps into three searches.",
    tokens=1400,
)
AUTHOR = Prompt(
    name="research/author",
    version="19",
    text="Write the brief from the sources. Each sentence names its source. Say what is not known.",
    tokens=2600,
)
JUDGE = Prompt(
    name="research/judge",
    version="7",
    text="Score the brief from 0 to 1: is each claim in its source, are the gaps named?",
    tokens=1200,
)


async def play(run: Run) -> None:
    """One brief, in as many rounds as the judge asks for."""
    topic = run.rng.choice(TOPICS)
    with agent(run, "research_agent", task=topic.question, model=SONNET) as work:
        with state(run, "Planning"):
            await _choose_searches(run, topic)
        for number in range(1, MOST_ROUNDS + 1):
            with state(run, "Executing"):
                await _collect(run, topic)
                await _write(run, topic, number=number, work=work)
            with state(run, "Reflecting"):
                score = await _judge(run, topic, number=number)
            if score >= GOOD_ENOUGH:
                break


async def _choose_searches(run: Run, topic: Topic) -> None:
    ask = Ask(
        prompt=SEARCHER,
        messages=[text_message("user", topic.question)],
        answer="1. total cost of ownership; 2. examples of the last two years; 3. who disagrees",
        thinking_tokens=run.rng.randint(100, 400),
    )
    await chat_resiliently(run, (GPT_MINI, GPT), ask)


async def _collect(run: Run, topic: Topic) -> None:
    async def search(fork: Run) -> None:
        documents = [
            {"id": f"doc-{fork.rng.randint(1000, 9999)}", "score": round(fork.rng.uniform(0.5, 0.92), 2)}
            for _ in range(6)
        ]
        await retrieve(fork, topic.question, source="web_archive", documents=documents)

    await run.in_parallel(search, search, search)
    await rerank(run, topic.question, documents=18)


async def _write(run: Run, topic: Topic, *, number: int, work: Work) -> None:
    with agent(run, "author", task=f"Draft {number}: {topic.question}", model=SONNET) as author:
        ask = Ask(
            prompt=AUTHOR,
            messages=[text_message("user", f"Draft {number}: {topic.question}")],
            answer=topic.opening,
            context_tokens=run.rng.randint(7_000, 16_000) + 2_500 * number,
            answer_tokens=run.rng.randint(600, 1_300),
            is_streamed=True,
        )
        author.answer(await chat_resiliently(run, (SONNET, GPT), ask))
    work.answer(topic.opening)


async def _judge(run: Run, topic: Topic, *, number: int) -> float:
    score = round(min(0.98, run.rng.uniform(0.5, 0.85) + 0.08 * (number - 1)), 2)
    explanation = (
        "Two sentences name a source that does not say this." if score < GOOD_ENOUGH else "All sourced."
    )
    with (
        agent(run, "critic", task=f"Judge draft {number}.", model=GPT),
        evaluation(run, "citation accuracy", score=score, explanation=explanation),
    ):
        ask = Ask(
            prompt=JUDGE,
            messages=[text_message("user", f"Judge draft {number} on: {topic.question}")],
            answer=f"{score}. {explanation}",
            context_tokens=run.rng.randint(3_000, 6_000),
            thinking_tokens=run.rng.randint(200, 800),
        )
        await chat_resiliently(run, (GPT, SONNET), ask)
    return score
