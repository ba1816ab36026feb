"""Which reports of several traces may tell of one call: found by what such reports share."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from core.clock import NS_PER_SECOND
from traces.domain.call_reports import Report, ReportElsewhere, running_total_of

NEAR_NS = 60 * NS_PER_SECOND
"""How far apart two reports of one call may begin: one instrumentation may wait for a rate limit before the other."""


def is_looked_for(report: Report) -> bool:
    """Whether other traces may have something to say about it: a model call, or a running total."""
    return report.is_model_call or bool(report.running_total_of)


class ReportIndex:
    """Reports by the response's id; by usage and, about, the time; and running totals by their agent object."""

    def __init__(self, reports: Sequence[Report | ReportElsewhere]) -> None:
        self._by_response: dict[str, list[Report | ReportElsewhere]] = defaultdict(list)
        self._by_usage: dict[tuple[int | None, int | None], list[Report | ReportElsewhere]] = defaultdict(
            list
        )
        self._by_total: dict[str, list[Report | ReportElsewhere]] = defaultdict(list)
        is_any_lone = any(report.is_lone for report in reports)
        for report in reports:
            span = report.span
            if total_of := running_total_of(span):
                self._by_total[total_of].append(report)
                continue
            if span.response_id:
                self._by_response[span.response_id].append(report)
            if is_any_lone and span.input_tokens is not None:
                self._by_usage[span.input_tokens, span.output_tokens].append(report)

    def beside(self, trace_id: bytes, own: Iterable[Report]) -> list[ReportElsewhere]:
        """Of other traces than this one, the reports that may tell of its own calls, each once."""
        found: dict[tuple[bytes, bytes, int], ReportElsewhere] = {}
        for report in own:
            if is_looked_for(report):
                for other in self._candidates(report):
                    span = other.span
                    if span.trace_id != trace_id:
                        place = (span.trace_id, span.span_id, span.start_ns)
                        found[place] = ReportElsewhere(span, other.is_lone)
        return [found[place] for place in sorted(found)]

    def _candidates(self, own: Report) -> Iterator[Report | ReportElsewhere]:
        span = own.span
        if own.running_total_of:
            yield from self._by_total.get(own.running_total_of, ())
            return
        if span.response_id:
            yield from self._by_response.get(span.response_id, ())
        if self._by_usage:
            for other in self._by_usage.get((span.input_tokens, span.output_tokens), ()):
                if (own.is_lone or other.is_lone) and abs(other.span.start_ns - span.start_ns) <= NEAR_NS:
                    yield other
