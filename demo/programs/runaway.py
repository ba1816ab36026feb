"""The run that nobody saw: 47 model calls, a rate limit on the twelfth, then twenty minutes in a state that no
document names.

An agent compares invoices with bookings. When the provider refuses a call, the agent's error handler keeps the whole
conversation, adds the error to it and asks again, for ever: each call succeeds, is billed for a longer context than
the last one, and brings nothing. It ends when the connection that the user held open is cut.
"""

from collections.abc import Mapping
from dataclasses import replace

from demo.calls import Ask, Prompt, chat
from demo.clock import NS_PER_S
from demo.failures import ModelError, RunError, rate_limited
from demo.messages import Json, text_message
from demo.models import SONNET
from demo.run import Run
from demo.steps import agent, state
from demo.tools import Tool, Use, new_call_id, use_tool

SERVICE = "invoice-reconciler"
CALLS = 47
RATE_LIMITED_CALL = 12
LASTS_S = 20 * 60.0
SILENCE_S = 20.0
TOKENS_A_TURN = 1_150
CALL_S = 12.0
"""About how long a call takes while the agent spins: it repeats in full what it has already said."""
REQUEST = "Reconcile the 214 invoices of October with the bank's bookings."

CLERK = Prompt(
    name="invoices/reconcile",
    version="2",
    text="Match each invoice with a booking. Use compare_batch for ten invoices at a time.",
    tokens=3_900,
)


class ConnectionCutError(RunError):
    """The other side of the user's request has gone."""


def _compare_batch(arguments: Mapping[str, Json]) -> Json:
    return {"batch": arguments["batch"], "matched": 9, "open": 1}


COMPARE = Tool(
    name="compare_batch",
    description="Compare ten invoices with the bookings of their week.",
    work=_compare_batch,
    takes_s=(0.3, 1.2),
)


async def play(run: Run) -> None:
    """The whole incident; it lasts LASTS_S by the run's clock, and always fails."""
    with agent(run, "invoice_agent", task=REQUEST, model=SONNET):
        began_ns = run.clock.now_ns()
        with state(run, "Planning"):
            await chat(run, SONNET, _ask(1, "I will take the invoices in batches of ten."))
        with state(run, "Executing"):
            refusal = await _work_until_refused(run)
        with state(run, "Retrying"):
            await _spin(run, refusal, until_ns=began_ns + round(LASTS_S * NS_PER_S))
        raise ConnectionCutError(
            f"the gateway closed the connection after {LASTS_S / 60:.0f} minutes without an answer"
        )


async def _work_until_refused(run: Run) -> ModelError:
    """Calls 2 to 12; the last one is refused."""
    for number in range(2, RATE_LIMITED_CALL):
        await chat(run, SONNET, _ask(number, f"Batch {number - 1} next."))
        await use_tool(run, Use(COMPARE, {"batch": number - 1}), call_id=new_call_id(run))
    ask = _ask(RATE_LIMITED_CALL, "")
    try:
        await chat(run, SONNET, ask, failure=rate_limited(tokens_per_minute=400_000))
    except ModelError as error:
        return error
    raise AssertionError("the call above always fails")


async def _spin(run: Run, refusal: ModelError, *, until_ns: int) -> None:
    """Calls 13 to 47, spread over the time until shortly before `until_ns`, and then no answer until it."""
    last_ns = until_ns - round(SILENCE_S * NS_PER_S)
    for number in range(RATE_LIMITED_CALL + 1, CALLS + 1):
        left_s = (last_ns - run.clock.now_ns()) / NS_PER_S
        pause_s = left_s / (CALLS + 1 - number) - CALL_S
        await run.clock.sleep(max(1.0, pause_s * run.rng.uniform(0.85, 1.15)))
        ask = _ask(number, f"The last call failed ({refusal}). I will try batch 11 again.")
        await chat(run, SONNET, replace(ask, answer_tokens=run.rng.randint(1_500, 2_600)))
    await run.clock.sleep(max(0.0, (until_ns - run.clock.now_ns()) / NS_PER_S))


def _ask(number: int, answer: str) -> Ask:
    return Ask(
        prompt=CLERK,
        messages=[text_message("user", REQUEST)],
        answer=answer,
        context_tokens=6_000 + TOKENS_A_TURN * number,
        answer_tokens=260,
    )
