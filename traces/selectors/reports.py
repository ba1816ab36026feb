"""Reports of model calls in other traces of a project, for the summary of a trace that may tell of the same calls."""

from collections.abc import Sequence
from typing import Any

from core.clock import NS_PER_DAY
from traces.domain.call_reports import Report, ReportElsewhere
from traces.domain.report_index import NEAR_NS
from traces.selectors.span_rows import spans_at
from traces.selectors.statements import array_text, select_rows

MOST_REPORTS = 5_000
"""Reports of one answer."""
TOTALS_NS = 30 * NS_PER_DAY
"""How far apart two turns of an agent object may lie to be told as such: as long as spans are kept by default."""


class LookedFor:
    """Reports of traces of a project whose calls and running totals others may tell of too."""

    def __init__(self, project_id: int, told: Sequence[Report]) -> None:
        self.project_id = project_id
        self.told = told
        self.calls = _call_parameters(project_id, [report for report in told if report.is_model_call])
        self.totals = _total_parameters(project_id, [report for report in told if report.running_total_of])


def reports_elsewhere(looked_for: LookedFor) -> list[ReportElsewhere]:
    """Reports in traces that none of those looked for is of, which may tell of the same calls, or of the same running
    totals. At most three queries.

    Calls by the provider's response id, or by equal usage at about the same time, where one of the two stands alone in
    its trace: at most MOST_REPORTS, the earliest first, and a few that do not fit (ReportIndex tells). Totals by their
    agent object: the last one before each and the first one after it.
    """
    found = []
    for name, parameters in (("calls_elsewhere", looked_for.calls), ("totals_elsewhere", looked_for.totals)):
        if parameters is not None:
            found += select_rows(name, parameters)
    if not found:
        return []
    are_lone = {
        (bytes(trace_id), bytes(span_id), start_ns): is_lone for trace_id, span_id, start_ns, is_lone in found
    }
    spans = spans_at(project_id=looked_for.project_id, places=are_lone)
    return [ReportElsewhere(span, are_lone[span.trace_id, span.span_id, span.start_ns]) for span in spans]


def _call_parameters(project_id: int, calls: Sequence[Report]) -> dict[str, Any] | None:
    if not calls:
        return None
    parameters: dict[str, Any] = {
        "project_id": project_id,
        "trace_ids": array_text({call.span.trace_id for call in calls}),
        "response_ids": array_text({call.span.response_id for call in calls if call.span.response_id}),
        "limit": MOST_REPORTS,
    }
    for prefix, is_lone in (("lone_", True), ("", False)):
        spans = [
            call.span for call in calls if call.is_lone is is_lone and call.span.input_tokens is not None
        ]
        starts_ns = [span.start_ns for span in spans]
        parameters |= {
            f"{prefix}inputs": array_text({span.input_tokens for span in spans}),
            f"{prefix}outputs": array_text({span.output_tokens for span in spans}),
            f"{prefix}since_ns": min(starts_ns, default=0) - NEAR_NS,
            f"{prefix}until_ns": max(starts_ns, default=0) + NEAR_NS,
        }
    return parameters


def _total_parameters(project_id: int, totals: Sequence[Report]) -> dict[str, Any] | None:
    if not totals:
        return None
    return {
        "project_id": project_id,
        "trace_ids": array_text(total.span.trace_id for total in totals),
        "totals_of": array_text(total.running_total_of for total in totals),
        "ends_ns": array_text(total.span.end_ns for total in totals),
        "patience_ns": TOTALS_NS,
    }
