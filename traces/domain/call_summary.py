"""One model call of a summary: what was decided about it, what it cost, whether a failed one was billed."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from traces.domain.call_reports import Reason
from traces.domain.completeness import CallFacts, has_content
from traces.domain.counting import Decision
from traces.domain.estimates import estimate_call
from traces.domain.failures import Billing, billing_of_failure
from traces.domain.pricing import Price, PriceBook, price_call, price_terms, reported_price
from traces.domain.span_row import SpanRow
from traces.semconv.details import SpanDetails


class CallSummary(NamedTuple):
    """A reported model call with the decision about it and its price; one row of traces_call.

    `usage` is the whole call's where it is counted, else the span's own; `price` likewise. `estimate` is the price of a
    call that reports no usage, by its text, where the project wants such. `reported_cost_usd` is what the exporter says
    that it cost; `billing` says of a failed call whether it was billed.
    """

    decision: Decision
    agent: str | None
    price: Price | None
    estimate: Price | None
    reported_cost_usd: Decimal | None
    terms: SpanDetails | None
    billing: Billing | None

    @property
    def cost_usd(self) -> Decimal | None:
        """What the call cost; None where that is not known, and for second reports."""
        return self.price.usd if self.price else None

    @property
    def cost_low_usd(self) -> Decimal | None:
        """The least that it can have cost."""
        return self.price.low_usd if self.price else None

    @property
    def estimated_usd(self) -> Decimal | None:
        """What a call of unknown usage may have cost."""
        return self.estimate.usd if self.estimate else None

    @property
    def span(self) -> SpanRow:
        return self.decision.span

    @property
    def facts(self) -> CallFacts:
        """What the checks of completeness ask."""
        return CallFacts(
            reason=self.decision.reason,
            is_counted=self.decision.is_counted,
            is_priced=self.price is not None,
            is_range=self.cost_low_usd != self.cost_usd,
            has_content=has_content(self.span) or any(map(has_content, self.decision.reports)),
        )


def summarise_call(decision: Decision, *, agents: Mapping[int, str | None], book: PriceBook) -> CallSummary:
    """The call that a decision is about; `agents` by the id() of the span, `book` has the project's own prices."""
    span = decision.span
    told = decision.reports or (span,)
    details = _united_details(told)
    is_priced = decision.is_counted or decision.reason is Reason.LOCAL_CACHE
    is_unmetered = decision.reason is Reason.UNMETERED
    price = price_call(span, decision.usage, details=details, book=book) if is_priced else None
    reported = details.get("reported_cost_usd")
    if book.counts_reported and reported is not None and decision.is_counted:
        price = reported_price(Decimal(reported), model=span.model)
    return CallSummary(
        decision=decision,
        agent=next((agent for one in told if (agent := agents.get(id(one)))), None),
        price=price,
        estimate=estimate_call(span, details=details, book=book) if is_unmetered else None,
        reported_cost_usd=Decimal(reported) if reported is not None else None,
        terms=price_terms(details),
        billing=_billing(span, details) if decision.reason is Reason.FAILED else None,
    )


def _united_details(told: Sequence[SpanRow]) -> SpanDetails:
    """What the reports of one call carry together; the first that has something says it."""
    if len(told) == 1:
        return told[0].details or SpanDetails()
    united = SpanDetails()
    for span in reversed(told):
        united.update(span.details or {})
    return united


_LONGEST_MESSAGE = 500
"""Characters of an error's message that are looked at."""


def _billing(span: SpanRow, details: SpanDetails) -> Billing:
    return billing_of_failure(
        http_status=details.get("http_status"),
        error_type=span.error_type,
        message=(span.status_message or "")[:_LONGEST_MESSAGE],
    )
