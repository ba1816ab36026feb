"""REST: incidents. They are made by rules, and read here."""

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alerts.api.requests import refusals
from alerts.selectors import incident_get, incident_list, transition_list
from alerts.serializers import (
    IncidentDetailSerializer,
    IncidentPageSerializer,
    IncidentParameters,
    incident_json,
    transition_json,
)
from projects.api.authentication import granted_project_id
from projects.api.schema import problems
from traces.api.parameters import read_parameters


class IncidentListView(APIView):
    """The project's incidents."""

    @extend_schema(
        operation_id="alerts_incidents_list",
        parameters=[IncidentParameters],
        responses={200: IncidentPageSerializer, **problems(400)},
    )
    def get(self, request: Request) -> Response:
        """Incidents, the last to begin first."""
        asked = read_parameters(IncidentParameters, request)
        with refusals():
            page = incident_list(
                project_id=granted_project_id(request),
                state=asked.get("status"),
                limit=asked["limit"],
                cursor=asked.get("cursor"),
            )
        return Response({"results": [incident_json(row) for row in page.results], "next": page.next_cursor})


class IncidentView(APIView):
    """One incident."""

    @extend_schema(
        operation_id="alerts_incidents_get", responses={200: IncidentDetailSerializer, **problems(404)}
    )
    def get(self, request: Request, incident_id: int) -> Response:
        """An incident with all its changes and who was told of them."""
        project_id = granted_project_id(request)
        row = incident_get(project_id=project_id, incident_id=incident_id)
        if row is None:
            raise NotFound(f"This project has no incident {incident_id}.")
        transitions = transition_list(project_id=project_id, incident_id=incident_id)
        changes = [transition_json(transition, incident=row) for transition in transitions]
        return Response(incident_json(row) | {"transitions": changes})
