"""The JSON mapping of OTLP, both ways, read off the protobuf descriptors.

It is protobuf's own JSON mapping (https://protobuf.dev/programming-guides/json/) with the exceptions of
https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding: trace and span ids are hex, enums are written
as numbers, unknown fields are ignored. Where a sender may choose, both ways are read: lowerCamelCase or the
field's own name, 64-bit integers as strings or numbers, enums as numbers or names, standard or URL-safe base64.
"""

import base64
import binascii
import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

import orjson
from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.message import Message

from ingest.domain.limits import DEPTH
from traces.domain.otlp import non_finite_name

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")

HEX_FIELDS = frozenset({"trace_id", "span_id", "parent_span_id"})


class JsonError(ValueError):
    """JSON that does not fit the message. `path` leads to the place, as attributes[3].value.intValue."""

    def __init__(self, reason: str, path: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.path = path

    def below(self, step: str) -> "JsonError":
        """The same error seen from one level further out."""
        joint = "." if self.path and not self.path.startswith("[") else ""
        return JsonError(self.reason, f"{step}{joint}{self.path}")

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}" if self.path else self.reason


def parse_json(body: bytes) -> Any:
    """The JSON value of these bytes. Raises JsonError.

    The fast parser refuses what a careless sender may write (half a surrogate pair where it cut a string,
    invalid UTF-8, NaN); then the tolerant one gets its turn, so that one bad string does not spoil a request.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        pass
    try:
        return json.loads(body.decode("utf-8-sig", "replace"))
    except RecursionError:
        raise JsonError("the JSON is nested too deep") from None
    except ValueError as error:
        raise JsonError(f"not JSON: {error}") from None


# --- JSON to messages -------------------------------------------------------------------------------


def fill_message(message: Message, data: Any, *, depth: int = 0) -> None:
    """Set the fields of `message` from a JSON object. Raises JsonError that names the place."""
    if not isinstance(data, dict):
        raise JsonError(f"an object is expected, not {_kind(data)}")
    if depth > DEPTH:
        raise JsonError("nested too deep")
    fields = _fields(message.DESCRIPTOR)
    for key, value in data.items():
        field = fields.get(key)
        if field is None or value is None:
            continue  # unknown fields are ignored, null is unset
        try:
            _fill_field(message, field, value, depth=depth)
        except JsonError as error:
            raise error.below(key) from None


def _fill_field(message: Message, field: FieldDescriptor, value: Any, *, depth: int) -> None:
    if field.is_repeated:
        _fill_repeated(getattr(message, field.name), field, value, depth=depth)
    elif field.message_type is not None:
        target = getattr(message, field.name)
        target.SetInParent()
        fill_message(target, value, depth=depth + 1)
    else:
        setattr(message, field.name, _scalar(field, value))


def _fill_repeated(target: Any, field: FieldDescriptor, values: Any, *, depth: int) -> None:
    if not isinstance(values, list):
        raise JsonError(f"an array is expected, not {_kind(values)}")
    for index, value in enumerate(values):
        try:
            if field.message_type is not None:
                fill_message(target.add(), value, depth=depth + 1)
            else:
                target.append(_scalar(field, value))
        except JsonError as error:
            raise error.below(f"[{index}]") from None


_field_tables: dict[str, dict[str, FieldDescriptor]] = {}


def _fields(descriptor: Descriptor) -> dict[str, FieldDescriptor]:
    """A message's fields by both of their JSON names."""
    table = _field_tables.get(descriptor.full_name)
    if table is None:
        table = {name: field for field in descriptor.fields for name in (field.name, field.json_name)}
        _field_tables[descriptor.full_name] = table
    return table


def _scalar(field: FieldDescriptor, value: Any) -> Any:
    if field.name in HEX_FIELDS:
        return _hex(value)
    if field.enum_type is not None:
        return _enum(field.enum_type, value)
    return _READERS[field.type](value)


def _hex(value: Any) -> bytes:
    if not isinstance(value, str):
        raise JsonError(f"a string of hex digits is expected, not {_kind(value)}")
    try:
        return bytes.fromhex(value)
    except ValueError:
        raise JsonError(f"{value[:40]!r} is not hexadecimal") from None


