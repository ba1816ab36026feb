"""Attribute values as names, counts, amounts and JSON. Nothing here raises: what cannot be read is None."""

import ast
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

from core.clock import NS_PER_SECOND, ns_from_datetime

MOST_TOKENS = 2**53
"""A larger count is a broken exporter's, not a model's; it is not believed."""
LARGEST_DOCUMENT = 1_000_000
"""Characters of a JSON text that are worth parsing while spans are stored."""
_LONGEST_WAIT_S = 30 * 24 * 3600


def read_text(value: Any) -> str | None:
    """A non-empty text of an attribute; numbers as they print, anything else is not a name."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return None


def read_count(value: Any) -> int | None:
    """A token count from an attribute: integers, whole floats and decimal strings; else None."""
    if isinstance(value, bool):
        return None
    is_digits = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 16
    if is_digits or (isinstance(value, float) and value.is_integer()):
        value = int(value)
    if isinstance(value, int) and 0 <= value <= MOST_TOKENS:
        return value
    return None


def read_amount(value: Any) -> Decimal | None:
    """A sum of money that an exporter sent: a number or a decimal text, finite and not negative."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 <= amount < Decimal(10) ** 12 else None


def read_seconds_ns(value: Any, *, per_second: int = 1) -> int | None:
    """A duration in seconds (or `per_second` parts of one) as whole nanoseconds."""
    amount = read_amount(value)
    if amount is None or amount > _LONGEST_WAIT_S * per_second:
        return None
    return int(amount * NS_PER_SECOND / per_second)


def read_moment_ns(value: Any) -> int | None:
    """A moment as nanoseconds since the epoch: an integer of them, or an ISO 8601 text (maybe quoted)."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63:
        return value
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip().strip('"'))
    except ValueError:
        return None
    return ns_from_datetime(moment) if moment.tzinfo is not None else None


def parse_json(value: Any) -> Any:
    """A JSON text as its value, where it is an object or an array; everything else as it came."""
    if not isinstance(value, str) or not value.lstrip().startswith(("{", "[")):
        return value
    return _loads(value)


def read_document(value: Any) -> Any:
    """An attribute's JSON object or list, or None; the text of a Python dict is read too (LangSmith)."""
    if isinstance(value, dict | list):
        return value
    if not isinstance(value, str) or not value.startswith(("{", "[")) or len(value) > LARGEST_DOCUMENT:
        return None
    parsed = parse_json(value)
    if parsed is value and len(value) < 1_000:
        try:
            parsed = ast.literal_eval(value)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return None
    return parsed if isinstance(parsed, dict | list) else None


def unquote(value: Any) -> Any:
    """The value of an attribute that holds any JSON text, a quoted string too."""
    return _loads(value) if isinstance(value, str) else value


def _loads(value: str) -> Any:
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return value


def value_at(document: Any, path: str) -> Any:
    """The value at a dotted path of nested objects, a number being a place in a list; None where there is none."""
    for step in path.split("."):
        if isinstance(document, dict):
            document = document.get(step)
        elif isinstance(document, list) and step.isdigit() and int(step) < len(document):
            document = document[int(step)]
        else:
            return None
    return document
