"""Fields of the REST API, with their forms: money, moments, ids."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.clock import ns_from_datetime
from core.units import decimal_text

MAX_INTEGER = 2**63 - 1
_NS = re.compile(r"[0-9]{1,19}")
# A plus sign that was not escaped arrives as a blank.
_UNESCAPED_OFFSET = re.compile(r" (?=[0-9]{2}:?[0-9]{2}$)")


@extend_schema_field({"type": "string", "format": "decimal", "example": "0.0315"})
class MoneyField(serializers.DecimalField):
    """US dollars: a plain decimal string, without exponent or trailing zeros."""

    def to_representation(self, value: Decimal) -> Any:
        return decimal_text(value)


@extend_schema_field({"type": "string", "pattern": "^[0-9]+$", "example": "1790000000000000000"})
class NanosecondsField(serializers.Field[int, Any, Any, Any]):
    """A moment that is given: nanoseconds since the epoch as a string, since it passes 2^53."""

    def to_representation(self, value: int) -> str:
        return str(value)


@extend_schema_field(OpenApiTypes.STR)
class MomentField(serializers.Field[int, str, Any, Any]):
    """A moment that is asked for: integer nanoseconds since the epoch, or ISO 8601 with a zone. Gives nanoseconds."""

    default_error_messages = {
        "form": "Write nanoseconds since the epoch (1790000000000000000) or ISO 8601 with a zone (2026-09-21T14:13:20Z).",
        "zone": "This time has no zone; add Z or an offset such as +02:00.",
        "range": "This moment is outside the years 1970 to 2262.",
    }

    def to_internal_value(self, data: str) -> int:
        text = str(data).strip()
        ns = int(text) if _NS.fullmatch(text) else self._iso_ns(text)
        if not 0 <= ns <= MAX_INTEGER:
            self.fail("range")
        return ns

    def _iso_ns(self, text: str) -> int:
        try:
            moment = datetime.fromisoformat(_UNESCAPED_OFFSET.sub("+", text))
        except ValueError:
            self.fail("form")
        if moment.tzinfo is None:
            self.fail("zone")
        return ns_from_datetime(moment)
