"""The command line."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

LONGEST_HISTORY_DAYS = 365
LIVE_S = 600.0
RUNS_A_MINUTE = 40.0
SEEDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for. `seed` is None where any will do."""

    backfill_days: int
    live_s: float
    runs_a_minute: float
    seed: int | None


def parse_options(arguments: Sequence[str]) -> Options:
    """The options; a wrong one ends the program with a sentence, as argparse does."""
    parser = argparse.ArgumentParser(
        prog="make demo ARGS='…'",
        description="Sends the traces of a small multi-agent program to the Lineside that runs.",
    )
    parser.add_argument(
        "--backfill",
        type=_days,
        default=0,
        metavar="DAYS",
        help="write this many days of history first (default: none)",
    )
    parser.add_argument(
        "--for",
        dest="live_s",
        type=_seconds,
        default=LIVE_S,
        metavar="SECONDS",
        help="begin runs for so long (default: 600; 0: history only)",
    )
    parser.add_argument(
        "--rate",
        type=_rate,
        default=RUNS_A_MINUTE,
        metavar="RUNS",
        help="runs that begin in a minute (default: 40)",
    )
    parser.add_argument(
        "--seed", type=int, default=None, help="tell the same story again (default: a new one each time)"
    )
    given = parser.parse_args(arguments)
    return Options(
        backfill_days=given.backfill, live_s=given.live_s, runs_a_minute=given.rate, seed=given.seed
    )


def _days(text: str) -> int:
    days = int(text)
    if not 0 <= days <= LONGEST_HISTORY_DAYS:
        raise argparse.ArgumentTypeError(f"give a number of days from 0 to {LONGEST_HISTORY_DAYS}")
    return days


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds < float("inf"):
        raise argparse.ArgumentTypeError("give a number of seconds, 0 or more")
    return seconds


def _rate(text: str) -> float:
    rate = float(text)
    if not 0 < rate <= 600:
        raise argparse.ArgumentTypeError("give a number of runs above 0, at most 600")
    return rate
