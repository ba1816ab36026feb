"""How much the spans of a trace tell: one table of checks, from which a trace has its grade and the doctor its findings.

Each check looks at the things that it is about (model calls, tools, spans with a parent, the trace itself) and says of
how many of them something is missing. A check that is about nothing in a trace does not lower its grade.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from traces.domain.call_reports import Reason
from traces.domain.span_row import STATUS_ERROR, SpanRow
from traces.domain.tree import TreeNode


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look for. `missing` completes “12 of 40 …”; `weight` is its share in the grade, 0 a mere hint."""

    code: str
    weight: int
    missing: str
    fix: str


CHECKS = (
    Check(
        "root",
        3,
        "traces without the span of their request",
        "Export every span of the process that begins the run, and flush the exporter before it ends.",
    ),
    Check(
        "parent",
        3,
        "spans whose parent never came",
        "Give every process of the run the same exporter, and sample by parent, not span by span.",
    ),
    Check(
        "usage",
        3,
        "model calls without usage",
        'Ask for usage where you stream: stream_options={"include_usage": true} with OpenAI’s API; '
        "update the instrumentation where it still says nothing.",
    ),
    Check(
        "model",
        2,
        "model calls without a model",
        "Set gen_ai.request.model (or llm.model_name), or update the instrumentation.",
    ),
    Check(
        "price",
        2,
        "model calls without a price",
        "Give the model a price or an alias on the prices page.",
    ),
    Check(
        "cache_split",
        2,
        "model calls that do not say how much of their input was cached",
        "Use an instrumentation that reports gen_ai.usage.cache_read.input_tokens; the cost is a range until then.",
    ),
    Check(
        "provider",
        1,
        "model calls without a provider",
        "Set gen_ai.provider.name: one model costs different amounts at different providers.",
    ),
    Check(
        "content",
        1,
        "model calls and tools without what they were given",
        "Turn the capture of content on, as OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=span_only does: "
        "loops and errors are told with it.",
    ),
    Check(
        "agent", 1, "agents without a name", "Give the agent a name, or set gen_ai.agent.name on its span."
    ),
    Check("tool", 1, "tools without a name", "Set gen_ai.tool.name on the tool’s span."),
    Check(
        "session",
        1,
        "traces without a session",
        "Set session.id (or gen_ai.conversation.id) on any span of the run.",
    ),
    Check("user", 1, "traces without a user", "Set user.id on any span of the run."),
    Check(
        "error",
        1,
        "failed spans that do not say why",
        "Record the exception on the span, or set error.type.",
    ),
    Check(
        "service",
        1,
        "spans without the name of their service",
        "Set OTEL_SERVICE_NAME where the program starts.",
    ),
    Check(
        "session_on_root",
        0,
        "traces with a session on their root alone",
        "Set session.id through baggage or the framework’s context, so that a part that arrives alone has it too.",
    ),
    Check(
        "double",
        0,
        "model calls that two instrumentations report",
        "They are counted once; turn one of the two off to halve what you send.",
    ),
)
CHECKS_BY_CODE = {check.code: check for check in CHECKS}

_UNKNOWN_SERVICE = "unknown_service"
"""What SDKs call a service that nobody named."""
_SECOND_REPORTS = frozenset({Reason.SAME_RESPONSE, Reason.SAME_CALL_NESTED, Reason.SAME_CALL_OVERLAP})


class CallFacts(NamedTuple):
    """What was decided about a span that tells of a model call; `has_content` of any of the call's reports."""

    reason: str
    is_counted: bool
    is_priced: bool
    is_range: bool
    has_content: bool


_Checked = tuple[str, int, Sequence[SpanRow]]
"""The code of a check, how many things it looked at, and the spans that lack something."""


@dataclass(slots=True)
class Tally:
    """Of `checked` things `missed` lack something; `example` is the first span among them."""

    checked: int = 0
    missed: int = 0
    example: SpanRow | None = None
    scopes: set[bytes] = field(default_factory=set)

    def add(self, checked: int, missing: Sequence[SpanRow]) -> None:
        """Count things, and those of them that lack something."""
        self.checked += checked
        if missing:
            self.missed += len(missing)
            self.example = self.example or missing[0]
            self.scopes.update([span.scope_digest for span in missing])


