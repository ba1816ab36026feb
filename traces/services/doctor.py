"""The instrumentation doctor: what the newest traces of a project lack, by service, each with its fix."""

from dataclasses import dataclass

from traces.domain.completeness import CHECKS, Check, Examination, Tally, grade
from traces.domain.trace_key import TraceKey
from traces.selectors.doctor import Speaker, newest_traces, scope_names, speakers
from traces.services.summaries import summaries_read

TRACES = 200
"""Traces that are looked at, where nobody says how many."""
_BATCH = 50
_NO_CONVENTION = Check(
    "convention",
    0,
    "spans that speak no convention of agents",
    "Instrument the model SDK or the framework of this service: Connect has the lines to add.",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a service lacks: `missed` of `checked`; an example, and the scopes from which it comes."""

    check: Check
    checked: int
    missed: int
    trace_id: str
    span_id: str
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceReport:
    """A service (its name may be empty): what it speaks, and what is missing, the weightiest first."""

    service: str
    speakers: tuple[Speaker, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What `trace_count` traces tell; `percent` and `grade` are those of all together."""

    trace_count: int
    percent: int
    services: tuple[ServiceReport, ...]

    @property
    def grade(self) -> str:
        return grade(self.percent)


def project_diagnose(*, project_id: int, trace_count: int = TRACES) -> Diagnosis:
    """Examine a project's newest traces by the rules that grade each of them. Reads _BATCH traces at a time; nothing is
    written."""
    trace_ids = newest_traces(project_id=project_id, limit=trace_count)
    found = Examination()
    for start in range(0, len(trace_ids), _BATCH):
        keys = [TraceKey(project_id, trace_id) for trace_id in trace_ids[start : start + _BATCH]]
        for summary in summaries_read(keys).values():
            found.merge(summary.examination)
    digests = {digest for tally in found.tallies.values() for digest in tally.scopes}
    names = scope_names(project_id=project_id, digests=digests)
    told = speakers(project_id=project_id, trace_ids=trace_ids)
    services = sorted({service for service, _ in found.tallies} | {one.service for one in told})
    return Diagnosis(
        trace_count=len(trace_ids),
        percent=found.percent,
        services=tuple(
            _report(service, [one for one in told if one.service == service], found, names)
            for service in services
        ),
    )


def _report(service: str, told: list[Speaker], found: Examination, names: dict[bytes, str]) -> ServiceReport:
    findings = [
        _finding(check, tally, names)
        for check in CHECKS
        if (tally := found.tallies.get((service, check.code))) is not None and tally.missed
    ]
    findings.sort(key=lambda finding: -finding.check.weight)
    if told and all(one.convention is None for one in told):
        total = sum(one.span_count for one in told)
        findings.append(Finding(_NO_CONVENTION, total, total, "", ""))
    return ServiceReport(service, tuple(told), tuple(findings))


def _finding(check: Check, tally: Tally, names: dict[bytes, str]) -> Finding:
    return Finding(
        check,
        tally.checked,
        tally.missed,
        trace_id=tally.example.trace_id.hex() if tally.example else "",
        span_id=tally.example.span_id.hex() if tally.example else "",
        scopes=tuple(sorted({names[digest] for digest in tally.scopes if names.get(digest)})),
    )
