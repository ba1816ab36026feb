"""Reports of model calls in other traces of a project, for the summary of a trace that may tell of the same calls."""

from collections.abc import Sequence
from typing import Any

from core.clock import NS_PER_SECOND
from traces.domain.call_reports import Report, ReportElsewhere
from traces.selectors.span_rows import SPAN_COLUMNS, span_row
from traces.selectors.statements import array_text, select_rows

NEAR_NS = 60 * NS_PER_SECOND
"""How far apart two reports of one call may begin: one instrumentation may wait for a rate limit before the other."""
MOST_REPORTS = 5_000
"""Reports of one answer."""


def reports_elsewhere(*, project_id: int, told: Sequence[Report]) -> list[ReportElsewhere]:
    """Reports in traces that none of `told` is of, which may tell of the same calls, or of the same running totals. At
    most two queries.

    Calls by the provider's response id, or by equal usage within NEAR_NS of each other's start, where one of the two
    stands alone in its trace: at most MOST_REPORTS, the earliest first. Totals by their agent object: the last one
    before each and the first one after it.
    """
    return [*_calls_elsewhere(project_id, told), *_totals_elsewhere(project_id, told)]


def _calls_elsewhere(project_id: int, told: Sequence[Report]) -> list[ReportElsewhere]:
    calls = [report for report in told if report.is_model_call]
    if not calls:
        return []
    spans = [(call.span, call.is_lone) for call in calls if call.span.input_tokens is not None]
    parameters: dict[str, Any] = {
        "project_id": project_id,
        "trace_ids": array_text({call.span.trace_id for call in calls}),
        "response_ids": array_text({call.span.response_id for call in calls if call.span.response_id}),
        "near_ns": NEAR_NS,
        "limit": MOST_REPORTS,
    }
    for prefix, told_alone in (("lone_", True), ("", False)):
        beside = [span for span, is_lone in spans if is_lone is told_alone]
        parameters |= {
            f"{prefix}inputs": array_text(span.input_tokens for span in beside),
            f"{prefix}outputs": array_text(span.output_tokens for span in beside),
            f"{prefix}starts_ns": array_text(span.start_ns for span in beside),
        }
    rows = select_rows("calls_elsewhere", parameters, columns=SPAN_COLUMNS)
    return [ReportElsewhere(span=span_row(columns), is_lone=is_lone) for is_lone, *columns in rows]


def _totals_elsewhere(project_id: int, told: Sequence[Report]) -> list[ReportElsewhere]:
    totals = [report for report in told if report.running_total_of]
    if not totals:
        return []
    parameters = {
        "project_id": project_id,
        "trace_ids": array_text(total.span.trace_id for total in totals),
        "totals_of": array_text(total.running_total_of for total in totals),
        "ends_ns": array_text(total.span.end_ns for total in totals),
    }
    rows = select_rows("totals_elsewhere", parameters, columns=SPAN_COLUMNS)
    return [ReportElsewhere(span=span_row(columns), is_lone=False) for columns in rows]
