"""The instrumentation doctor: what arrives, what it lacks, and the line that mends it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from core import clock
from dashboards.access import get_project
from traces.selectors.doctor import UNKNOWN_DAYS, unknown_usage
from traces.services.doctor import project_diagnose


@login_required
@require_GET
def doctor(request: HttpRequest, slug: str) -> HttpResponse:
    """The page, over the newest traces of the project."""
    project = get_project(request, slug)
    context = {
        "project": project,
        "diagnosis": project_diagnose(project_id=project.pk),
        "unknown": unknown_usage(project_id=project.pk, now_ns=clock.now_ns()),
        "unknown_days": UNKNOWN_DAYS,
    }
    return render(request, "dashboards/doctor.html", context)
