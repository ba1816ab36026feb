"""The page overview."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dashboards.access import get_project


@login_required
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """Draws the page."""
    project = get_project(request, slug)
    return render(request, "dashboards/overview.html", {"project": project})
