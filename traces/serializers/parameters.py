"""What the routes take in their query strings. Unknown parameters are ignored."""

import re
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from projects.api.fields import MAX_INTEGER, MomentField
from traces.domain.filters import FIELDS, Expression, FilterError, parse_filter
from traces.selectors.series import CALL_GROUPINGS, TRACE_GROUPINGS
from traces.selectors.traces import MOST_TRACES, TRACE_ORDERS

NS_OF_UNIT = {
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
    "d": 86_400_000_000_000,
}
DEFAULT_RANGE_NS = NS_OF_UNIT["d"]
_DEFAULT_BUCKETS_NS = (NS_OF_UNIT["m"], 5 * NS_OF_UNIT["m"], NS_OF_UNIT["h"], NS_OF_UNIT["d"])
_DEFAULT_MOST_BUCKETS = 750
"""A month in hours is the finest default: 720 points."""


@extend_schema_field(OpenApiTypes.STR)
class FilterField(serializers.Field[Expression, str, Any, Any]):
    """The filter language."""

    def to_internal_value(self, data: str) -> Expression:
        try:
            return parse_filter(data)
        except FilterError as error:
            raise serializers.ValidationError(
                f"At character {error.position + 1}: {error.message}"
            ) from error


@extend_schema_field(OpenApiTypes.STR)
class BucketField(serializers.Field[int, str, Any, Any]):
    """The length of a bucket: integer nanoseconds, or a number of s, m, h or d."""

    default_error_messages = {
        "form": "Write nanoseconds (300000000000) or a number with a unit: 30s, 1m, 5m, 1h, 1d.",
    }

    def to_internal_value(self, data: str) -> int:
        match = re.fullmatch(r"([0-9]{1,19})([smhd]?)", data.strip())
        bucket_ns = int(match[1]) * NS_OF_UNIT.get(match[2], 1) if match else 0
        if not 0 < bucket_ns <= MAX_INTEGER:
            self.fail("form")
        return bucket_ns


class _Choice(serializers.ChoiceField):
    """A choice that says in words what is allowed."""

    def __init__(self, choices: Any, **options: Any) -> None:
        super().__init__(choices, **options)
        self.error_messages["invalid_choice"] = f"“{{input}}” is not one of {', '.join(choices)}."


class _RangeParameters(serializers.Serializer[Any]):
    q = FilterField(
        required=False,
        help_text=(
            "Filter: comparisons (`status = error and duration > 30s`), `in (…)`, globs (`model ~ gpt-4*`), and, "
            "or, not, brackets, and words to search for. Literals have units: 200ms, 5s, 2min; $0.10; 12k. "
            f"Fields: {', '.join(FIELDS)}."
        ),
    )
    since = MomentField(
        required=False,
        help_text="Traces that began at this moment or later: nanoseconds since the epoch, or ISO 8601 with a zone.",
    )
    until = MomentField(required=False, help_text="Traces that began before this moment, in the same forms.")


class PageParameters(serializers.Serializer[Any]):
    """Which part of a list."""

    limit = serializers.IntegerField(
        default=50,
        min_value=1,
        max_value=MOST_TRACES,
        help_text=f"Rows of the answer, 1 to {MOST_TRACES}.",
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value", "max_string_length"),
            f"Write a whole number from 1 to {MOST_TRACES}.",
        ),
    )
    cursor = serializers.CharField(
        required=False, help_text="`next` of the page before, to go on from there; keep order and filter."
    )


class TraceListParameters(_RangeParameters, PageParameters):
    """Which traces, in which order."""

    order = _Choice(TRACE_ORDERS, default="-start", help_text="What stands first; a minus is descending.")


class _SeriesParameters(_RangeParameters):
    bucket = BucketField(
        required=False,
        help_text=(
            "Length of a bucket: nanoseconds, or 30s, 1m, 5m, 1h, 1d. Default: the first of 1m, 5m, 1h, 1d, 2d, 3d … that "
            f"cuts the range into at most {_DEFAULT_MOST_BUCKETS} buckets. Buckets begin at multiples of their length "
            "since the epoch."
        ),
    )

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        fields["since"].help_text += " Default: a day before `until`."
        fields["until"].help_text += " Default: now."
        return fields


class TraceSeriesParameters(_SeriesParameters):
    """Which traces, and how they are put together."""

    by = _Choice(
        TRACE_GROUPINGS, required=False, help_text="A line for each; a trace of several agents is in each."
    )


class CallSeriesParameters(_SeriesParameters):
    """Which traces, and how their model calls are put together."""

    by = _Choice(CALL_GROUPINGS, required=False, help_text="A line for each.")


def default_bucket_ns(*, since_ns: int, until_ns: int) -> int:
    """The first of 1m, 5m, 1h and 1d that gives a readable number of points; whole days where none does."""
    finest_ns = -(-(until_ns - since_ns) // _DEFAULT_MOST_BUCKETS)
    day_ns = NS_OF_UNIT["d"]
    whole_days_ns = -(-finest_ns // day_ns) * day_ns
    return next((bucket_ns for bucket_ns in _DEFAULT_BUCKETS_NS if bucket_ns >= finest_ns), whole_days_ns)
