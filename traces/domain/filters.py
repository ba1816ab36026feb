"""The one filter language over traces: text to a frozen expression, which traces.selectors compiles to SQL.

    status = error and duration > 30s and agent in (planner, critic)
    model ~ gpt-4* and not (cost < $0.10 or tokens <= 12k) "rate limit"

Fields and their literals stand in FIELDS; `~` is a glob over the whole value (`*` any text, `?` one
character, a backslash before either takes it literally). agent, model, tool, service and state hold of a trace
when any of its values matches; `!=` when none equals. Words beside comparisons search the trace's name, session,
user, error message and id. The grammar is filters.lark.
"""

import difflib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias, cast

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken

MAX_LENGTH = 2_000
"""Characters of an expression; a person writes far fewer, and a link must carry it."""
MAX_DEPTH = 20
"""Levels of brackets and `not`: what follows the expression may recurse."""
MAX_INTEGER = 2**63 - 1
MAX_USD = Decimal(10) ** 15

Scalar: TypeAlias = str | int | Decimal


class FilterError(ValueError):
    """What is wrong with an expression, and the 0-based character where it shows."""

    def __init__(self, message: str, position: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


class FieldKind(Enum):
    """What a field holds; it decides the operators and the literals."""

    TEXT = auto()
    TEXTS = auto()
    STATUS = auto()
    DURATION = auto()
    MONEY = auto()
    COUNT = auto()


FIELDS: dict[str, FieldKind] = {
    "status": FieldKind.STATUS,
    "name": FieldKind.TEXT,
    "agent": FieldKind.TEXTS,
    "model": FieldKind.TEXTS,
    "tool": FieldKind.TEXTS,
    "service": FieldKind.TEXTS,
    "environment": FieldKind.TEXT,
    "release": FieldKind.TEXT,
    "user": FieldKind.TEXT,
    "session": FieldKind.TEXT,
    "duration": FieldKind.DURATION,
    "cost": FieldKind.MONEY,
    "thread": FieldKind.TEXT,
    "tokens": FieldKind.COUNT,
    "input_tokens": FieldKind.COUNT,
    "output_tokens": FieldKind.COUNT,
    "errors": FieldKind.COUNT,
    "spans": FieldKind.COUNT,
    "calls": FieldKind.COUNT,
    "retries": FieldKind.COUNT,
    "fallbacks": FieldKind.COUNT,
    "loops": FieldKind.COUNT,
    "handoffs": FieldKind.COUNT,
    "waits": FieldKind.COUNT,
    "context": FieldKind.COUNT,
    "context_percent": FieldKind.COUNT,
    "retry_wait": FieldKind.DURATION,
    "state": FieldKind.TEXTS,
    "completeness": FieldKind.COUNT,
    "gap": FieldKind.TEXTS,
}
STATUSES = ("open", "ok", "error", "lost")

_TEXT_OPERATORS = ("=", "!=", "~")
_NUMBER_OPERATORS = ("=", "!=", ">", ">=", "<", "<=")
OPERATORS: dict[FieldKind, tuple[str, ...]] = {
    FieldKind.TEXT: _TEXT_OPERATORS,
    FieldKind.TEXTS: _TEXT_OPERATORS,
    FieldKind.STATUS: ("=", "!="),
    FieldKind.DURATION: _NUMBER_OPERATORS,
    FieldKind.MONEY: _NUMBER_OPERATORS,
    FieldKind.COUNT: _NUMBER_OPERATORS,
}
"""The operators of each kind, besides `in (…)`, which every kind has."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """`field operator value`, checked: the operator suits the field, the value is of its kind (ns, USD, count)."""

    field: str
    operator: str
    value: Scalar


@dataclass(frozen=True, slots=True)
class Membership:
    """`field in (values)`."""

    field: str
    values: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A word or quoted text, to be found in what names a trace."""

    text: str


@dataclass(frozen=True, slots=True)
class Negation:
    """The complement: what lacks the field is in it too."""

    operand: "Expression"


@dataclass(frozen=True, slots=True)
class AllOf:
    """All operands hold; without operands it holds of every trace."""

    operands: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one operand holds."""

    operands: tuple["Expression", ...]


Expression: TypeAlias = Comparison | Membership | Text | Negation | AllOf | AnyOf


def parse_filter(text: str) -> Expression:
    """The expression that `text` says; blank text gives AllOf(()), which holds of every trace.

    Raises FilterError and nothing else, whatever the text.
    """
    _check_text(text)
    if len(text) > MAX_LENGTH:
        raise FilterError(f"The filter is longer than {MAX_LENGTH:,} characters.", MAX_LENGTH)
    try:
        _check_depth(text)
        # With a transformer Lark gives what that one built, not the tree which its type names.
        return cast("Expression", _parser().parse(text))
    except UnexpectedInput as error:
        raise _syntax_error(error, text) from None


def compare(field: str, operator: str, value: Scalar) -> Comparison:
    """A checked comparison, for forms. A str is read as the language reads it ("5s", "$0.10", "12k");
    numbers are nanoseconds, US dollars or counts. Raises FilterError."""
    return Comparison(field, _checked_operator(field, operator), _checked_value(field, value))


def is_one_of(field: str, values: Iterable[Scalar]) -> Membership:
    """A checked `field in (…)`, for forms. Raises FilterError, also when there are no values."""
    _field_kind(field)
    checked = tuple(_checked_value(field, value) for value in values)
    if not checked:
        raise FilterError(f"“{field} in ()” needs at least one value.")
    return Membership(field, checked)


def contains_text(text: str) -> Text:
    """A checked search for `text`, for forms. Raises FilterError for characters that no text can hold."""
    _check_text(text)
    return Text(text)


def all_of(expressions: Iterable[Expression]) -> Expression:
    """All of these hold; a single one stays itself."""
    operands = tuple(expressions)
    return operands[0] if len(operands) == 1 else AllOf(operands)


def _check_text(text: str) -> None:
    """Postgres stores neither NUL nor half a surrogate pair, so nothing that holds one can match."""
    for position, character in enumerate(text):
        if character == "\0" or "\ud800" <= character <= "\udfff":
            raise FilterError(f"The character U+{ord(character):04X} cannot be searched for.", position)


# --- Fields and literals ----------------------------------------------------------------------------


def _field_kind(field: str) -> FieldKind:
    kind = FIELDS.get(field)
    if kind is not None:
        return kind
    close = difflib.get_close_matches(field, FIELDS, n=1, cutoff=0.6)
    hint = f" Did you mean “{close[0]}”?" if close else ""
    raise FilterError(f"There is no field “{field[:60]}”.{hint} Fields are {', '.join(FIELDS)}.")


def _checked_operator(field: str, operator: str) -> str:
    allowed = OPERATORS[_field_kind(field)]
    if operator not in allowed:
        raise FilterError(f"“{field}” cannot be compared with “{operator}”, only with {', '.join(allowed)}.")
    return operator


def _checked_value(field: str, value: Scalar) -> Scalar:
    kind = _field_kind(field)
    if isinstance(value, str):
        return _LITERALS[kind](field, value)
    if kind in _NUMBER_TYPES and isinstance(value, _NUMBER_TYPES[kind]) and not isinstance(value, bool):
        return _bounded(field, Decimal(value) if kind is FieldKind.MONEY else value)
    raise FilterError(f"“{field}” cannot be compared with {value!r}.")


_NUMBER_TYPES: dict[FieldKind, tuple[type, ...]] = {
    FieldKind.DURATION: (int,),
    FieldKind.COUNT: (int,),
    FieldKind.MONEY: (int, Decimal),
}


def _bounded(field: str, value: int | Decimal) -> int | Decimal:
    limit = MAX_USD if isinstance(value, Decimal) else MAX_INTEGER
    if not -limit <= value <= limit:
        raise FilterError(f"This number is too large for “{field}”.")
    return value


def _text_literal(field: str, text: str) -> Scalar:
    _check_text(text)
    return text


def _status_literal(field: str, text: str) -> Scalar:
    status = text.lower()
    if status not in STATUSES:
        raise FilterError(f"“{text[:60]}” is no status; a trace is {', '.join(STATUSES)}.")
    return status


_NUMBER = r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_DURATION = re.compile(_NUMBER + r"\s*(ns|us|µs|μs|ms|s|min|m|h|d)?")  # both signs for micro
_MONEY = re.compile(r"\$?\s*" + _NUMBER)
_COUNT = re.compile(_NUMBER + r"\s*([kKMG])?")
_NS_OF_UNIT = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "μs": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "min": 60_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
    "d": 86_400_000_000_000,
}
_COUNT_OF_UNIT = {None: 1, "k": 1_000, "K": 1_000, "M": 1_000_000, "G": 1_000_000_000}


def _duration_literal(field: str, text: str) -> Scalar:
    match = _DURATION.fullmatch(text)
    if match is None or (match[2] is None and Decimal(match[1]) != 0):
        raise FilterError(
            f"“{text[:60]}” is no duration for “{field}”; write a number with a unit: 200ms, 5s, 2min, 1h."
        )
    return _bounded(field, int(Decimal(match[1]) * _NS_OF_UNIT[match[2] or "ns"]))


def _money_literal(field: str, text: str) -> Scalar:
    match = _MONEY.fullmatch(text)
    if match is None:
        raise FilterError(f"“{text[:60]}” is no amount for “{field}”; write US dollars: $0.10 or 0.10.")
    return _bounded(field, Decimal(match[1]))


def _count_literal(field: str, text: str) -> Scalar:
    match = _COUNT.fullmatch(text)
    count = Decimal(match[1]) * _COUNT_OF_UNIT[match[2]] if match else None
    if count is None or count != int(count):
        raise FilterError(f"“{text[:60]}” is no count for “{field}”; write a whole number: 500, 12k, 1.5M.")
    return _bounded(field, int(count))


_LITERALS: dict[FieldKind, Callable[[str, str], Scalar]] = {
    FieldKind.TEXT: _text_literal,
    FieldKind.TEXTS: _text_literal,
    FieldKind.STATUS: _status_literal,
    FieldKind.DURATION: _duration_literal,
    FieldKind.MONEY: _money_literal,
    FieldKind.COUNT: _count_literal,
}


# --- Text to expression -----------------------------------------------------------------------------


@cache
def _parser() -> Lark:
    grammar = Path(__file__).with_suffix(".lark").read_text(encoding="utf-8")
    # The basic lexer, so that the depth is checked over the very tokens that are parsed; the builder runs
    # while the text is read, so that no walk over the tree recurses.
    return Lark(grammar, parser="lalr", lexer="basic", transformer=_Builder(), maybe_placeholders=False)


def _check_depth(text: str) -> None:
    """Refuse what nests deeper than MAX_DEPTH, before anything is built from it."""
    depth, negations = 0, 0
    steps: list[int] = []
    for token in _parser().lex(text):
        if token.type == "_NOT":
            negations += 1
        elif token.type == "_LPAR":
            steps.append(negations + 1)
            depth, negations = depth + steps[-1], 0
        else:
            depth -= steps.pop() if token.type == "_RPAR" and steps else 0
            negations = 0
        if depth + negations > MAX_DEPTH:
            raise FilterError(f"The filter nests deeper than {MAX_DEPTH} levels.", token.start_pos or 0)


def _syntax_error(error: UnexpectedInput, text: str) -> FilterError:
    position = error.pos_in_stream
    if (isinstance(error, UnexpectedToken) and error.token.type == "$END") or isinstance(
        error, UnexpectedEOF
    ):
        return FilterError("The filter ends too early: a value or a closing bracket is missing.", len(text))
    position = position or 0
    if isinstance(error, UnexpectedCharacters) and text[position] == '"':
        return FilterError("This quote is never closed.", position)
    return FilterError(f"“{text[position : position + 12]}” was not expected here.", position)


def _string(token: Token) -> str:
    """What a word or a quoted text says; in quotes a backslash takes the next character literally."""
    if token.type == "QUOTED":
        return re.sub(r"\\(.)", r"\1", token[1:-1], flags=re.DOTALL)
    return str(token)


class _Builder(Transformer[Token, Expression]):
    """Grammar rules to expressions; errors get the position of the token at fault."""

    def start(self, children: list[Any]) -> Expression:
        return children[0] if children else AllOf(())

    def any(self, children: list[Expression]) -> Expression:
        return AnyOf(tuple(children))

    def all(self, children: list[Expression]) -> Expression:
        return AllOf(tuple(children))

    def negation(self, children: list[Expression]) -> Expression:
        return Negation(children[0])

    def value(self, children: list[Token]) -> Token:
        return children[0]

    def text(self, children: list[Token]) -> Expression:
        return Text(_string(children[0]))

    def comparison(self, children: list[Token]) -> Expression:
        name, operator, literal = children
        field = _located(name, _known_field, str(name))
        return Comparison(
            field,
            _located(operator, _checked_operator, field, str(operator)),
            _located(literal, _checked_value, field, _string(literal)),
        )

    def membership(self, children: list[Token]) -> Expression:
        name, *literals = children
        field = _located(name, _known_field, str(name))
        return Membership(
            field, tuple(_located(literal, _checked_value, field, _string(literal)) for literal in literals)
        )


def _known_field(name: str) -> str:
    field = name.lower()
    _field_kind(field)
    return field


def _located(token: Token, check: Callable[..., Any], *arguments: Any) -> Any:
    """What `check` answers, its error moved to the token's position."""
    try:
        return check(*arguments)
    except FilterError as error:
        raise FilterError(error.message, token.start_pos or 0) from None