@dataclass(slots=True)
class Examination:
    """Tallies by service ("" where it has no name) and code of check, of one trace or of several."""

    tallies: dict[tuple[str, str], Tally] = field(default_factory=dict)

    def add(self, service: str, checks: Iterable[_Checked]) -> None:
        """Count what was checked in a service."""
        for code, checked, missing in checks:
            if checked:
                tally = self.tallies.get((service, code))
                if tally is None:
                    tally = self.tallies[service, code] = Tally()
                tally.add(checked, missing)

    def merge(self, other: "Examination") -> None:
        """Add another trace's tallies."""
        for key, theirs in other.tallies.items():
            ours = self.tallies.setdefault(key, Tally())
            ours.checked += theirs.checked
            ours.missed += theirs.missed
            ours.example = ours.example or theirs.example
            ours.scopes |= theirs.scopes

    @property
    def percent(self) -> int:
        """How complete it is: the weighted mean of what the checks found to be there."""
        checked: dict[str, list[int]] = {}
        for (_, code), tally in self.tallies.items():
            both = checked.setdefault(code, [0, 0])
            both[0] += tally.checked
            both[1] += tally.missed
        weight = sum(CHECKS_BY_CODE[code].weight for code in checked)
        if not weight:
            return 100
        there = sum(
            CHECKS_BY_CODE[code].weight * (total - missed) / total
            for code, (total, missed) in checked.items()
        )
        return round(100 * there / weight)

    @property
    def gaps(self) -> list[str]:
        """The codes of the checks that found something missing, in the table's order."""
        missed = {code for (_, code), tally in self.tallies.items() if tally.missed}
        return [check.code for check in CHECKS if check.code in missed]


def examine(
    nodes: Sequence[TreeNode[SpanRow]], calls: Mapping[bytes, CallFacts], *, request: SpanRow | None
) -> Examination:
    """Check one trace, `nodes` in tree order; `calls` by span id."""
    found = Examination()
    by_service: dict[str, list[TreeNode[SpanRow]]] = {}
    for node in nodes:
        by_service.setdefault(node.span.service or "", []).append(node)
    for service, members in by_service.items():
        spans = [node.span for node in members]
        found.add(service, _span_checks(service, spans))
        found.add(service, [_parent_check(members)])
        told = [(span, facts) for span in spans if (facts := calls.get(span.span_id)) is not None]
        found.add(service, _call_checks(told))
    first = request or nodes[0].span
    found.add(
        first.service or "",
        _trace_checks([node.span for node in nodes], first, has_root=request is not None),
    )
    return found


def _parent_check(nodes: Sequence[TreeNode[SpanRow]]) -> _Checked:
    children = [node for node in nodes if node.span.parent_span_id and not _has_remote_parent(node.span)]
    return "parent", len(children), [node.span for node in children if node.is_orphan]


def _has_remote_parent(span: SpanRow) -> bool:
    return span.details is not None and bool(span.details.get("has_remote_parent"))


def _span_checks(service: str, spans: Sequence[SpanRow]) -> Iterator[_Checked]:
    yield "service", len(spans), spans if not service or service.startswith(_UNKNOWN_SERVICE) else ()
    failed = [span for span in spans if span.status == STATUS_ERROR]
    yield "error", len(failed), [span for span in failed if not (span.error_type or span.status_message)]
    agents = [span for span in spans if span.kind == "agent"]
    yield "agent", len(agents), [span for span in agents if not span.agent]
    tools = [span for span in spans if span.kind == "tool"]
    yield "tool", len(tools), [span for span in tools if not span.tool]
    yield "content", len(tools), [span for span in tools if not has_content(span)]


def has_content(span: SpanRow) -> bool:
    """Whether a span tells what a model or a tool was given."""
    return span.details is not None and "arguments_digest" in span.details


def _call_checks(told: Sequence[tuple[SpanRow, CallFacts]]) -> Iterator[_Checked]:
    second = [span for span, facts in told if facts.reason in _SECOND_REPORTS]
    counted = [(span, facts) for span, facts in told if facts.is_counted]
    yield "double", len(second) + len(counted), second
    unmetered = [span for span, facts in told if facts.reason == Reason.UNMETERED]
    yield "usage", len(unmetered) + len(counted), unmetered
    calls = [span for span, facts in told if facts.is_counted or facts.reason == Reason.UNMETERED]
    yield "model", len(calls), [span for span in calls if not span.model]
    yield "provider", len(calls), [span for span in calls if not span.provider]
    asked = [
        (span, facts.has_content)
        for span, facts in told
        if span.kind == "llm" and (facts.is_counted or facts.reason == Reason.UNMETERED)
    ]
    yield "content", len(asked), [span for span, is_there in asked if not is_there]
    yield "price", len(counted), [span for span, facts in counted if not facts.is_priced]
    priced = [(span, facts) for span, facts in counted if facts.is_priced]
    yield "cache_split", len(priced), [span for span, facts in priced if facts.is_range]


def _trace_checks(spans: Sequence[SpanRow], first: SpanRow, *, has_root: bool) -> Iterator[_Checked]:
    def check(code: str, *, is_missing: bool) -> _Checked:
        return code, 1, [first] if is_missing else ()

    yield check("root", is_missing=not has_root)
    if not any(span.kind in ("agent", "llm") for span in spans):
        return
    in_session = [span for span in spans if span.session_id]
    yield check("session", is_missing=not in_session)
    if in_session and len(spans) > 1:
        yield check("session_on_root", is_missing=all(span is first for span in in_session))
    yield check("user", is_missing=not any(span.user_id for span in spans))


GRADES = ((95, "A"), (85, "B"), (70, "C"), (50, "D"), (0, "E"))
"""The lowest percentage of each grade."""


def grade(percent: int) -> str:
    """The letter of a percentage."""
    return next(letter for lowest, letter in GRADES if percent >= lowest)
