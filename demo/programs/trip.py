"""Trip planning: a planner, three workers beside each other, a critic that may send the plan back, a writer."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from demo.calls import Ask, Prompt, chat_resiliently
from demo.messages import Json, text_message
from demo.models import GEMINI_FLASH, GPT, GPT_MINI, HAIKU, SONNET
from demo.run import Run
from demo.steps import agent, guard, save_checkpoint, state, workflow
from demo.tools import Tool, Use, chat_with_tools, retrieve

SERVICE = "trip-planner"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """What somebody wants."""

    city: str
    airport: str
    days: int
    month: str
    budget_eur: int
    wish: str

    @property
    def request(self) -> str:
        return (
            f"Plan {self.days} days in {self.city} in {self.month} for two people, {self.wish}. "
            f"All in all not more than €{self.budget_eur}."
        )


TRIPS = (
    Trip(city="Lisbon", airport="LIS", days=4, month="March", budget_eur=1400, wish="good food, no car"),
    Trip(city="Kyoto", airport="KIX", days=9, month="April", budget_eur=5200, wish="gardens and quiet inns"),
    Trip(city="Oslo", airport="OSL", days=3, month="February", budget_eur=1800, wish="museums, some snow"),
    Trip(city="Palermo", airport="PMO", days=6, month="May", budget_eur=1900, wish="sea and markets"),
    Trip(city="Montreal", airport="YUL", days=7, month="September", budget_eur=3600, wish="jazz, day trips"),
    Trip(city="Ljubljana", airport="LJU", days=4, month="June", budget_eur=1100, wish="by train if possible"),
)

PLANNER = Prompt(
    name="trip/planner",
    version="14",
    text="You plan trips. Split the request into tasks for the flight, hotel and activity workers.",
    tokens=2300,
)
WORKER = Prompt(
    name="trip/worker",
    version="9",
    text="You are one worker of a trip planner. Use your tools; give at most three options with prices.",
    tokens=1150,
)
CRITIC = Prompt(
    name="trip/critic",
    version="6",
    text="Check the plan against the request: budget, days, wishes. Name what is wrong, or say that it is fine.",
    tokens=1700,
)
WRITER = Prompt(
    name="trip/writer",
    version="11",
    text="Write the itinerary for the traveller, day by day, warm and short.",
    tokens=900,
)


def _search_flights(arguments: Mapping[str, Json]) -> Json:
    return {
        "options": [
            {"carrier": "TP", "to": arguments["to"], "eur": 212, "stops": 0},
            {"carrier": "LH", "to": arguments["to"], "eur": 188, "stops": 1},
        ]
    }


def _search_hotels(arguments: Mapping[str, Json]) -> Json:
    return {"city": arguments["city"], "hotels": [{"name": "Casa do Rio", "eur_a_night": 118, "rating": 8.9}]}


def _check_prices(arguments: Mapping[str, Json]) -> Json:
    return {"hotel": arguments["hotel"], "eur_a_night": 118, "free_cancellation": True}


FLIGHTS = Tool(
    name="search_flights",
    description="Flights between two airports on given days.",
    work=_search_flights,
    takes_s=(0.6, 2.4),
)
HOTELS = Tool(
    name="search_hotels",
    description="Hotels of a city by price and rating.",
    work=_search_hotels,
    takes_s=(0.4, 1.6),
)
PRICES = Tool(
    name="check_price",
    description="The present price of a hotel's room.",
    work=_check_prices,
    takes_s=(0.2, 0.8),
)


async def play(run: Run) -> None:
    """One request, from the input guardrail to the itinerary."""
    trip = run.rng.choice(TRIPS)
    with workflow(run, "plan_trip", task=trip.request) as work:
        await guard(run, "prompt-injection rules", text=trip.request)
        with state(run, "Planning"):
            await _plan(run, trip)
            await save_checkpoint(run, "Planning")
        await _execute(run, trip)
        if await _reflect(run, trip):
            await _execute(run, trip)
        itinerary = await _write(run, trip)
        await guard(run, "personal data rules", text=itinerary)
        work.answer(itinerary)


async def _plan(run: Run, trip: Trip) -> None:
    with agent(run, "planner", task=trip.request, model=GPT) as work:
        plan = (
            f"1. flights to {trip.airport}, two people; 2. a central hotel for {trip.days - 1} nights; "
            f"3. activities: {trip.wish}. Keep €{trip.budget_eur // 5} in reserve."
        )
        await chat_resiliently(
            run,
            (GPT, SONNET),
            Ask(
                prompt=PLANNER,
                messages=[text_message("user", trip.request)],
                answer=plan,
                thinking_tokens=run.rng.randint(180, 700),
            ),
        )
        work.answer(plan)


async def _execute(run: Run, trip: Trip) -> None:
    with state(run, "Executing"):
        workers = (_find_flights, _find_hotels, _find_activities)
        await run.in_parallel(*(partial(worker, trip=trip) for worker in workers))
        await save_checkpoint(run, "Executing")


async def _find_flights(run: Run, *, trip: Trip) -> None:
    task = f"Find flights to {trip.city} in {trip.month}."
    with agent(run, "flight_worker", task=task, model=GPT_MINI) as work:
        uses = [
            Use(FLIGHTS, {"from": origin, "to": trip.airport, "month": trip.month})
            for origin in ("HAM", "BER")
        ]
        ask = Ask(
            prompt=WORKER,
            messages=[text_message("user", task)],
            answer=f"Direct with TP from Hamburg to {trip.airport}, €212 each; with one stop €188.",
            context_tokens=run.rng.randint(900, 2600),
        )
        work.answer(await chat_with_tools(run, (GPT_MINI, HAIKU), ask, *uses))


async def _find_hotels(run: Run, *, trip: Trip) -> None:
    task = f"Find a hotel in {trip.city} for {trip.days - 1} nights."
    with agent(run, "hotel_worker", task=task, model=HAIKU) as work:
        ask = Ask(
            prompt=WORKER,
            messages=[text_message("user", task)],
            answer=f"Casa do Rio, €118 a night, rated 8.9: €{118 * (trip.days - 1)} in all.",
            context_tokens=run.rng.randint(1200, 4200),
        )
        uses = [
            Use(HOTELS, {"city": trip.city, "nights": trip.days - 1}),
            Use(PRICES, {"hotel": "Casa do Rio"}),
        ]
        work.answer(await chat_with_tools(run, (HAIKU, GPT_MINI), ask, *uses))


async def _find_activities(run: Run, *, trip: Trip) -> None:
    task = f"Find things to do in {trip.city}: {trip.wish}."
    with agent(run, "activity_worker", task=task, model=GEMINI_FLASH) as work:
        documents = [
            {"id": f"guide-{trip.airport}-{number}", "score": round(0.91 - number * 0.06, 2)}
            for number in range(4)
        ]
        await retrieve(run, f"{trip.city} {trip.wish}", source="travel_guides", documents=documents)
        ask = Ask(
            prompt=WORKER,
            messages=[text_message("user", task)],
            answer=f"Two walks through {trip.city}, one market morning, one evening of music; a rainy-day plan.",
            context_tokens=run.rng.randint(2500, 7000),
        )
        work.answer(await chat_resiliently(run, (GEMINI_FLASH, GPT_MINI), ask))


async def _reflect(run: Run, trip: Trip) -> bool:
    """Whether the critic sends the plan back."""
    is_over_budget = run.rng.random() < 0.22
    verdict = (
        "The total is above the budget: look for cheaper nights." if is_over_budget else "The plan is fine."
    )
    with state(run, "Reflecting"), agent(run, "critic", task="Check the plan.", model=SONNET) as work:
        ask = Ask(
            prompt=CRITIC,
            messages=[
                text_message("user", f"{trip.request}\n\nThe plan: flights, hotel, activities as found.")
            ],
            answer=verdict,
            context_tokens=run.rng.randint(2200, 5200),
            answer_tokens=run.rng.randint(160, 420),
        )
        work.answer(await chat_resiliently(run, (SONNET, GPT), ask))
    return is_over_budget


async def _write(run: Run, trip: Trip) -> str:
    with agent(run, "writer", task="Write the itinerary.", model=SONNET) as work:
        text = (
            f"Day 1: you land in {trip.city} at noon; leave the bags at Casa do Rio and walk down to the river. "
            f"Day 2: the market first, before ten … All {trip.days} days together stay below €{trip.budget_eur}."
        )
        ask = Ask(
            prompt=WRITER,
            messages=[text_message("user", f"Write the itinerary for: {trip.request}")],
            answer=text,
            context_tokens=run.rng.randint(1500, 3200),
            answer_tokens=run.rng.randint(420, 900),
            is_streamed=True,
        )
        work.answer(await chat_resiliently(run, (SONNET, GPT), ask))
    return text
