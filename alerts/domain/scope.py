"""The part of a rule that says which runs it watches: text in the one filter language.

The admin offers an agent and a service; they become `agent = "…" and service = "…"` and nothing else, so a
rule made there and one made by REST are the same thing.
"""

from dataclasses import dataclass
from typing import TypeGuard

from traces.domain.filters import AllOf, Comparison, Expression, parse_filter


@dataclass(frozen=True, slots=True)
class Scope:
    """A scope as a form shows it: agent, service, and whatever else the filter says. "" where unset."""

    agent: str = ""
    service: str = ""
    rest: str = ""


def parse_scope(text: str | None) -> Expression | None:
    """The expression of a rule's filter; None where it watches every run. Raises FilterError."""
    expression = parse_filter(text or "")
    return None if expression == AllOf(()) else expression


def compose_scope(scope: Scope) -> str:
    """The filter text that says all of it; "" for every run."""
    parts = [f"{field} = {_quoted(value)}" for field, value in _named(scope) if value]
    rest = scope.rest.strip()
    if rest:
        parts.append(f"({rest})" if parts else rest)
    return " and ".join(parts)


def split_scope(text: str | None) -> Scope:
    """What a form shows for a stored filter: a filter of agent and service alone comes apart into the two
    fields, any other stays whole in `rest`. Raises FilterError."""
    pair = spend_scope(parse_scope(text))
    if pair is None:
        return Scope(rest=text or "")
    agent, service = pair
    return Scope(agent=agent or "", service=service or "")


def spend_scope(expression: Expression | None) -> tuple[str | None, str | None] | None:
    """(agent, service) of an expression that names these two at most, by equality; None for any other.

    Spend is summed over calls, which have an agent and a service and not the other fields of a trace.
    """
    found: dict[str, str] = {}
    for operand in _operands(expression):
        if not _is_name_equality(operand) or operand.field in found:
            return None
        found[operand.field] = str(operand.value)
    return found.get("agent"), found.get("service")


def _operands(expression: Expression | None) -> tuple[Expression, ...]:
    if expression is None:
        return ()
    return expression.operands if isinstance(expression, AllOf) else (expression,)


def _is_name_equality(expression: Expression) -> TypeGuard[Comparison]:
    return (
        isinstance(expression, Comparison)
        and expression.operator == "="
        and expression.field in ("agent", "service")
    )


def _named(scope: Scope) -> tuple[tuple[str, str], ...]:
    return ("agent", scope.agent.strip()), ("service", scope.service.strip())


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
