"""What arrives in a project: who speaks which convention, and usage that none knows."""

from dataclasses import dataclass

from core.clock import NS_PER_DAY
from traces.domain import otlp
from traces.selectors.origins import origin_data
from traces.selectors.statements import bounded, select_rows

MOST_TRACES = 1_000
MOST_UNKNOWN_SPANS = 10_000
UNKNOWN_DAYS = 7
"""How far back usage that no convention knows is looked for."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Spans of one service from one instrumentation scope in one convention; `sdk` as the resource tells it."""

    service: str
    convention: str | None
    scope: str
    scope_version: str
    sdk: str
    span_count: int


@dataclass(frozen=True, slots=True)
class UnknownUsage:
    """An attribute that looks like usage and stands in no table: where it comes from, and the newest example."""

    key: str
    scope: str
    count: int
    example: str
    trace_id: str
    span_id: str


def newest_traces(*, project_id: int, limit: int) -> list[bytes]:
    """The ids of the traces that started last. One query."""
    parameters = {"project_id": project_id, "limit": bounded(limit, most=MOST_TRACES)}
    return [bytes(trace_id) for (trace_id,) in select_rows("traces_newest", parameters)]


def speakers(*, project_id: int, trace_ids: list[bytes]) -> list[Speaker]:
    """Who speaks what in these traces, by service, the most spans first. Two queries."""
    rows = select_rows("speakers", {"project_id": project_id, "trace_ids": trace_ids})
    digests = {bytes(digest) for row in rows for digest in row[2:4]}
    origins = origin_data(project_id=project_id, digests=digests)
    counts: dict[tuple[str, str | None, str, str, str], int] = {}
    for service, convention, scope_digest, resource_digest, count in rows:
        scope = otlp.scope_from_origin(origins.get(bytes(scope_digest), b"")).scope
        sdk = _sdk(origins.get(bytes(resource_digest), b""))
        key = (service or "", convention, scope.name, scope.version, sdk)
        counts[key] = counts.get(key, 0) + count
    return [Speaker(*key, count) for key, count in counts.items()]


def _sdk(data: bytes) -> str:
    attributes = otlp.attributes_dict(otlp.resource_from_origin(data).resource.attributes)
    words = (attributes.get(f"telemetry.sdk.{part}") for part in ("name", "language", "version"))
    return " ".join(str(word) for word in words if word)


def scope_names(*, project_id: int, digests: set[bytes]) -> dict[bytes, str]:
    """The names of instrumentation scopes by digest. One query."""
    origins = origin_data(project_id=project_id, digests=digests)
    return {digest: otlp.scope_from_origin(data).scope.name for digest, data in origins.items()}


def unknown_usage(*, project_id: int, now_ns: int) -> list[UnknownUsage]:
    """Usage that no convention knows, the most frequent first, among the newest MOST_UNKNOWN_SPANS spans of the last
    UNKNOWN_DAYS that have any. Two queries."""
    since_ns = now_ns - UNKNOWN_DAYS * NS_PER_DAY
    rows = select_rows(
        "unknown_usage",
        {"project_id": project_id, "since_ns": since_ns, "most_spans": MOST_UNKNOWN_SPANS},
    )
    names = scope_names(project_id=project_id, digests={bytes(row[1]) for row in rows})
    return [
        UnknownUsage(
            key, names.get(bytes(scope), ""), count, example, bytes(trace_id).hex(), bytes(span_id).hex()
        )
        for key, scope, count, example, trace_id, span_id in rows
    ]
