"""Pricing again what is stored: first what would change, then the change, on record.

Prices come and go: a project sets one of its own, an alias says what a deployment is, a new release brings a newer
list. What is stored keeps its cost until somebody looks at the difference and applies it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson
from django.db import transaction

from traces.domain.pricing import PriceBook, price_call
from traces.domain.trace_key import TraceKey
from traces.models import Repricing
from traces.selectors.prices import price_books
from traces.selectors.statements import select_rows
from traces.semconv.tokens import Usage
from traces.services.echoes import echoes_mark

BATCH = 5_000
MOST_CALLS = 1_000_000
"""Calls that one look prices; beyond, it says that it saw a part."""


@dataclass(frozen=True, slots=True)
class PricedCall:
    """A stored call: what its price depends on."""

    provider: str | None
    model: str | None
    start_ns: int
    duration_ns: int


@dataclass(slots=True)
class ModelChange:
    """What changes for the calls of one model."""

    model: str | None
    provider: str | None
    call_count: int = 0
    before_usd: Decimal = Decimal(0)
    after_usd: Decimal = Decimal(0)
    newly_priced_count: int = 0


@dataclass(slots=True)
class Preview:
    """What pricing the stored calls again would change: by model, and the traces that are touched."""

    changes: list[ModelChange] = field(default_factory=list)
    trace_ids: set[bytes] = field(default_factory=set)
    seen_count: int = 0
    is_partial: bool = False

    @property
    def call_count(self) -> int:
        """Calls whose cost changes."""
        return sum(change.call_count for change in self.changes)

    @property
    def before_usd(self) -> Decimal:
        """What those calls cost at present."""
        return sum((change.before_usd for change in self.changes), Decimal(0))

    @property
    def after_usd(self) -> Decimal:
        """What they would cost."""
        return sum((change.after_usd for change in self.changes), Decimal(0))


def repricing_preview(*, project_id: int, most_calls: int = MOST_CALLS) -> Preview:
    """A dry run over the project's counted calls. Three queries and one for each BATCH of calls."""
    book = price_books([project_id])[project_id]
    preview = Preview()
    changes: dict[tuple[str | None, str | None], ModelChange] = {}
    for trace_id, call, before, after in _compared(project_id, book):
        if preview.seen_count == most_calls:
            preview.is_partial = True
            break
        preview.seen_count += 1
        if before == after:
            continue
        preview.trace_ids.add(trace_id)
        change = changes.setdefault((call.model, call.provider), ModelChange(call.model, call.provider))
        change.call_count += 1
        change.before_usd += before or 0
        change.after_usd += after or 0
        change.newly_priced_count += before is None
    preview.changes = sorted(
        changes.values(), key=lambda change: (-abs(change.after_usd - change.before_usd), change.model or "")
    )
    return preview


def repricing_apply(*, project_id: int, made_by: str, reason: str, now: datetime) -> Repricing | None:
    """Price the project's stored calls again, and record who did it, why and what changed; None when nothing does.

    The touched traces are marked in the transaction of the record; the workers recompute them from their spans.
    """
    preview = repricing_preview(project_id=project_id)
    if not preview.trace_ids:
        return None
    with transaction.atomic():
        echoes_mark(TraceKey(project_id, trace_id) for trace_id in preview.trace_ids)
        return Repricing.objects.create(
            project_id=project_id,
            made_at=now,
            made_by=made_by[:150],
            reason=reason[:300],
            call_count=preview.call_count,
            trace_count=len(preview.trace_ids),
            before_usd=preview.before_usd,
            after_usd=preview.after_usd,
        )


_Compared = tuple[bytes, PricedCall, Decimal | None, Decimal | None]


def _compared(project_id: int, book: PriceBook) -> Iterator[_Compared]:
    """Each counted call with its cost at present and by the book."""
    for trace_id, row in _counted_calls(project_id):
        start_ns, duration_ns, provider, model, *rest = row
        counts, (terms, reported, before) = rest[:5], rest[5:]
        call = PricedCall(provider, model, start_ns, duration_ns)
        if book.counts_reported and reported is not None:
            yield trace_id, call, before, reported
            continue
        details = None if terms is None else orjson.loads(terms)
        price = price_call(call, Usage(*counts), details=details, book=book)
        yield trace_id, call, before, price.usd if price else None


def _counted_calls(project_id: int) -> Iterator[tuple[bytes, tuple[Any, ...]]]:
    after = (b"", b"", 0)
    while True:
        parameters = {
            "project_id": project_id,
            "after_trace_id": after[0],
            "after_span_id": after[1],
            "after_start_ns": after[2],
            "limit": BATCH,
        }
        rows = select_rows("calls_priced", parameters)
        for trace_id, _, *row in rows:
            yield bytes(trace_id), tuple(row)
        if len(rows) < BATCH:
            return
        after = (bytes(rows[-1][0]), bytes(rows[-1][1]), rows[-1][2])
