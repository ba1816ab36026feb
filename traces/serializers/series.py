"""Series as JSON, and their description (OpenAPI)."""

from dataclasses import asdict
from typing import Any

from rest_framework import serializers

from core.units import decimal_text
from projects.api.fields import MoneyField, NanosecondsField
from traces.selectors.rows import CallPoint, CostPoint, ErrorPoint, LatencyPoint, TokenPoint
from traces.selectors.series import OTHERS


class PointSerializer(serializers.Serializer[Any]):
    """What all points have."""

    start_time_unix_nano = NanosecondsField(help_text="Where the bucket begins.")
    group = serializers.CharField(
        allow_null=True,
        help_text=f"The value of `by`; null without `by`, or where there is no value. “{OTHERS}”: all smaller groups.",
    )


class LatencyPointSerializer(PointSerializer):
    """Trace Latency of the traces that began in the bucket and have ended; percentiles in nanoseconds."""

    count = serializers.IntegerField()
    p50 = serializers.IntegerField()
    p90 = serializers.IntegerField()
    p95 = serializers.IntegerField()
    p99 = serializers.IntegerField()


class UnknownCostSerializer(serializers.Serializer[Any]):
    """The calls whose cost no sum of the point has."""

    unmetered_call_count = serializers.IntegerField(help_text="Succeeded without reporting usage.")
    unpriced_call_count = serializers.IntegerField(help_text="Have usage, but no known price.")
    maybe_billed_call_count = serializers.IntegerField(
        help_text="Failed without reporting usage, and were billed or may have been."
    )
    estimated_call_count = serializers.IntegerField(help_text="Unmetered calls that have an estimate.")
    estimated_usd = MoneyField(
        max_digits=None,
        decimal_places=None,
        allow_null=True,
        help_text="What those may have cost, by their text.",
    )


class CostPointSerializer(UnknownCostSerializer, PointSerializer):
    """Token Cost per Trace of the traces that began in the bucket, those still open with what they have cost so far."""

    trace_count = serializers.IntegerField()
    cost_usd = MoneyField(max_digits=None, decimal_places=None, allow_null=True)
    mean_usd = MoneyField(max_digits=None, decimal_places=None, allow_null=True)
    p95_usd = MoneyField(max_digits=None, decimal_places=None, allow_null=True)


class TokenPointSerializer(PointSerializer):
    """Tokens of the counted model calls of the traces that began in the bucket."""

    trace_count = serializers.IntegerField()
    input_tokens = serializers.IntegerField()
    cache_read_input_tokens = serializers.IntegerField()
    cache_creation_input_tokens = serializers.IntegerField()
    output_tokens = serializers.IntegerField()
    reasoning_output_tokens = serializers.IntegerField()


class ErrorPointSerializer(PointSerializer):
    """Failures of the traces that began in the bucket."""

    trace_count = serializers.IntegerField()
    error_trace_count = serializers.IntegerField(help_text="Traces that ended in an error.")
    error_count = serializers.IntegerField(help_text="Failed spans in all traces.")


class CallPointSerializer(UnknownCostSerializer, PointSerializer):
    """Model calls of the traces that began in the bucket, each counted once."""

    trace_count = serializers.IntegerField()
    call_count = serializers.IntegerField()
    error_call_count = serializers.IntegerField()


class _SeriesSerializer(serializers.Serializer[Any]):
    since = NanosecondsField()
    until = NanosecondsField()
    bucket_ns = serializers.IntegerField()
    next = serializers.CharField(
        allow_null=True, help_text="Always null: a series is bounded by its buckets."
    )


class LatencySeriesSerializer(_SeriesSerializer):
    """Points by bucket and group; buckets without traces have none."""

    results = LatencyPointSerializer(many=True)


class CostSeriesSerializer(_SeriesSerializer):
    """Points by bucket and group; buckets without traces have none."""

    results = CostPointSerializer(many=True)


class TokenSeriesSerializer(_SeriesSerializer):
    """Points by bucket and group; buckets without traces have none."""

    results = TokenPointSerializer(many=True)


class ErrorSeriesSerializer(_SeriesSerializer):
    """Points by bucket and group; buckets without traces have none."""

    results = ErrorPointSerializer(many=True)


class CallSeriesSerializer(_SeriesSerializer):
    """Points by bucket and group; buckets without traces have none."""

    results = CallPointSerializer(many=True)


Point = LatencyPoint | CostPoint | TokenPoint | ErrorPoint | CallPoint

_PERCENTILES = ("p50", "p90", "p95", "p99")
_MONEY = ("cost_usd", "mean_usd", "p95_usd", "estimated_usd")


def point_json(point: Point) -> dict[str, Any]:
    """A point as its serializer describes it."""
    fields = asdict(point)
    fields["start_time_unix_nano"] = str(fields.pop("start_ns"))
    if "unknown" in fields:
        fields |= fields.pop("unknown")._asdict()
    for name in _MONEY:
        if name in fields:
            fields[name] = decimal_text(fields[name])
    for name in _PERCENTILES:
        if f"{name}_ns" in fields:
            fields[name] = fields.pop(f"{name}_ns")
    return fields
