"""REST: figures over time."""

from collections.abc import Callable, Sequence
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.clock import now_ns
from projects.api.authentication import granted_project_id
from projects.api.schema import problems
from traces.api.parameters import read_parameters
from traces.selectors import series
from traces.serializers.parameters import (
    DEFAULT_RANGE_NS,
    CallSeriesParameters,
    TraceSeriesParameters,
    default_bucket_ns,
)
from traces.serializers.series import (
    CallSeriesSerializer,
    CostSeriesSerializer,
    ErrorSeriesSerializer,
    LatencySeriesSerializer,
    Point,
    TokenSeriesSerializer,
    point_json,
)


class LatencySeriesView(APIView):
    """Trace Latency over time."""

    @extend_schema(
        operation_id="metrics_latency",
        parameters=[TraceSeriesParameters],
        responses={200: LatencySeriesSerializer, **problems(400, 503)},
    )
    def get(self, request: Request) -> Response:
        """Percentiles of the latency of ended traces."""
        return _answer(request, TraceSeriesParameters, series.latency_series)


class ErrorSeriesView(APIView):
    """Failures over time."""

    @extend_schema(
        operation_id="metrics_errors",
        parameters=[TraceSeriesParameters],
        responses={200: ErrorSeriesSerializer, **problems(400, 503)},
    )
    def get(self, request: Request) -> Response:
        """Failed traces and failed spans."""
        return _answer(request, TraceSeriesParameters, series.error_series)


class CostSeriesView(APIView):
    """Token Cost per Trace over time."""

    @extend_schema(
        operation_id="metrics_cost",
        parameters=[CallSeriesParameters],
        responses={200: CostSeriesSerializer, **problems(400, 503)},
    )
    def get(self, request: Request) -> Response:
        """Total, mean and 95th percentile of what traces cost."""
        return _answer(request, CallSeriesParameters, series.cost_series)


class TokenSeriesView(APIView):
    """Tokens over time."""

    @extend_schema(
        operation_id="metrics_tokens",
        parameters=[CallSeriesParameters],
        responses={200: TokenSeriesSerializer, **problems(400, 503)},
    )
    def get(self, request: Request) -> Response:
        """Tokens of counted model calls."""
        return _answer(request, CallSeriesParameters, series.token_series)


class CallSeriesView(APIView):
    """Model calls over time."""

    @extend_schema(
        operation_id="metrics_calls",
        parameters=[CallSeriesParameters],
        responses={200: CallSeriesSerializer, **problems(400, 503)},
    )
    def get(self, request: Request) -> Response:
        """Model calls, each counted once."""
        return _answer(request, CallSeriesParameters, series.call_series)


def _answer(
    request: Request,
    parameters: type[serializers.Serializer[Any]],
    select: Callable[..., Sequence[Point]],
) -> Response:
    asked = read_parameters(parameters, request)
    until_ns = asked.get("until", now_ns())
    since_ns = asked.get("since", max(0, until_ns - DEFAULT_RANGE_NS))
    bucket_ns = asked.get("bucket") or default_bucket_ns(since_ns=since_ns, until_ns=until_ns)
    try:
        points = select(
            project_id=granted_project_id(request),
            since_ns=since_ns,
            until_ns=until_ns,
            bucket_ns=bucket_ns,
            expression=asked.get("q"),
            by=asked.get("by"),
        )
    except series.SeriesError as error:
        raise ValidationError({error.parameter: [str(error)]}) from error
    return Response(
        {
            "since": str(since_ns),
            "until": str(until_ns),
            "bucket_ns": bucket_ns,
            "results": [point_json(point) for point in points],
            "next": None,
        }
    )
