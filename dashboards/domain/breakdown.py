"""Shares of a cost, prepared for a table with bars."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.units import format_count
from dashboards.domain.figures import group_words
from dashboards.domain.money import known_cost, known_tokens, unknown_calls
from traces.selectors.rows import CostShare


@dataclass(frozen=True, slots=True)
class ShareRow:
    """A group's line. `share` is its part of the known cost of all groups, between 0 and 1; `bar_width` is that as an
    SVG length. Both are None where the group's cost is not known."""

    words: str
    is_named: bool
    call_count: int
    input_tokens: str
    output_tokens: str
    cost: str
    unknown: str
    share: Decimal | None
    bar_width: str | None


@dataclass(frozen=True, slots=True)
class Breakdown:
    """`by` is model, agent or service."""

    by: str
    rows: tuple[ShareRow, ...]


def breakdown_of(shares: Sequence[CostShare], *, by: str) -> Breakdown:
    """The rows of a table, in the order of the shares."""
    total = sum((share.cost_usd for share in shares if share.cost_usd is not None), Decimal(0))
    return Breakdown(by=by, rows=tuple(_row(share, total=total) for share in shares))


def _row(share: CostShare, *, total: Decimal) -> ShareRow:
    part = share.cost_usd / total if total and share.cost_usd is not None else None
    return ShareRow(
        words=group_words(share.group),
        is_named=share.group is not None,
        call_count=share.call_count,
        input_tokens=_tokens(share.input_tokens, share=share),
        output_tokens=_tokens(share.output_tokens, share=share),
        cost=known_cost(share.cost_usd, unknown_call_count=share.unknown.call_count),
        unknown=unknown_calls(share.unknown),
        share=part,
        bar_width=None if part is None else svg_percent(part),
    )


def _tokens(tokens: int, *, share: CostShare) -> str:
    """Nothing is a number of its own only beside something: an embedding has input and no output."""
    if share.input_tokens or share.output_tokens:
        return format_count(tokens)
    return known_tokens(0, unknown_call_count=share.unknown.silent_call_count)


def svg_percent(share: Decimal) -> str:
    """`12.5%`, at most `100%`: the width of a bar's part."""
    return f"{min(share, Decimal(1)) * 100:.1f}%"
