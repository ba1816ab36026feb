"""What is wrong with bytes that protobuf cannot parse, and where: its own parser does not say where."""

from collections import Counter
from typing import NamedTuple

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from ingest.domain.limits import DEPTH
from ingest.domain.wire import WireError, wire_fields

EXPLAINED_BYTES = 256 * 1024
"""A longer message is not searched: a second of work at most, for what only words an answer."""


_UNEXPLAINED = "the bytes are no such message"


class _Fault(NamedTuple):
    reason: str
    path: str = ""

    def below(self, step: str) -> "_Fault":
        return _Fault(self.reason, f"{step}.{self.path}" if self.path else step)


def explain_fault(descriptor: Descriptor, data: bytes) -> str:
    """The first fault of a message and its place: `attributes[3].value.stringValue: not UTF-8`."""
    fault = _find_fault(descriptor, data, depth=0) if len(data) <= EXPLAINED_BYTES else None
    if fault is None:
        return _UNEXPLAINED
    return f"{fault.path}: {fault.reason}" if fault.path else fault.reason


def _find_fault(descriptor: Descriptor, data: bytes, *, depth: int) -> _Fault | None:
    if depth > DEPTH:
        return _Fault("nested too deep")
    counts: Counter[int] = Counter()
    try:
        for part in wire_fields(data, start=0, end=len(data)):
            field = descriptor.fields_by_number.get(part.number)
            if field is None or not part.has_length:
                continue
            fault = _field_fault(field, data[part.value_start : part.value_end], depth=depth)
            if fault is not None:
                return fault.below(_step(field, counts[part.number]))
            counts[part.number] += 1
    except WireError as error:
        return _Fault(str(error))
    return None


def _field_fault(field: FieldDescriptor, value: bytes, *, depth: int) -> _Fault | None:
    if field.message_type is not None:
        return _find_fault(field.message_type, value, depth=depth + 1)
    if field.type == FieldDescriptor.TYPE_STRING and not _is_utf8(value):
        return _Fault("not UTF-8")
    return None


def _is_utf8(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True


def _step(field: FieldDescriptor, index: int) -> str:
    return f"{field.json_name}[{index}]" if field.is_repeated else str(field.json_name)
