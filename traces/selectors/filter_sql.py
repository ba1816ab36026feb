"""Filter expressions to SQL over traces_trace: identifiers from the table below, every value a parameter."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from psycopg import sql

from traces.domain.filters import (
    FIELDS,
    AllOf,
    AnyOf,
    Comparison,
    Expression,
    FieldKind,
    Membership,
    Negation,
    Scalar,
    Text,
)

SHORTEST_ID_PREFIX = 4
"""Hex digits from which a word is also looked for at the start of trace ids: one to three match by chance."""


def _column(name: str) -> sql.Composable:
    return sql.Identifier("traces_trace", name)


_COLUMNS: dict[str, sql.Composable] = {
    "status": _column("status"),  # `error` means lost traces too: see _comparison
    "name": _column("name"),
    "agent": _column("agent_names"),
    "model": _column("model_names"),
    "tool": _column("tool_names"),
    "service": _column("service_names"),
    "environment": _column("environment"),
    "release": _column("release"),
    "user": _column("user_id"),
    "session": _column("session_id"),
    "duration": _column("duration_ns"),
    "cost": _column("cost_usd"),
    "tokens": sql.SQL("({} + {})").format(_column("input_tokens"), _column("output_tokens")),
    "input_tokens": _column("input_tokens"),
    "output_tokens": _column("output_tokens"),
    "errors": _column("error_count"),
    "spans": _column("span_count"),
    "calls": _column("llm_call_count"),
    "retries": _column("retry_count"),
    "fallbacks": _column("fallback_count"),
    "loops": _column("loop_count"),
    "handoffs": _column("handoff_count"),
    "waits": _column("human_wait_count"),
    "context": _column("context_peak_tokens"),
    "context_percent": sql.SQL("({} * 100 / nullif({}, 0))").format(
        _column("context_peak_tokens"), _column("context_window_tokens")
    ),
    "retry_wait": _column("retry_wait_ns"),
    "state": sql.SQL("ARRAY(SELECT state ->> 'state' FROM jsonb_array_elements({}) AS state)").format(
        _column("states")
    ),
    "thread": _column("thread_id"),
    "completeness": _column("completeness"),
    "gap": _column("gaps"),
}
_SEARCHED = tuple(_column(name) for name in ("name", "session_id", "user_id", "error_message"))

_TRUE, _FALSE = sql.SQL("true"), sql.SQL("false")

_SCALAR_TEMPLATES = {
    "=": sql.SQL("coalesce({column} = {value}, false)"),
    "!=": sql.SQL("({column} IS DISTINCT FROM {value})"),
    ">": sql.SQL("coalesce({column} > {value}, false)"),
    ">=": sql.SQL("coalesce({column} >= {value}, false)"),
    "<": sql.SQL("coalesce({column} < {value}, false)"),
    "<=": sql.SQL("coalesce({column} <= {value}, false)"),
    "~": sql.SQL("coalesce({column} LIKE {value}, false)"),
    "in": sql.SQL("coalesce({column} = ANY({value}), false)"),
    "not in": sql.SQL("coalesce({column} <> ALL({value}), true)"),
}
_ARRAY_TEMPLATES = {
    "=": sql.SQL("({value} = ANY({column}))"),
    "!=": sql.SQL("({value} <> ALL({column}))"),
    "~": sql.SQL("EXISTS (SELECT FROM unnest({column}) AS element WHERE element LIKE {value})"),
    "in": sql.SQL("({column} && {value})"),
}


@dataclass(frozen=True, slots=True)
class Condition:
    """A boolean SQL expression that is never null, and its named parameters (`filter_0`, …)."""

    text: sql.Composable
    parameters: dict[str, Any] = field(default_factory=dict)


def compile_filter(expression: Expression | None) -> Condition:
    """The condition of `expression` over the table traces_trace (which the statement must not alias).

    None holds of every trace. The parameters' names start with `filter_`, so a statement may have its own.
    """
    if expression is None:
        return Condition(_TRUE)
    parameters: dict[str, Any] = {}

    def bind(value: Any) -> sql.Composable:
        name = f"filter_{len(parameters)}"
        parameters[name] = value
        return sql.Placeholder(name)

    return Condition(_compile(expression, bind), parameters)


def like_pattern(glob: str) -> str:
    """The LIKE pattern of a glob: `*` and `?` become `%` and `_`; what LIKE would read is escaped."""
    wildcards = {"*": "%", "?": "_"}
    pattern = []
    characters = iter(glob)
    for character in characters:
        if character == "\\":
            pattern.append(_like_literal(next(characters, "\\")))
        else:
            pattern.append(wildcards.get(character) or _like_literal(character))
    return "".join(pattern)


def _like_literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


_Bind = Callable[[Any], sql.Composable]


def _compile(expression: Expression, bind: _Bind) -> sql.Composable:
    """Recursion is bounded: the language limits the depth, forms add a level or two."""
    match expression:
        case AllOf(operands):
            return _joined(sql.SQL(" AND "), operands, bind, empty=_TRUE)
        case AnyOf(operands):
            return _joined(sql.SQL(" OR "), operands, bind, empty=_FALSE)
        case Negation(operand):
            return sql.SQL("(NOT {})").format(_compile(operand, bind))
        case Text(text):
            return _search(text, bind)
        case Comparison(name, operator, value):
            return _comparison(name, operator, value, bind)
        case Membership(name, values):
            return _comparison(name, "in", list(values), bind)


def _joined(
    glue: sql.SQL, operands: tuple[Expression, ...], bind: _Bind, *, empty: sql.SQL
) -> sql.Composable:
    if not operands:
        return empty
    return sql.SQL("({})").format(glue.join(_compile(operand, bind) for operand in operands))


def _comparison(name: str, operator: str, value: Scalar | list[Scalar], bind: _Bind) -> sql.Composable:
    if name == "status" and operator in ("=", "!=", "in"):
        operator, value = _status_membership(operator, value)
    templates = _ARRAY_TEMPLATES if FIELDS[name] is FieldKind.TEXTS else _SCALAR_TEMPLATES
    if operator == "~":
        value = like_pattern(str(value))
    return templates[operator].format(column=_COLUMNS[name], value=bind(value))


def _status_membership(operator: str, value: Scalar | list[Scalar]) -> tuple[str, list[Scalar]]:
    """A lost trace is a failed one: `status = error` finds it, as the REST API shows it."""
    wanted = value if isinstance(value, list) else [value]
    return ("not in" if operator == "!=" else "in"), [*wanted, "lost"] if "error" in wanted else wanted


def _search(text: str, bind: _Bind) -> sql.Composable:
    pattern = bind(f"%{_like_literal(text)}%")
    found = [sql.SQL("coalesce({} ILIKE {}, false)").format(column, pattern) for column in _SEARCHED]
    if _is_id_prefix(text):
        prefix = bind(f"{text.lower()}%")
        found.append(sql.SQL("encode({}, 'hex') LIKE {}").format(_column("trace_id"), prefix))
    return sql.SQL("({})").format(sql.SQL(" OR ").join(found))


def _is_id_prefix(text: str) -> bool:
    return SHORTEST_ID_PREFIX <= len(text) <= 32 and all(
        character in "0123456789abcdefABCDEF" for character in text
    )
