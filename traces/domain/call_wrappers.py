"""Spans that repeat what the calls below them used: agents, workflows, loops of a framework.

A wrapper may repeat the sum of all calls below it, of its own only (without those of the agents that it called), its
last call's usage, or a running total over earlier turns. What its descendants report is theirs. Something is left to
it only where it can be shown to be calls that nobody reported: calls below it without usage. These are its own, or,
where all of its own are known and it tells of more than all calls below, those of the agents that it called. Of a
running total only what it grew by since the agent object's last one, in this trace or an earlier one, can be theirs,
and nothing where the object has no id. The remainder is theirs together, and marked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from traces.domain.call_reports import Report
from traces.semconv.tokens import NO_USAGE, Usage


@dataclass(slots=True)
class _Sum:
    input_tokens: int = 0
    output_tokens: int = 0

    def add(self, other: "_Sum | Usage") -> None:
        self.input_tokens += other.input_tokens or 0
        self.output_tokens += other.output_tokens or 0


@dataclass(slots=True)
class _Below:
    """What the calls below a report add up to: all of them, and its own; and those without usage, its own and those of
    the agents that it called. `is_any`: one that did not fail is there."""

    all: _Sum = field(default_factory=_Sum)
    own: _Sum = field(default_factory=_Sum)
    own_unmetered: list[Report] = field(default_factory=list)
    others_unmetered: list[Report] = field(default_factory=list)
    is_any: bool = False


@dataclass(slots=True)
class Wrappers:
    """`wrappers` are the ids (`id()`) of reports that repeat others; `remainders` what a wrapper used beyond what is
    reported below it; `metered_above` the calls that such a remainder pays for; `grown` what each running total grew
    by, without usage where that is not known."""

    wrappers: set[int] = field(default_factory=set)
    remainders: dict[int, Usage] = field(default_factory=dict)
    metered_above: set[int] = field(default_factory=set)
    grown: dict[int, Usage] = field(default_factory=dict)


def find_wrappers(reports: Sequence[Report], elsewhere: Iterable[Report] = ()) -> Wrappers:
    """Which reports are wrappers. `reports` come in tree order, and know their groups. One pass from the leaves up.
    `elsewhere` has the running totals of earlier traces.

    A group is looked at where its report stands deepest: that one is below every wrapper that can mean it.
    """
    found = Wrappers(grown=_grown_totals([*reports, *elsewhere]))
    below: dict[int, _Below] = {}
    deepest = _deepest(reports)
    for report in reversed(reports):
        beneath = below.pop(id(report), None) or _Below()
        if beneath.is_any and _is_wrapper(report):
            found.wrappers.add(id(report))
            _keep_remainder(found, report, beneath, told=found.grown.get(id(report), report.usage))
        if report.above is not None:
            into = below.setdefault(id(report.above), _Below())
            _pass_up(found, report, beneath, into, counts_here=deepest[id(report.group)] is report)
    return found


def _deepest(reports: Sequence[Report]) -> dict[int, Report]:
    deepest: dict[int, Report] = {}
    for report in reports:
        if report.is_elsewhere:
            continue
        kept = deepest.get(id(report.group))
        if kept is None or (report.depth, report.span.span_id) > (kept.depth, kept.span.span_id):
            deepest[id(report.group)] = report
    return deepest


def _is_wrapper(report: Report) -> bool:
    """Anything that is no model call repeats what is below it. A model call over others, told directly below it, is
    one where it has their sum or nothing to say; else it is a call whose tools made calls of their own."""
    if not report.is_model_call:
        return True
    if not report.is_alone:
        return False
    inner = [below for below in report.below if below.is_direct and below.is_model_call]
    if not inner:
        return False
    if not report.usage.is_reported:
        return True
    told = _Sum()
    for below in inner:
        told.add(below.usage)
    used = _Sum()
    used.add(report.usage)
    return used == told


def _grown_totals(reports: Iterable[Report]) -> dict[int, Usage]:
    """What each running total grew by since the last one of the same agent object, by the report's id()."""
    totals = [report for report in reports if report.running_total_of is not None]
    last: dict[str, Usage] = {}
    grown: dict[int, Usage] = {}
    for report in sorted(totals, key=lambda report: (report.span.end_ns, report.span.span_id)):
        agent = report.running_total_of or ""
        before = last.get(agent, NOTHING)
        growth = [(now or 0) - (then or 0) for now, then in zip(report.usage[::3], before[::3], strict=True)]
        is_known = agent and min(growth) >= 0
        grown[id(report)] = Usage(input_tokens=growth[0], output_tokens=growth[1]) if is_known else NO_USAGE
        last[agent] = report.usage
    return grown


NOTHING = Usage(0, None, None, 0, None)


def _keep_remainder(found: Wrappers, report: Report, beneath: _Below, *, told: Usage) -> None:
    """What the wrapper reports beyond the calls below it, where calls without usage explain it."""
    if not told.is_reported:
        return
    used = _Sum(told.input_tokens or 0, told.output_tokens or 0)
    has_all = (
        used.input_tokens >= beneath.all.input_tokens
        and used.output_tokens >= beneath.all.output_tokens
        and report.running_total_of is None
    )
    unmetered = beneath.own_unmetered
    if not unmetered and has_all and used != beneath.own:
        unmetered = beneath.others_unmetered
    if not unmetered:
        return
    known = beneath.all if has_all else beneath.own
    left = Usage(
        input_tokens=used.input_tokens - known.input_tokens,
        output_tokens=used.output_tokens - known.output_tokens,
    )
    if (left.input_tokens or 0) <= 0 or (left.output_tokens or 0) < 0:
        return
    if known == _Sum():
        left = told  # nothing else is in it, so its parts are theirs too
    found.remainders[id(report)] = left
    found.metered_above.update(id(call) for silent in unmetered for call in silent.group)
    unmetered.clear()


def _pass_up(found: Wrappers, report: Report, beneath: _Below, into: _Below, *, counts_here: bool) -> None:
    """Add what a report and the calls below it used to what is below the report above."""
    is_wrapper = id(report) in found.wrappers
    used = found.remainders.get(id(report)) if is_wrapper else found.grown.get(id(report)) or _used(report)
    if counts_here and used is not None and used.is_reported:
        beneath.is_any = True
        beneath.all.add(used)
        beneath.own.add(used)
    elif counts_here and report.is_model_call and not is_wrapper and not report.failed:
        beneath.is_any = True
        beneath.own_unmetered.append(report)
    into.is_any |= beneath.is_any
    into.all.add(beneath.all)
    into.others_unmetered = _together(into.others_unmetered, beneath.others_unmetered)
    if report.is_own and report.span.kind != "agent":
        into.own.add(beneath.own)
        into.own_unmetered = _together(into.own_unmetered, beneath.own_unmetered)
    else:
        into.others_unmetered = _together(into.others_unmetered, beneath.own_unmetered)


def _together(one: list[Report], other: list[Report]) -> list[Report]:
    """Both, in one of the two: a chain of thousands of wrappers hands its calls up without copying them each time."""
    longer, shorter = sorted((one, other), key=len, reverse=True)
    longer.extend(shorter)
    return longer


def _used(report: Report) -> Usage | None:
    """The usage of the report's call, whoever of its group reports it."""
    return next((member.usage for member in report.group if member.usage.is_reported), None)
