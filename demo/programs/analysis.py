"""Data analysis: an analyst writes SQL that really runs, on a database that is made up; the first try may fail."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from demo.calls import Ask, Prompt, chat_resiliently
from demo.failures import RunError
from demo.messages import Json, text_message
from demo.models import GEMINI_FLASH, GPT, GPT_MINI, SONNET
from demo.run import Run
from demo.steps import agent, evaluation, save_checkpoint, state, workflow
from demo.tools import Tool, Use, chat_with_tools

SERVICE = "insight-agent"
WRONG_COLUMN_SHARE = 0.4
HOPELESS_SHARE = 0.12

ORDERS = (
    ("2026-07", "DE", 41_200, 618),
    ("2026-08", "DE", 38_900, 590),
    ("2026-09", "DE", 46_100, 701),
    ("2026-07", "FR", 22_800, 344),
    ("2026-08", "FR", 24_100, 371),
    ("2026-09", "FR", 19_700, 298),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What somebody wants to know, in words and in SQL; `wrong_sql` is what a model writes that guesses names."""

    text: str
    sql: str
    wrong_sql: str
    finding: str


QUESTIONS = (
    Question(
        text="Why did revenue in France drop in September?",
        sql="SELECT month, SUM(revenue_eur), SUM(orders) FROM orders WHERE country = 'FR' GROUP BY month",
        wrong_sql="SELECT month, SUM(revenue), COUNT(*) FROM orders WHERE country = 'FR' GROUP BY month",
        finding="Orders fell by 20 % while the basket stayed at €66: fewer customers, not smaller ones.",
    ),
    Question(
        text="What is the average basket by country and month?",
        sql="SELECT country, month, revenue_eur / orders FROM orders ORDER BY country, month",
        wrong_sql="SELECT country, month, avg_basket FROM order_facts ORDER BY country, month",
        finding="€66 in both countries, within two euros over the whole quarter.",
    ),
    Question(
        text="Which month was the best one in Germany?",
        sql="SELECT month FROM orders WHERE country = 'DE' ORDER BY revenue_eur DESC LIMIT 1",
        wrong_sql="SELECT month FROM orders WHERE region = 'DE' ORDER BY revenue_eur DESC LIMIT 1",
        finding="September, with €46,100 from 701 orders.",
    ),
)

ANALYST = Prompt(
    name="insight/analyst",
    version="8",
    text="You answer questions about the shop by SQL. Read the schema, write one statement, explain the rows.",
    tokens=3400,
)
CHARTS = Prompt(
    name="insight/chart",
    version="4",
    text="Give a Vega-Lite chart for these rows. JSON only.",
    tokens=1300,
)
JUDGE = Prompt(
    name="insight/judge",
    version="3",
    text="Do the rows support the finding? Give a score from 0 to 1 and say why.",
    tokens=800,
)


class NothingFoundError(RunError):
    """The analyst has no statement that works."""


def _run_sql(arguments: Mapping[str, Json]) -> Json:
    with sqlite3.connect(":memory:") as database:
        database.execute(
            "CREATE TABLE orders (month TEXT, country TEXT, revenue_eur INTEGER, orders INTEGER)"
        )
        database.executemany("INSERT INTO orders VALUES (?, ?, ?, ?)", ORDERS)
        return {"rows": database.execute(str(arguments["sql"])).fetchall()}


RUN_SQL = Tool(
    name="run_sql",
    description="Run one read-only statement on the warehouse.",
    work=_run_sql,
    takes_s=(0.2, 3.0),
)


async def play(run: Run) -> None:
    """One question."""
    question = run.rng.choice(QUESTIONS)
    with workflow(run, "answer_question", task=question.text) as work:
        with state(run, "Planning"):
            await _understand(run, question)
        with state(run, "Executing"):
            await _query(run, question)
            await run.in_parallel(
                partial(_draw, chart="line", question=question),
                partial(_draw, chart="bar", question=question),
            )
            await save_checkpoint(run, "Executing")
        with state(run, "Reflecting"):
            await _judge(run, question)
        work.answer(question.finding)


async def _understand(run: Run, question: Question) -> None:
    with agent(run, "planner", task=question.text, model=GPT) as work:
        ask = Ask(
            prompt=ANALYST,
            messages=[text_message("user", question.text)],
            answer="Group orders by month, compare revenue with the number of orders.",
            context_tokens=run.rng.randint(1500, 4000),
            thinking_tokens=run.rng.randint(150, 900),
        )
        work.answer(await chat_resiliently(run, (GPT, SONNET), ask))


async def _query(run: Run, question: Question) -> None:
    """Try until a statement runs; a wrong one is corrected after the database's error is read."""
    is_hopeless = run.rng.random() < HOPELESS_SHARE
    wrong_first = is_hopeless or run.rng.random() < WRONG_COLUMN_SHARE
    tries = [question.wrong_sql] * (3 if is_hopeless else wrong_first) + [question.sql] * (not is_hopeless)
    with agent(run, "analyst", task=question.text, model=SONNET) as work:
        for number, sql in enumerate(tries, start=1):
            ask = Ask(
                prompt=ANALYST,
                messages=[text_message("user", question.text)],
                answer=question.finding
                if sql == question.sql
                else "The statement failed; I check the schema.",
                context_tokens=run.rng.randint(2500, 5000) + 1200 * number,
            )
            await chat_with_tools(run, (SONNET, GPT), ask, Use(RUN_SQL, {"sql": sql}))
        if is_hopeless:
            raise NothingFoundError("no statement worked after 3 attempts: the schema is not the one I know")
        work.answer(question.finding)


async def _draw(run: Run, *, chart: str, question: Question) -> None:
    with agent(run, f"{chart}_chart_worker", task=f"A {chart} chart for: {question.text}") as work:
        ask = Ask(
            prompt=CHARTS,
            messages=[text_message("user", f"A {chart} chart for: {question.text}")],
            answer=f'{{"mark": "{chart}", "encoding": {{"x": {{"field": "month"}}}}}}',
            context_tokens=run.rng.randint(400, 900),
            answer_tokens=run.rng.randint(250, 520),
        )
        work.answer(await chat_resiliently(run, (GEMINI_FLASH, GPT_MINI), ask))


async def _judge(run: Run, question: Question) -> None:
    score = round(run.rng.triangular(0.55, 1.0, 0.92), 2)
    explanation = "The rows show what the finding says; the number of orders is named."
    with (
        agent(run, "critic", task="Do the rows support the finding?", model=GPT_MINI),
        evaluation(run, "groundedness", score=score, explanation=explanation),
    ):
        ask = Ask(
            prompt=JUDGE,
            messages=[text_message("user", f"Finding: {question.finding}")],
            answer=f"{score}: {explanation}",
            context_tokens=run.rng.randint(600, 1500),
        )
        await chat_resiliently(run, (GPT_MINI, SONNET), ask)
