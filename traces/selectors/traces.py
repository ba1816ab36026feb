"""Reads of trace summaries."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, get_args

import orjson
from psycopg import sql

from traces.domain.filters import Expression
from traces.selectors.cursors import KeyPart, cursor_key, cursor_text
from traces.selectors.filter_sql import compile_filter
from traces.selectors.rows import Page, TraceChoices, TraceRow
from traces.selectors.statements import HIGHEST_NS, LOWEST_NS, bounded, column_list, select_rows

MOST_TRACES = 1_000
"""Rows of one answer, as the REST API promises."""
CHOICE_ROWS = 2_000
"""Newest summaries that trace_choices looks at."""
MOST_CHOICES = 100
"""Values of each kind that trace_choices gives."""

TraceOrder = Literal["-start", "start", "-duration", "-cost", "-tokens"]
TRACE_ORDERS: tuple[TraceOrder, ...] = get_args(TraceOrder)


@dataclass(frozen=True, slots=True)
class TraceQuery:
    """Which traces, and in which order: those that began in [since_ns, until_ns) and fit the expression."""

    since_ns: int | None = None
    until_ns: int | None = None
    expression: Expression | None = None
    order: TraceOrder = "-start"


_NO_COST = Decimal(-1)
"""Where a trace without a known cost stands when the dearest come first: last."""


@dataclass(frozen=True, slots=True)
class _Order:
    """An order as SQL terms and as a row's key of the same terms; the trace id makes it total."""

    terms: tuple[sql.SQL | sql.Identifier, ...]
    types: tuple[type[KeyPart], ...]
    key: Callable[[TraceRow], tuple[KeyPart, ...]]
    is_ascending: bool = False

    def after(self) -> sql.Composable:
        """The condition of standing behind the cursor's key (parameters key_0, …), as one row comparison."""
        places = sql.SQL(", ").join(sql.Placeholder(f"key_{index}") for index in range(len(self.terms)))
        template = sql.SQL("({}) > ({})") if self.is_ascending else sql.SQL("({}) < ({})")
        return template.format(sql.SQL(", ").join(self.terms), places)

    def order_by(self) -> sql.Composable:
        template = sql.SQL("{} ASC") if self.is_ascending else sql.SQL("{} DESC")
        return sql.SQL(", ").join(template.format(term) for term in self.terms)


_START, _TRACE_ID = sql.Identifier("start_ns"), sql.Identifier("trace_id")
_BY_START: dict[str, Any] = {
    "terms": (_START, _TRACE_ID),
    "types": (int, bytes),
    "key": lambda row: (row.start_ns, row.trace_id),
}
_ORDERS: dict[TraceOrder, _Order] = {
    "-start": _Order(**_BY_START),
    "start": _Order(**_BY_START, is_ascending=True),
    "-duration": _Order(
        terms=(sql.Identifier("duration_ns"), _START, _TRACE_ID),
        types=(int, int, bytes),
        key=lambda row: (row.duration_ns, row.start_ns, row.trace_id),
    ),
    "-cost": _Order(
        terms=(sql.SQL("coalesce(cost_usd, -1)"), _START, _TRACE_ID),
        types=(Decimal, int, bytes),
        key=lambda row: (_NO_COST if row.cost_usd is None else row.cost_usd, row.start_ns, row.trace_id),
    ),
    "-tokens": _Order(
        terms=(sql.SQL("input_tokens + output_tokens"), _START, _TRACE_ID),
        types=(int, int, bytes),
        key=lambda row: (row.tokens, row.start_ns, row.trace_id),
    ),
}

_STORED_NAMES = {
    "agents": "agent_names",
    "models": "model_names",
    "tools": "tool_names",
    "services": "service_names",
}
_FIELDS = [field.name for field in fields(TraceRow)]
_COLUMNS = column_list(*(_STORED_NAMES.get(name, name) for name in _FIELDS))
_NAMES_AT = [_FIELDS.index(name) for name in (*_STORED_NAMES, "linked_trace_ids", "gaps")]
_LATENCY_AT, _STATES_AT, _BEHAVIOUR_AT = map(_FIELDS.index, ("latency", "states", "behaviour"))


def _trace_row(columns: tuple[Any, ...]) -> TraceRow:
    values = list(columns)
    for place in _NAMES_AT:
        values[place] = tuple(values[place])
    values[_LATENCY_AT] = None if values[_LATENCY_AT] is None else orjson.loads(values[_LATENCY_AT])
    values[_STATES_AT] = [_with_int_times(state) for state in orjson.loads(values[_STATES_AT])]
    values[_BEHAVIOUR_AT] = {} if values[_BEHAVIOUR_AT] is None else orjson.loads(values[_BEHAVIOUR_AT])
    return TraceRow(*values)


