"""Pricing again what is stored: first what would change, then the change, on record.

Prices come and go: a project sets one of its own, an alias says what a deployment is, a new release brings a newer
list. What is stored keeps its cost until somebody looks at the difference and applies it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

import orjson
from django.db import transaction

from traces.domain.call_reports import Reason
from traces.domain.estimates import estimate_call
from traces.domain.pricing import PriceBook, price_call
from traces.domain.trace_key import TraceKey
from traces.models import Repricing
from traces.selectors.prices import price_books
from traces.selectors.statements import select_rows
from traces.semconv.details import SpanDetails
from traces.semconv.tokens import Usage
from traces.services.echoes import echoes_mark

BATCH = 5_000


class PricedCall(NamedTuple):
    """A stored call: what its price depends on."""

    provider: str | None
    model: str | None
    start_ns: int
    duration_ns: int


class Amounts(NamedTuple):
    """What a call costs, and where that is not known, what it may cost by its text."""

    cost_usd: Decimal | None
    estimated_usd: Decimal | None


@dataclass(slots=True)
class ModelChange:
    """What changes for the calls of one model; `estimated_count` of them have only an estimate, in no sum."""

    model: str | None
    provider: str | None
    call_count: int = 0
    before_usd: Decimal = Decimal(0)
    after_usd: Decimal = Decimal(0)
    newly_priced_count: int = 0
    estimated_count: int = 0

    def add(self, before: Amounts, after: Amounts) -> None:
        """One call more."""
        self.call_count += 1
        self.before_usd += before.cost_usd or 0
        self.after_usd += after.cost_usd or 0
        self.newly_priced_count += before.cost_usd is None and after.cost_usd is not None
        self.estimated_count += before.cost_usd == after.cost_usd


@dataclass(slots=True)
class Comparison:
    """What pricing the stored calls again changes: by model, and in how many traces."""

    by_model: dict[tuple[str | None, str | None], ModelChange] = field(default_factory=dict)
    trace_count: int = 0
    seen_count: int = 0
    is_partial: bool = False

    @property
    def changes(self) -> list[ModelChange]:
        """The models, the largest change first."""
        return sorted(
            self.by_model.values(),
            key=lambda change: (-abs(change.after_usd - change.before_usd), change.model or ""),
        )

    @property
    def call_count(self) -> int:
        """Calls whose cost changes."""
        return sum(change.call_count for change in self.by_model.values())

    @property
    def before_usd(self) -> Decimal:
        """What those calls cost at present."""
        return sum((change.before_usd for change in self.by_model.values()), Decimal(0))

    @property
    def after_usd(self) -> Decimal:
        """What they would cost."""
        return sum((change.after_usd for change in self.by_model.values()), Decimal(0))


def repricing_preview(*, project_id: int, most_calls: int | None = None) -> Comparison:
    """A dry run over the project's calls, or the first so many. Three queries and one for each BATCH of calls."""
    comparison = Comparison()
    for _ in _changed_traces(project_id, comparison, most_calls=most_calls):
        pass
    return comparison


def repricing_apply(
    *, project_id: int, made_by: str, reason: str, now: datetime, only_waiting: bool = False
) -> Repricing | None:
    """Price the project's stored calls again, and record who did it, why and what changed; None when nothing does.

    `only_waiting`: just those that have no price yet. The touched traces are marked in the transaction of the record;
    the workers recompute them from their spans.
    """
    comparison = Comparison()
    with transaction.atomic():
        touched: list[TraceKey] = []
        for trace_id in _changed_traces(project_id, comparison, only_waiting=only_waiting):
            touched.append(TraceKey(project_id, trace_id))
            if len(touched) == BATCH:
                echoes_mark(touched)
                touched.clear()
        echoes_mark(touched)
        if not comparison.trace_count:
            return None
        return Repricing.objects.create(
            project_id=project_id,
            made_at=now,
            made_by=made_by[:150],
            reason=reason[:300],
            call_count=comparison.call_count,
            trace_count=comparison.trace_count,
            before_usd=comparison.before_usd,
            after_usd=comparison.after_usd,
        )


def _changed_traces(
    project_id: int, comparison: Comparison, *, most_calls: int | None = None, only_waiting: bool = False
) -> Iterator[bytes]:
    """The traces of calls whose cost changes, each once; the changes are added up in `comparison`."""
    book = price_books([project_id])[project_id]
    last_trace_id = b""
    for trace_id, call, before, after in _compared(project_id, book, only_waiting=only_waiting):
        if comparison.seen_count == most_calls:
            comparison.is_partial = True
            return
        comparison.seen_count += 1
        if before == after:
            continue
        key = (call.model, call.provider)
        comparison.by_model.setdefault(key, ModelChange(*key)).add(before, after)
        if trace_id != last_trace_id:
            last_trace_id = trace_id
            comparison.trace_count += 1
            yield trace_id


_Compared = tuple[bytes, PricedCall, Amounts, Amounts]


def _compared(project_id: int, book: PriceBook, *, only_waiting: bool) -> Iterator[_Compared]:
    """Each call with what it costs at present and by the book, in the order of the traces."""
    for trace_id, row in _stored_calls(project_id, only_waiting=only_waiting):
        start_ns, duration_ns, provider, model, is_counted, *rest = row
        usage, (terms, reported, *before) = Usage(*rest[:5]), rest[5:]
        call = PricedCall(provider, model, start_ns, duration_ns)
        details: SpanDetails = {} if terms is None else orjson.loads(terms)
        amounts = _amounts(call, usage if is_counted else None, details, book)
        if is_counted and book.counts_reported and reported is not None:
            amounts = Amounts(reported, None)
        yield trace_id, call, Amounts(*before), amounts


def _amounts(call: PricedCall, usage: Usage | None, details: SpanDetails, book: PriceBook) -> Amounts:
    """`usage` is None of a call that reports none."""
    if usage is not None:
        price = price_call(call, usage, details=details, book=book)
        return Amounts(price.usd if price else None, None)
    guess = estimate_call(call, details=details, book=book)
    return Amounts(None, guess.usd if guess else None)


def _stored_calls(project_id: int, *, only_waiting: bool) -> Iterator[tuple[bytes, tuple[Any, ...]]]:
    after = (b"", b"", 0)
    while True:
        parameters = {
            "project_id": project_id,
            "unmetered": Reason.UNMETERED.value,
            "only_waiting": only_waiting,
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
