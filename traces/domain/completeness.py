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


@dataclass(slots=True)
class Tally:
    """Of `checked` things `missed` lack something; `example` is the first span among them."""

    checked: int = 0
    missed: int = 0
    example: SpanRow | None = None
    scopes: set[bytes] = field(default_factory=set)

    def add(self, span: SpanRow, *, is_missing: bool) -> None:
        """Count one thing."""
        self.checked += 1
        if is_missing:
            self.missed += 1
            self.example = self.example or span
            self.scopes.add(span.scope_digest)


@dataclass(slots=True)
class Examination:
    """Tallies by service ("" where it has no name) and code of check, of one trace or of several."""

    tallies: dict[tuple[str, str], Tally] = field(default_factory=dict)

    def add(self, span: SpanRow, checks: Iterable[tuple[str, bool]]) -> None:
        """Count things of a span: the code of each check, and whether something is missing."""
        service = span.service or ""
        for code, is_missing in checks:
            tally = self.tallies.get((service, code))
            if tally is None:
                tally = self.tallies[service, code] = Tally()
            tally.add(span, is_missing=is_missing)

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
    for node in nodes:
        found.add(node.span, _span_checks(node))
        facts = calls.get(node.span.span_id)
        if facts is not None:
            found.add(node.span, _call_checks(node.span, facts))
    first = request or nodes[0].span
    found.add(first, _trace_checks([node.span for node in nodes], first, has_root=request is not None))
    return found


def _span_checks(node: TreeNode[SpanRow]) -> Iterator[tuple[str, bool]]:
    span = node.span
    yield "service", not span.service or span.service.startswith(_UNKNOWN_SERVICE)
    if span.parent_span_id and not (span.details and span.details.get("has_remote_parent")):
        yield "parent", node.is_orphan
    if span.status == STATUS_ERROR:
        yield "error", not (span.error_type or span.status_message)
    if span.kind == "agent":
        yield "agent", not span.agent
    elif span.kind == "tool":
        yield "tool", not span.tool
        yield "content", not has_content(span)


def has_content(span: SpanRow) -> bool:
    """Whether a span tells what a model or a tool was given."""
    return span.details is not None and "arguments_digest" in span.details


def _call_checks(span: SpanRow, facts: CallFacts) -> Iterator[tuple[str, bool]]:
    if facts.reason in _SECOND_REPORTS or facts.is_counted:
        yield "double", facts.reason in _SECOND_REPORTS
    is_unmetered = facts.reason == Reason.UNMETERED
    if not (facts.is_counted or is_unmetered):
        return
    yield "usage", is_unmetered
    yield "model", not span.model
    yield "provider", not span.provider
    if span.kind == "llm":
        yield "content", not facts.has_content
    if facts.is_counted:
        yield "price", not facts.is_priced
        if facts.is_priced:
            yield "cache_split", facts.is_range


def _trace_checks(spans: Sequence[SpanRow], first: SpanRow, *, has_root: bool) -> Iterator[tuple[str, bool]]:
    yield "root", not has_root
    if not any(span.kind in ("agent", "llm") for span in spans):
        return
    in_session = [span for span in spans if span.session_id]
    yield "session", not in_session
    if in_session and len(spans) > 1:
        yield "session_on_root", all(span is first for span in in_session)
    yield "user", not any(span.user_id for span in spans)


GRADES = ((95, "A"), (85, "B"), (70, "C"), (50, "D"), (0, "E"))
"""The lowest percentage of each grade."""


def grade(percent: int) -> str:
    """The letter of a percentage."""
    return next(letter for lowest, letter in GRADES if percent >= lowest)