def _with_int_times(state: dict[str, Any]) -> dict[str, Any]:
    """Stored JSON holds times as strings, which pass 2^53 unharmed wherever they are read."""
    times = ("start_time_unix_nano", "end_time_unix_nano")
    return state | {name: int(state[name]) for name in times}


def trace_list(
    *, project_id: int, query: TraceQuery, limit: int = 50, cursor: str | None = None
) -> Page[TraceRow]:
    """A page of the project's traces in the query's order, at most MOST_TRACES of them. One query.

    Traces without a known cost stand last under "-cost". Pages continue by key, so that traces which arrive
    meanwhile neither repeat nor hide one. Raises CursorError for a cursor of another list or order.
    """
    limit = bounded(limit, most=MOST_TRACES)
    order = _ORDERS[query.order]
    condition = compile_filter(query.expression)
    parameters: dict[str, Any] = {
        "project_id": project_id,
        "since_ns": LOWEST_NS if query.since_ns is None else query.since_ns,
        "until_ns": HIGHEST_NS if query.until_ns is None else query.until_ns,
        "limit": limit + 1,  # one more says whether there is a next page
        **condition.parameters,
    }
    after: sql.Composable = sql.SQL("true")
    if cursor is not None:
        key = cursor_key(f"traces {query.order}", cursor, order.types)
        parameters |= {f"key_{index}": part for index, part in enumerate(key)}
        after = order.after()
    rows = select_rows(
        "trace_list",
        parameters,
        columns=_COLUMNS,
        condition=condition.text,
        after=after,
        order=order.order_by(),
    )
    results = [_trace_row(row) for row in rows[:limit]]
    is_last = len(rows) <= limit
    return Page(
        results=results,
        next_cursor=None if is_last else cursor_text(f"traces {query.order}", order.key(results[-1])),
    )


def has_traces(*, project_id: int) -> bool:
    """Whether anything ever arrived in the project. One query."""
    return bool(trace_list(project_id=project_id, query=TraceQuery(), limit=1).results)


def trace_get(*, project_id: int, trace_id: bytes) -> TraceRow | None:
    """One trace of the project, or None. One query."""
    rows = select_rows("trace_get", {"project_id": project_id, "trace_id": trace_id}, columns=_COLUMNS)
    return _trace_row(rows[0]) if rows else None


def traces_among(
    *, project_id: int, trace_ids: Collection[bytes], expression: Expression | None = None
) -> list[TraceRow]:
    """Of these traces of the project, at most MOST_TRACES, those that are stored and fit the expression. One query."""
    condition = compile_filter(expression)
    parameters = {
        "project_id": project_id,
        "trace_ids": list(trace_ids)[:MOST_TRACES],
        **condition.parameters,
    }
    rows = select_rows("traces_among", parameters, columns=_COLUMNS, condition=condition.text)
    return [_trace_row(row) for row in rows]


def trace_choices(*, project_id: int, since_ns: int) -> TraceChoices:
    """What the newest traces since then can be filtered by: at most MOST_CHOICES values each, sorted. One query.

    It looks at CHOICE_ROWS summaries at most, so a value that only older traces have is not offered.
    """
    rows = select_rows(
        "trace_choices",
        {"project_id": project_id, "since_ns": since_ns, "rows": CHOICE_ROWS, "choices": MOST_CHOICES},
    )
    return TraceChoices(*(tuple(values) for values in rows[0]))


def traces_summarised_since(*, since: datetime, until: datetime, limit: int) -> list[TraceRow]:
    """Traces of all projects whose `summarised_at` is in [since, until), in that order. One query.

    At least `limit` (at most MOST_TRACES) where there are as many: all that were summarised in the last row's
    moment come along, so a caller goes on from one microsecond after it. A summary becomes visible when its
    transaction commits, which is later than its `summarised_at`: look back over a few seconds again.
    """
    parameters = {"since": since, "until": until, "limit": bounded(limit, most=MOST_TRACES)}
    return [_trace_row(row) for row in select_rows("traces_summarised_since", parameters, columns=_COLUMNS)]


def traces_open(*, limit: int) -> list[TraceRow]:
    """Open traces of all projects, the longest running first; what falls silent is closed as lost. One query."""
    parameters = {"limit": bounded(limit, most=MOST_TRACES)}
    return [_trace_row(row) for row in select_rows("traces_open", parameters, columns=_COLUMNS)]
