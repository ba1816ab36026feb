"""How to point an exporter at this project."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from dashboards.access import get_project
from traces.selectors.traces import TraceQuery, trace_list


@login_required
@require_GET
def connect(request: HttpRequest, slug: str) -> HttpResponse:
    """The page, or its line that says what arrived last."""
    project = get_project(request, slug)
    newest = trace_list(project_id=project.pk, query=TraceQuery(), limit=1).results
    is_line = request.headers.get("HX-Target") == "arrival"
    template = "dashboards/_arrival.html" if is_line else "dashboards/connect.html"
    return render(request, template, {"project": project, "newest": newest[0] if newest else None})