def _enum(enum: EnumDescriptor, value: Any) -> int:
    if isinstance(value, str) and value in enum.values_by_name:
        number: int = enum.values_by_name[value].number
        return number
    if isinstance(value, str) and not value.lstrip("-").isdecimal():
        raise JsonError(f"{value[:40]!r} is no {enum.name}")
    return _read_int32(value)


def _integer(low: int, high: int) -> Callable[[Any], int]:
    """A reader of integers within [low, high], written as numbers or strings."""

    def read(value: Any) -> int:
        number = _to_int(value)
        if not low <= number <= high:
            raise JsonError(f"{value} is out of range")
        return number

    return read


def _to_int(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise JsonError(f"an integer is expected, not {_kind(value)}")
    if isinstance(value, str) and not value.removeprefix("-").isdecimal():
        raise JsonError(f"{value[:40]!r} is not an integer")
    if isinstance(value, str) and len(value) > 20:  # as long as the longest 64-bit integer
        raise JsonError("an integer is out of range")
    if isinstance(value, float) and not value.is_integer():
        raise JsonError(f"{value} is not an integer")
    return int(value)


def _double(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise JsonError(f"a number is expected, not {_kind(value)}")
    try:
        return float(value)
    except (ValueError, OverflowError):
        raise JsonError(f"{str(value)[:40]!r} is not a number") from None


def _bool(value: Any) -> bool:
    if not isinstance(value, bool):
        raise JsonError(f"true or false is expected, not {_kind(value)}")
    return value


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise JsonError(f"a string is expected, not {_kind(value)}")
    if value.isascii():
        return value
    return _LONE_SURROGATE.sub("\ufffd", value)  # protobuf strings are UTF-8, which has no surrogates


def _bytes(value: Any) -> bytes:
    if not isinstance(value, str):
        raise JsonError(f"a base64 string is expected, not {_kind(value)}")
    standard = value.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise JsonError(f"{value[:40]!r} is not base64") from None


_read_int32 = _integer(-(2**31), 2**31 - 1)
_read_int64 = _integer(-(2**63), 2**63 - 1)
_read_uint32 = _integer(0, 2**32 - 1)
_read_uint64 = _integer(0, 2**64 - 1)

_READERS: Mapping[int, Callable[[Any], Any]] = {
    FieldDescriptor.TYPE_STRING: _string,
    FieldDescriptor.TYPE_BYTES: _bytes,
    FieldDescriptor.TYPE_BOOL: _bool,
    FieldDescriptor.TYPE_DOUBLE: _double,
    FieldDescriptor.TYPE_INT32: _read_int32,
    FieldDescriptor.TYPE_INT64: _read_int64,
    FieldDescriptor.TYPE_UINT32: _read_uint32,
    FieldDescriptor.TYPE_FIXED32: _read_uint32,
    FieldDescriptor.TYPE_UINT64: _read_uint64,
    FieldDescriptor.TYPE_FIXED64: _read_uint64,
}

_KINDS = {dict: "an object", list: "an array", str: "a string", bool: "a boolean", type(None): "null"}


def _kind(value: Any) -> str:
    return _KINDS.get(type(value), "a number")


# --- Messages to JSON -------------------------------------------------------------------------------


def message_json(message: Message) -> dict[str, Any]:
    """The JSON object of a message: set fields only, 64-bit integers as strings. Unknown fields have no JSON."""
    return {field.json_name: _field_json(field, value) for field, value in message.ListFields()}


def _field_json(field: FieldDescriptor, value: Any) -> Any:
    write = message_json if field.message_type is not None else _writer(field)
    if field.is_repeated:
        return [write(item) for item in value]
    return write(value)


def _writer(field: FieldDescriptor) -> Callable[[Any], Any]:
    if field.name in HEX_FIELDS:
        return bytes.hex
    return _WRITERS.get(field.type, _as_it_is)


def _as_it_is(value: Any) -> Any:
    return value


def _double_json(value: float) -> float | str:
    return value if math.isfinite(value) else non_finite_name(value)


_WRITERS: Mapping[int, Callable[[Any], Any]] = {
    FieldDescriptor.TYPE_INT64: str,
    FieldDescriptor.TYPE_UINT64: str,
    FieldDescriptor.TYPE_FIXED64: str,
    FieldDescriptor.TYPE_DOUBLE: _double_json,
    FieldDescriptor.TYPE_BYTES: lambda value: base64.b64encode(value).decode("ascii"),
}
