"""Alerts: what fires, what fired, and the rules that say when."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from alerts.domain.metrics import SPEND, TRACE_LATENCY, Metric, Unit
from alerts.domain.suggestions import first_thresholds
from alerts.selectors import (
    IncidentRow,
    incident_get,
    incident_list,
    project_promises,
    rule_list,
    transition_list,
)
from dashboards.access import get_project, may_edit
from dashboards.domain.threshold_gauge import Gauge, Promise, threshold_gauge
from projects.models import Project
from traces.selectors.cursors import CursorError

MOST_FIRING = 100
PAST_PAGE = 25

_PARTIALS = {
    "alerts-body": "dashboards/_alerts_body.html",
    "older-incidents": "dashboards/_incident_rows.html",
}


@login_required
@require_GET
@vary_on_headers("HX-Request", "HX-Target")
def alerts(request: HttpRequest, slug: str) -> HttpResponse:
    """What fires first, then what is over, then the rules; as a page, as its body, or as more rows."""
    project = get_project(request, slug)
    template = _wanted_partial(request) or "dashboards/alerts.html"
    try:
        past = incident_list(
            project_id=project.pk,
            state="resolved",
            limit=PAST_PAGE,
            cursor=request.GET.get("cursor") or None,
        )
    except CursorError:
        return redirect("alerts", slug=slug)
    context: dict[str, Any] = {"project": project, "incidents": past.results}
    if past.next_cursor:
        context["older_url"] = f"{reverse('alerts', args=[slug])}?cursor={past.next_cursor}"
    if template != _PARTIALS["older-incidents"]:
        context |= _whole(request, project)
    return render(request, template, context)


@login_required
@require_GET
@vary_on_headers("HX-Request", "HX-Target")
def incident(request: HttpRequest, slug: str, incident_id: int) -> HttpResponse:
    """One incident: what was seen against what was allowed, how it went on, and who was told."""
    project = get_project(request, slug)
    row = incident_get(project_id=project.pk, incident_id=incident_id)
    if row is None:
        raise Http404("No such incident.")
    context = {
        "project": project,
        "incident": row,
        "gauge": _gauge(row, project=project),
        "transitions": transition_list(project_id=project.pk, incident_id=incident_id),
        "can_edit": may_edit(request, project),
    }
    is_part = request.headers.get("HX-Target") == "incident-body"
    return render(request, f"dashboards/{'_incident_body' if is_part else 'incident'}.html", context)


def _whole(request: HttpRequest, project: Project) -> dict[str, Any]:
    firing = incident_list(project_id=project.pk, state="firing", limit=MOST_FIRING)
    return {
        "firing": firing.results,
        "has_more_firing": firing.next_cursor is not None,
        "rules": rule_list(project_id=project.pk),
        "suggestions": first_thresholds(project_promises(project)),
        "can_edit": may_edit(request, project),
    }


def _gauge(incident: IncidentRow, *, project: Project) -> Gauge | None:
    """The bar of the incident's value, where it is known."""
    if incident.value is None:
        return None
    return threshold_gauge(
        metric=incident.metric,
        value=incident.value,
        threshold=incident.threshold,
        promise=_promise(incident.metric, project=project),
    )


def _promise(metric: Metric, *, project: Project) -> Promise | None:
    """What of the project the metric is measured against besides the threshold."""
    if metric is TRACE_LATENCY:
        return Promise("user-facing timeout", project.user_timeout_ns)
    if metric.unit is not Unit.USD:
        return None
    name, amount = (
        ("monthly budget", project.monthly_budget_usd)
        if metric is SPEND
        else ("design estimate", project.estimate_usd)
    )
    return None if amount is None else Promise(name, amount)


def _wanted_partial(request: HttpRequest) -> str | None:
    if request.headers.get("HX-Request") != "true" or "HX-History-Restore-Request" in request.headers:
        return None
    return _PARTIALS.get(request.headers.get("HX-Target", ""))
