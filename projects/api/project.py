"""REST: the key's own project."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.api.authentication import key_project
from projects.api.fields import MAX_INTEGER, MoneyField
from projects.api.schema import problems
from projects.api.strict import RefusesUnknown
from projects.models import Project
from projects.services import project_update


class ProjectSerializer(RefusesUnknown, serializers.ModelSerializer[Project]):
    """The project that a key belongs to, with the promises that its alerts are measured against."""

    user_timeout_ns = serializers.IntegerField(
        min_value=1,
        max_value=MAX_INTEGER,
        help_text="How long the user's side waits for an answer, in nanoseconds.",
        error_messages={
            "invalid": "Write a whole number of nanoseconds: 60000000000 is one minute.",
            "min_value": "The user's side waits at least one nanosecond; write a positive number.",
        },
    )
    monthly_budget_usd = MoneyField(
        max_digits=14,
        decimal_places=2,
        min_value=0,
        allow_null=True,
        help_text="What all model calls of a calendar month (UTC) may cost; null: no budget.",
    )
    estimate_usd = MoneyField(
        max_digits=14,
        decimal_places=6,
        min_value=0,
        allow_null=True,
        help_text="What one trace was expected to cost at design time; null: not known.",
    )
    lost_after_ns = serializers.IntegerField(
        min_value=1,
        max_value=MAX_INTEGER,
        help_text="Nanoseconds without a new span after which an open trace is closed as lost.",
    )
    retention_days = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, help_text="Spans older than this may be removed."
    )

    class Meta:
        model = Project
        fields = (
            "slug",
            "name",
            "user_timeout_ns",
            "monthly_budget_usd",
            "estimate_usd",
            "counts_reported_cost",
            "estimates_unmetered",
            "lost_after_ns",
            "retention_days",
        )
        read_only_fields = ("slug",)


class ProjectView(APIView):
    """The project of the API key."""

    @extend_schema(operation_id="project_get", responses={200: ProjectSerializer, **problems(404)})
    def get(self, request: Request) -> Response:
        """The project that this key belongs to."""
        return Response(ProjectSerializer(key_project(request)).data)

    @extend_schema(
        operation_id="project_update",
        request=ProjectSerializer(partial=True),
        responses={200: ProjectSerializer, **problems(400, 404)},
    )
    def patch(self, request: Request) -> Response:
        """Change the fields that are given."""
        project = key_project(request)
        changes = ProjectSerializer(project, data=request.data, partial=True)
        changes.is_valid(raise_exception=True)
        return Response(ProjectSerializer(project_update(project=project, **changes.validated_data)).data)
