"""`make accuracy`: docs/accuracy.md, which sets beside each other what was billed, what a naive sum gives, and Lineside.

The naive sum adds up every span that carries usage, as a query over stored spans would; its tokens are in the normal
form already (traces.semconv.tokens), so what is wrong with it is counting alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from tests.recordings import PRICED_RUNS, RUNS, about, spans_by_trace, summarise_run, visible
from traces.domain.call_reports import usage_of
from traces.domain.pricing import price_call
from traces.semconv.tokens import Usage

PAGE = Path(__file__).parents[1] / "docs" / "accuracy.md"

_HEAD = """\
# How accurate the numbers are

Made by `make accuracy` from the recorded runs in [tests/corpus](../tests/corpus/README.md), and checked by `make test`.
Each run is a real program with a real framework; the model server it talked to wrote down what it billed.

- *billed*: what the model server billed.
- *told*: the part of it that spans report at all, where that is not everything (a stream without usage, a count that an
  instrumentation makes up). No reader of spans can know more.
- *naive sum*: every span with usage added up, as a query over stored spans would.
- *Lineside*: each call counted once, by evidence. Calls without usage are shown as unknown, never as nothing. A cost of
  two figures is a range: some calls do not say how much of their input was cached.
- *difference*: Lineside less what was told (or billed).

Cached tokens are those read from a cache; they are part of the input, as reasoning is of the output.

"""
_COLUMNS = ("run", "", "calls", "input", "cached", "output", "reasoning", "cost in $")


@dataclass(frozen=True, slots=True)
class Figures:
    """What one way of counting says of a run. `low_usd` differs from `usd` where the cost is a range."""

    calls: int
    usage: Usage
    usd: Decimal | None
    low_usd: Decimal | None = None

    @property
    def counts(self) -> tuple[int, ...]:
        usage = self.usage
        return (
            self.calls,
            usage.input_tokens or 0,
            usage.cache_read_input_tokens or 0,
            usage.output_tokens or 0,
            usage.reasoning_output_tokens or 0,
        )


def billed(run: str) -> Figures:
    """What the model server billed."""
    told = about(run)["billed"]
    return Figures(
        told["calls"], Usage(**{name: told[name] for name in Usage._fields}), Decimal(told["cost_usd"])
    )


def told(run: str) -> Figures:
    """What spans report of it."""
    seen = visible(run)
    return Figures(seen.call_count, seen.usage, seen.true_cost_usd)


@cache
def naive_sum(run: str) -> Figures:
    """Every span that carries usage, added up."""
    spans = [span for spans in spans_by_trace(run).values() for span in spans]
    usages = [usage_of(span) for span in spans]
    prices = [price_call(span, usage) for span, usage in zip(spans, usages, strict=True)]
    return Figures(
        calls=sum(usage.is_reported for usage in usages),
        usage=_sum(usages),
        usd=sum((price.usd for price in prices if price), Decimal(0)),
    )


@cache
def counted(run: str) -> Figures:
    """As Lineside counts."""
    summaries = summarise_run(run)
    return Figures(
        calls=sum(one.llm_call_count - one.unmetered_call_count - one.failed_call_count for one in summaries),
        usage=_sum([one.usage for one in summaries]),
        usd=sum((one.cost_usd or Decimal(0) for one in summaries), Decimal(0)),
        low_usd=sum((one.cost_low_usd or Decimal(0) for one in summaries), Decimal(0)),
    )


def _sum(usages: list[Usage]) -> Usage:
    return Usage(*(sum(count or 0 for count in counts) for counts in zip(*usages, strict=True)))


def is_exact(run: str) -> bool:
    """Whether Lineside counts what spans tell of the run to the last token, and its cost lies where it must."""
    mine, truth = counted(run), told(run)
    if mine.counts != truth.counts:
        return False
    if run not in PRICED_RUNS:
        return True
    return truth.usd is not None and _is_within(mine, truth.usd)


def _is_within(mine: Figures, usd: Decimal) -> bool:
    return mine.low_usd is not None and mine.usd is not None and mine.low_usd <= usd <= mine.usd


def page() -> str:
    """The whole document."""
    naive = [run for run in RUNS if naive_sum(run).counts == told(run).counts]
    verdict = (
        f"Of {len(RUNS)} runs Lineside counts {sum(map(is_exact, RUNS))} exactly as they were told; "
        f"the naive sum {len(naive)}.\n\n"
    )
    lines = ["| " + " | ".join(_COLUMNS) + " |", "|---|---|" + "---:|" * (len(_COLUMNS) - 2)]
    lines += [line for run in RUNS for line in _lines(run)]
    return _HEAD + verdict + "\n".join(lines) + "\n"


def _lines(run: str) -> Iterator[str]:
    bill, truth, mine = billed(run), told(run), counted(run)
    yield _line(f"**{run}**", "billed", bill.counts, _money(bill.usd))
    if truth.counts != bill.counts:
        yield _line("", "told", truth.counts, _money(truth.usd) if run in PRICED_RUNS else "–")
    naive = naive_sum(run)
    yield _line("", "naive sum", naive.counts, _money(naive.usd))
    cost = _money(mine.usd)
    is_range = mine.low_usd != mine.usd
    yield _line("", "Lineside", mine.counts, f"{_money(mine.low_usd)} to {cost}" if is_range else cost)
    differences = tuple(ours - theirs for ours, theirs in zip(mine.counts, truth.counts, strict=True))
    yield _line("", "difference", differences, _difference(run, mine, truth, is_range=is_range))


def _difference(run: str, mine: Figures, truth: Figures, *, is_range: bool) -> str:
    if run not in PRICED_RUNS or truth.usd is None or mine.usd is None:
        return "–"
    if is_range:
        return "within" if _is_within(mine, truth.usd) else "outside"
    return _money(mine.usd - truth.usd)


def _line(run: str, what: str, counts: tuple[int, ...], cost: str) -> str:
    return "| " + " | ".join((run, what, *(f"{count:,}" for count in counts), cost)) + " |"


def _money(usd: Decimal | None) -> str:
    return "–" if usd is None else f"{usd.normalize():f}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
