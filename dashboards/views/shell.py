"""Live parts of the frame around every page."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dashboards.access import get_project


@login_required
def firing(request: HttpRequest, slug: str) -> HttpResponse:
    """The badge of firing incidents, fetched again when alerts change."""
    project = get_project(request, slug)
    return render(request, "dashboards/_firing.html", {"project": project})
