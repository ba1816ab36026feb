"""Figures over time and their breakdowns, from the summaries and the counted calls.

A series' point belongs to the bucket (a multiple of bucket_ns since the epoch) in which its traces began, so that
a trace is whole in one bucket and the groups of a bucket add up to it. Buckets without traces have no point.
Breakdowns and spend take each call by its own start, as a bill does.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from psycopg import sql

from traces.domain.call_reports import Reason
from traces.domain.filters import Expression
from traces.selectors.filter_sql import compile_filter
from traces.selectors.rows import (
    CallPoint,
    CostPoint,
    CostShare,
    ErrorPoint,
    LatencyPoint,
    Spend,
    TokenPoint,
    UnknownCost,
)
from traces.selectors.statements import bounded, select_rows

MOST_BUCKETS = 1_500
"""Points of one line: a day in minutes, two months in hours; a screen is not wider."""
MOST_GROUPS = 12
"""Lines of one series; what is smaller goes to OTHERS."""
OTHERS = "(others)"
"""The group of everything that is not among the largest. Groups without a name are None."""
MOST_SHARES = 100

TraceGrouping = Literal["agent", "service", "environment"]
CallGrouping = Literal["model", "agent", "service", "environment"]
TRACE_GROUPINGS: tuple[TraceGrouping, ...] = ("agent", "service", "environment")
CALL_GROUPINGS: tuple[CallGrouping, ...] = ("model", "agent", "service", "environment")

_CALL_REASONS = [
    reason.value
    for reason in (
        Reason.CALL,
        Reason.ONLY_REPORT,
        Reason.GROWTH,
        Reason.METERED_ABOVE,
        Reason.FAILED,
        Reason.UNMETERED,
    )
]
"""One report of each model call has one of these; every other report repeats or wraps it. Among those that are counted
are also remainders, which are no calls."""

# A trace of several agents stands in the group of each.
_TRACE_GROUPS: dict[str | None, sql.SQL] = {
    None: sql.SQL("(VALUES ('')) AS grouped (name)"),
    "agent": sql.SQL(
        "unnest(CASE agent_names WHEN '{}' THEN ARRAY[''] ELSE agent_names END) AS grouped (name)"
    ),
    "service": sql.SQL("LATERAL (VALUES (coalesce(service, ''))) AS grouped (name)"),
    "environment": sql.SQL("LATERAL (VALUES (coalesce(environment, ''))) AS grouped (name)"),
}
_CALL_GROUPS: dict[str | None, sql.SQL] = {
    None: sql.SQL("''"),
    "model": sql.SQL("coalesce(call.model, '')"),
    "agent": sql.SQL("coalesce(call.agent, '')"),
    "service": sql.SQL("coalesce(call.service, '')"),
    "environment": sql.SQL("coalesce(call.environment, '')"),
}
_BY_COST = sql.SQL("sum(cost_usd)")
_BY_TOKENS = sql.SQL("sum(coalesce(input_tokens, 0) + coalesce(output_tokens, 0))")
_BY_CALLS = sql.SQL("sum(call_count)")


class SeriesError(ValueError):
    """A range, bucket or grouping that no series has; the text says what is allowed, `parameter` which it is:
    since, bucket or by."""

    def __init__(self, message: str, *, parameter: str) -> None:
        super().__init__(message)
        self.parameter = parameter


def latency_series(
    *,
    project_id: int,
    since_ns: int,
    until_ns: int,
    bucket_ns: int,
    expression: Expression | None = None,
    by: TraceGrouping | None = None,
) -> list[LatencyPoint]:
    """Percentiles of Trace Latency, by (bucket, group). One query.

    Only ended traces: how long an open one will take is not known. Percentiles are interpolated
    (percentile_cont) and rounded to a nanosecond. Raises SeriesError.
    """
    rows = _trace_rows("latency_series", _request(project_id, since_ns, until_ns, bucket_ns), expression, by)
    return [
        LatencyPoint(start_ns, _group(name), count, *(round(value) for value in percentiles))
        for start_ns, name, count, percentiles in rows
    ]


def error_series(
    *,
    project_id: int,
    since_ns: int,
    until_ns: int,
    bucket_ns: int,
    expression: Expression | None = None,
    by: TraceGrouping | None = None,
) -> list[ErrorPoint]:
    """Traces, failed traces and failed spans, by (bucket, group). One query. Raises SeriesError."""
    rows = _trace_rows("error_series", _request(project_id, since_ns, until_ns, bucket_ns), expression, by)
    return [ErrorPoint(start_ns, _group(name), *counts) for start_ns, name, *counts in rows]


def cost_series(
    *,
    project_id: int,
    since_ns: int,
    until_ns: int,
    bucket_ns: int,
    expression: Expression | None = None,
    by: CallGrouping | None = None,
) -> list[CostPoint]:
    """Token Cost per Trace, by (bucket, group). One query. Open traces are in it with what they have cost so far.

    Without `by` all traces are counted; with it the traces that have calls in the group, each with its cost
    there. Raises SeriesError.
    """
    request = _request(project_id, since_ns, until_ns, bucket_ns)
    if by is None:
        condition = compile_filter(expression)
        rows = select_rows("cost_series", {**request, **condition.parameters}, condition=condition.text)
        return [CostPoint(row[0], _group(row[1]), *_with_unknown(row[2:-_UNKNOWN], row)) for row in rows]
    rows = _call_rows(request, expression, by, weight=_BY_COST)
    return [CostPoint(row[0], _group(row[1]), row[2], *_with_unknown(row[10:13], row)) for row in rows]


def token_series(
    *,
    project_id: int,
    since_ns: int,
    until_ns: int,
    bucket_ns: int,
    expression: Expression | None = None,
    by: CallGrouping | None = None,
) -> list[TokenPoint]:
    """Tokens of counted calls, by (bucket, group), of traces that have model calls. One query. Raises SeriesError."""
    request = _request(project_id, since_ns, until_ns, bucket_ns)
    rows = _call_rows(request, expression, by, weight=_BY_TOKENS)
    return [TokenPoint(row[0], _group(row[1]), row[2], *row[5:10]) for row in rows]


def call_series(
    *,
    project_id: int,
    since_ns: int,
    until_ns: int,
    bucket_ns: int,
    expression: Expression | None = None,
    by: CallGrouping | None = None,
) -> list[CallPoint]:
    """Model calls, each once, by (bucket, group), of traces that have any. One query. Raises SeriesError."""
    request = _request(project_id, since_ns, until_ns, bucket_ns)
    rows = _call_rows(request, expression, by, weight=_BY_CALLS)
    return [CallPoint(row[0], _group(row[1]), *_with_unknown(row[2:5], row)) for row in rows]


def cost_breakdown(
    *, project_id: int, since_ns: int, until_ns: int, by: CallGrouping, limit: int = 20
) -> list[CostShare]:
    """The cost of the calls that began in [since_ns, until_ns) by group, the dearest first. One query.

    At most `limit` groups; the rest is one more share, OTHERS, so that the shares add up to the spend.
    Raises SeriesError for a grouping that calls do not have.
    """
    rows = select_rows(
        "cost_breakdown",
        {
            "project_id": project_id,
            "since_ns": since_ns,
            "until_ns": until_ns,
            "groups": bounded(limit, most=MOST_SHARES),
            "call_reasons": _CALL_REASONS,
            "unmetered": Reason.UNMETERED.value,
        },
        group=_grouping(_CALL_GROUPS, by),
    )
    return [CostShare(_group(row[0]), *_with_unknown(row[1:-_UNKNOWN], row)) for row in rows]


def spend_get(
    *,
    project_id: int,
    since_ns: int,
    until_ns: int,
    agent: str | None = None,
    service: str | None = None,
) -> Spend:
    """What the calls that began in [since_ns, until_ns) cost: all, or those of one agent or service. One query."""
    rows = select_rows(
        "spend_get",
        {
            "project_id": project_id,
            "since_ns": since_ns,
            "until_ns": until_ns,
            "agent": agent,
            "service": service,
            "unmetered": Reason.UNMETERED.value,
        },
    )
    return Spend(*_with_unknown(rows[0][:1], rows[0]))


_UNKNOWN = len(UnknownCost._fields)


def _with_unknown(values: Sequence[Any], row: Sequence[Any]) -> tuple[Any, ...]:
    """Some of a row's values, and its calls of unknown cost: the statements give those last."""
    return (*values, UnknownCost(*row[-_UNKNOWN:]))


