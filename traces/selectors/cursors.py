"""Keyset cursors: where a list goes on. Opaque to callers, URL-safe, checked when they come back."""

import base64
import binascii
import json
import zlib
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

KeyPart: TypeAlias = int | Decimal | bytes

MAX_LENGTH = 300
_MAX_INTEGER = 2**63 - 1


class CursorError(ValueError):
    """This text is no cursor of this list."""

    def __init__(self) -> None:
        super().__init__(
            "This cursor does not belong to this list; take it from “next” and keep order and filter."
        )


def cursor_text(kind: str, key: Sequence[KeyPart]) -> str:
    """The cursor after the row with this key, in the list `kind` (its name and order)."""
    parts = [part.hex() if isinstance(part, bytes) else str(part) for part in key]
    body = json.dumps([kind, *parts], separators=(",", ":")).encode()
    # The checksum catches what was cut or mistyped on its way. It is no secret: any key is a valid place.
    sealed = body + zlib.crc32(body).to_bytes(4, "big")
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def cursor_key(kind: str, text: str, types: Sequence[type[KeyPart]]) -> tuple[KeyPart, ...]:
    """The key that `cursor_text` was given, with parts of these types.

    Raises CursorError for anything that `cursor_text` did not make for this `kind`.
    """
    try:
        found_kind, *parts = _opened(text)
        if found_kind != kind:
            raise CursorError
        return tuple(_part(part, type_) for part, type_ in zip(parts, types, strict=True))
    except (ValueError, TypeError, InvalidOperation, RecursionError) as error:
        raise CursorError from error


def _opened(text: str) -> list[Any]:
    if len(text) > MAX_LENGTH:
        raise CursorError
    try:
        sealed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise CursorError from error
    body, checksum = sealed[:-4], sealed[-4:]
    if zlib.crc32(body).to_bytes(4, "big") != checksum:
        raise CursorError
    opened: list[Any] = json.loads(body)
    return opened


def _part(part: Any, type_: type[KeyPart]) -> KeyPart:
    if issubclass(type_, bytes):
        return bytes.fromhex(part)
    number: int | Decimal = type_(part)
    if not -_MAX_INTEGER <= number <= _MAX_INTEGER:  # what no column holds; NaN cannot even be compared
        raise CursorError
    return number
