"""REST: traces and their spans."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.identifiers import TRACE_ID_BYTES, parse_hex_id
from projects.api.authentication import granted_project_id
from projects.api.schema import problems
from traces.api.parameters import read_parameters
from traces.selectors.cursors import CursorError
from traces.selectors.rows import TraceRow
from traces.selectors.spans import MOST_DETAILS, span_list
from traces.selectors.traces import TraceQuery, trace_get, trace_list
from traces.serializers.parameters import PageParameters, TraceListParameters
from traces.serializers.spans import SpanPageSerializer, span_json
from traces.serializers.traces import TraceDetailSerializer, TracePageSerializer, trace_json

_TRACE_ID = OpenApiParameter(
    "trace_id", OpenApiTypes.STR, OpenApiParameter.PATH, description="32 hex digits, in either case."
)


class TraceListView(APIView):
    """The project's traces."""

    @extend_schema(
        operation_id="traces_list",
        parameters=[TraceListParameters],
        responses={200: TracePageSerializer, **problems(400, 503)},
    )
    def get(self, request: Request) -> Response:
        """Traces, the newest first unless `order` says otherwise."""
        asked = read_parameters(TraceListParameters, request)
        query = TraceQuery(
            since_ns=asked.get("since"),
            until_ns=asked.get("until"),
            expression=asked.get("q"),
            order=asked["order"],
        )
        try:
            page = trace_list(
                project_id=granted_project_id(request),
                query=query,
                limit=asked["limit"],
                cursor=asked.get("cursor"),
            )
        except CursorError as error:
            raise ValidationError({"cursor": [str(error)]}) from error
        return Response({"results": [trace_json(row) for row in page.results], "next": page.next_cursor})


class TraceView(APIView):
    """One trace."""

    @extend_schema(
        operation_id="traces_get",
        parameters=[_TRACE_ID],
        responses={200: TraceDetailSerializer, **problems(404, 503)},
    )
    def get(self, request: Request, trace_id: str) -> Response:
        """A trace with its first 10,000 spans."""
        row = _trace(request, trace_id)
        page = span_list(project_id=row.project_id, trace_id=row.trace_id, limit=MOST_DETAILS)
        spans = [span_json(detail) for detail in page.results]
        return Response(trace_json(row) | {"spans": spans, "spans_next": page.next_cursor})


class SpanListView(APIView):
    """The spans of one trace."""

    @extend_schema(
        operation_id="traces_spans_list",
        parameters=[_TRACE_ID, PageParameters],
        responses={200: SpanPageSerializer, **problems(400, 404, 503)},
    )
    def get(self, request: Request, trace_id: str) -> Response:
        """Spans of a trace, by start."""
        asked = read_parameters(PageParameters, request)
        row = _trace(request, trace_id)
        try:
            page = span_list(
                project_id=row.project_id,
                trace_id=row.trace_id,
                limit=asked["limit"],
                cursor=asked.get("cursor"),
            )
        except CursorError as error:
            raise ValidationError({"cursor": [str(error)]}) from error
        return Response({"results": [span_json(detail) for detail in page.results], "next": page.next_cursor})


def _trace(request: Request, trace_id: str) -> TraceRow:
    """The trace of this id in the key's project. Another project's is as unknown as one that does not exist."""
    try:
        known_id = parse_hex_id(trace_id, size=TRACE_ID_BYTES)
    except ValueError as error:
        raise NotFound(f"There is no such trace: {error}.") from error
    row = trace_get(project_id=granted_project_id(request), trace_id=known_id)
    if row is None:
        raise NotFound(f"This project has no trace {known_id.hex()}.")
    return row