def _request(project_id: int, since_ns: int, until_ns: int, bucket_ns: int) -> dict[str, int]:
    """The parameters that all series share, checked."""
    if since_ns >= until_ns:
        raise SeriesError("The range is empty: “since” must be before “until”.", parameter="since")
    if bucket_ns < 1:
        raise SeriesError("A bucket lasts at least one nanosecond.", parameter="bucket")
    if until_ns // bucket_ns - since_ns // bucket_ns >= MOST_BUCKETS:
        raise SeriesError(
            f"The range has more than {MOST_BUCKETS:,} buckets; take a longer bucket or a shorter range.",
            parameter="bucket",
        )
    return {
        "project_id": project_id,
        "since_ns": since_ns,
        "until_ns": until_ns,
        "bucket_ns": bucket_ns,
        "groups": MOST_GROUPS,
    }


def _grouping(groups: Mapping[str | None, sql.SQL], by: str | None) -> sql.SQL:
    if by not in groups:
        allowed = ", ".join(name for name in groups if name)
        raise SeriesError(f"Nothing is grouped by “{by}” here; “by” is one of {allowed}.", parameter="by")
    return groups[by]


def _group(name: str | None) -> str | None:
    """The statements say null for what is not among the largest, and '' for a group without a name."""
    return OTHERS if name is None else name or None


def _trace_rows(
    name: str, request: Mapping[str, int], expression: Expression | None, by: str | None
) -> list[tuple[Any, ...]]:
    condition = compile_filter(expression)
    return select_rows(
        name,
        {**request, **condition.parameters},
        grouped=_grouping(_TRACE_GROUPS, by),
        condition=condition.text,
    )


def _call_rows(
    request: Mapping[str, int], expression: Expression | None, by: str | None, *, weight: sql.SQL
) -> list[tuple[Any, ...]]:
    """Rows of call_series: bucket, group, traces, calls, failed, five token sums, cost, mean, p95, UnknownCost."""
    condition = compile_filter(expression)
    return select_rows(
        "call_series",
        {
            **request,
            **condition.parameters,
            "call_reasons": _CALL_REASONS,
            "unmetered": Reason.UNMETERED.value,
        },
        group=_grouping(_CALL_GROUPS, by),
        condition=condition.text,
        weight=weight,
    )
