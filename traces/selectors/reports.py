"""Reports of model calls in other traces of a project, for the summary of a trace that may tell of the same calls."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.clock import NS_PER_SECOND
from traces.domain.span_row import SpanRow
from traces.selectors.span_rows import SPAN_COLUMNS, span_row
from traces.selectors.statements import select_rows

NEAR_NS = 60 * NS_PER_SECOND
"""How far apart two reports of one call may begin: one instrumentation may wait for a rate limit before the other."""
MOST_REPORTS = 5_000
"""Reports of one answer."""


@dataclass(frozen=True, slots=True)
class ToldCall:
    """What is looked for: a report of these traces. `is_lone`: its tree is a model call."""

    span: SpanRow
    is_lone: bool


@dataclass(frozen=True, slots=True)
class StoredReport:
    """A report in another trace, and whether it is counted there at present."""

    span: SpanRow
    is_lone: bool
    is_counted: bool


def reports_elsewhere(*, project_id: int, told: Sequence[ToldCall]) -> list[StoredReport]:
    """Reports in traces that none of `told` is of, which may tell of the same calls. One query.

    By the provider's response id, or by equal usage within NEAR_NS of each other's start, where one of the two stands
    alone in its trace. At most MOST_REPORTS, the earliest first.
    """
    if not told:
        return []
    parameters = {
        "project_id": project_id,
        "trace_ids": [call.span.trace_id for call in told],
        "response_ids": [call.span.response_id for call in told],
        "starts_ns": [call.span.start_ns for call in told],
        "inputs": [call.span.input_tokens for call in told],
        "outputs": [call.span.output_tokens for call in told],
        "are_lone": [call.is_lone for call in told],
        "near_ns": NEAR_NS,
        "limit": MOST_REPORTS,
    }
    return [
        StoredReport(span=span_row(columns), is_lone=is_lone, is_counted=is_counted)
        for is_lone, is_counted, *columns in select_rows(
            "reports_elsewhere", parameters, columns=SPAN_COLUMNS
        )
    ]
