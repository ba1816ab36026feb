"""REST: rules."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alerts.api.requests import checked_body, refusals
from alerts.models import Channel, Rule
from alerts.selectors import rule_page
from alerts.serializers import RulePageSerializer, RuleSerializer, rule_json
from alerts.services.rules import RuleDraft, rule_draft, rule_save
from core import clock
from projects.api.authentication import granted_project_id, key_project
from projects.api.schema import problems
from traces.api.parameters import read_parameters
from traces.serializers.parameters import PageParameters


class RuleListView(APIView):
    """The project's rules."""

    @extend_schema(
        operation_id="alerts_rules_list",
        parameters=[PageParameters],
        responses={200: RulePageSerializer, **problems(400)},
    )
    def get(self, request: Request) -> Response:
        """Rules in the order in which they were made."""
        asked = read_parameters(PageParameters, request)
        with refusals():
            page = rule_page(
                project_id=granted_project_id(request), limit=asked["limit"], cursor=asked.get("cursor")
            )
        return Response({"results": [rule_json(row) for row in page.results], "next": page.next_cursor})

    @extend_schema(
        operation_id="alerts_rules_create",
        request=RuleSerializer,
        responses={201: RuleSerializer, **problems(400, 404)},
    )
    def post(self, request: Request) -> Response:
        """Make a rule. A threshold that would come too late for the project's promises is refused."""
        given = checked_body(RuleSerializer, request)
        project = key_project(request)
        draft = RuleDraft(project=project, **_translated(given, project_id=project.pk))
        with refusals():
            rule = rule_save(draft, rule=None, now=clock.now())
        return Response(rule_json(rule), status=201)


class RuleView(APIView):
    """One rule."""

    @extend_schema(operation_id="alerts_rules_get", responses={200: RuleSerializer, **problems(404)})
    def get(self, request: Request, rule_id: int) -> Response:
        """The rule."""
        return Response(rule_json(_rule(request, rule_id)))

    @extend_schema(
        operation_id="alerts_rules_update",
        request=RuleSerializer(partial=True),
        responses={200: RuleSerializer, **problems(400, 404)},
    )
    def patch(self, request: Request, rule_id: int) -> Response:
        """Change the fields that are given."""
        rule = _rule(request, rule_id)
        given = checked_body(RuleSerializer, request, instance=rule)
        draft = replace(rule_draft(rule), **_translated(given, project_id=rule.project_id))
        with refusals():
            saved = rule_save(draft, rule=rule, now=clock.now())
        return Response(rule_json(_rule(request, saved.pk)))

    @extend_schema(operation_id="alerts_rules_delete", responses={204: None, **problems(404)})
    def delete(self, request: Request, rule_id: int) -> Response:
        """Remove the rule and its incidents. To keep them, switch it off instead (`enabled`: false)."""
        _rule(request, rule_id).delete()
        return Response(status=204)


def _rule(request: Request, rule_id: int) -> Rule:
    rows = Rule.objects.filter(project_id=granted_project_id(request), pk=rule_id)
    rule = rows.select_related("project").prefetch_related("channels").first()
    if rule is None:
        raise NotFound(f"This project has no rule {rule_id}.")
    return rule


def _translated(given: dict[str, Any], *, project_id: int) -> dict[str, Any]:
    """The fields of a body as a draft has them: channels for their ids, "" for no filter."""
    fields = dict(given)
    if "filter" in fields:
        fields["filter"] = fields["filter"] or ""
    if "channels" in fields:
        fields["channels"] = _channels(fields["channels"], project_id=project_id)
    return fields


def _channels(ids: Sequence[int], *, project_id: int) -> list[Channel]:
    found = {channel.pk: channel for channel in Channel.objects.filter(project_id=project_id, pk__in=ids)}
    missing = [number for number in ids if number not in found]
    if missing:
        raise ValidationError({"channels": [f"This project has no channel {missing[0]}."]})
    return list(found.values())
