"""The protobuf wire format, one level deep: takes a message apart without decoding what is in it.

Parsing a whole request at once would be simpler, but one span with a broken string would then cost all of its
neighbours, and the stored bytes of a span would be a re-encoding instead of what was sent.
https://protobuf.dev/programming-guides/encoding/
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_FIXED_SIZES = {_FIXED64: 8, _FIXED32: 4}


class WireError(ValueError):
    """These bytes are no protobuf message; `position` is the offset of the field that is none."""

    def __init__(self, reason: str, *, position: int) -> None:
        super().__init__(f"{reason} (byte {position:,})")


@dataclass(frozen=True, slots=True)
class Parts:
    """A message taken apart: where the payloads of one repeated field lie, and the rest of the message."""

    payloads: list[tuple[int, int]]
    rest: bytes


class WireField(NamedTuple):
    """One field of a message, by offsets: where it begins, and where its value lies (behind its length)."""

    tag: int
    start: int
    value_start: int
    value_end: int

    @property
    def number(self) -> int:
        return self.tag >> 3

    @property
    def has_length(self) -> bool:
        """Strings, bytes, messages and packed numbers."""
        return self.tag & 7 == _BYTES


def split_message(buffer: bytes, *, start: int, end: int, field: int, most: int) -> Parts | None:
    """Separate the repeated message field number `field` from everything else in buffer[start:end].

    Payloads are (start, end) offsets into `buffer`, in order; the rest is a valid message of the same type,
    its other fields as they came, unknown ones included. None where there are more than `most` fields; the
    time and memory are those for reading `most`.

    Raises WireError when the bytes are cut short, or hold anything but protobuf fields.
    """
    wanted = field << 3 | _BYTES
    payloads: list[tuple[int, int]] = []
    rest: list[bytes] = []
    fields = wire_fields(buffer, start=start, end=end)
    for count, (tag, field_start, value_start, value_end) in enumerate(fields, start=1):
        if count > most:
            return None
        if tag == wanted:
            payloads.append((value_start, value_end))
        else:
            rest.append(buffer[field_start:value_end])
    return Parts(payloads=payloads, rest=b"".join(rest))


def wire_fields(buffer: bytes, *, start: int, end: int) -> Iterator[WireField]:
    """The fields of the message in buffer[start:end], in order. Raises WireError where there is none."""
    position = start
    while position < end:
        tag, value = _read_varint(buffer, position, end)
        value_start, value_end = _value_bounds(buffer, value, end, tag)
        yield WireField(tag, position, value_start, value_end)
        position = value_end


def _value_bounds(buffer: bytes, position: int, end: int, tag: int) -> tuple[int, int]:
    """Where the value of a field begins (behind its length) and ends."""
    wire_type = tag & 7
    if tag >> 3 == 0:
        raise WireError("a field has the number 0", position=position)
    if wire_type == _BYTES:
        length, value_start = _read_varint(buffer, position, end)
        value_end = value_start + length
    elif wire_type == _VARINT:
        value_start = position
        _, value_end = _read_varint(buffer, position, end)
    elif wire_type in _FIXED_SIZES:
        value_start = position
        value_end = position + _FIXED_SIZES[wire_type]
    else:
        raise WireError(f"a field has the wire type {wire_type}", position=position)
    if value_end > end:
        raise WireError("the message is cut short", position=position)
    return value_start, value_end


def _read_varint(buffer: bytes, position: int, end: int) -> tuple[int, int]:
    """The number at `position` and the position behind it."""
    start = position
    result = shift = 0
    while position < end:
        byte = buffer[position]
        position += 1
        result |= (byte & 0x7F) << shift
        if byte < 0x80:
            return result, position
        shift += 7
        if shift > 63:
            raise WireError("a number is longer than 64 bits", position=start)
    raise WireError("the message is cut short", position=start)
