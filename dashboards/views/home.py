"""Where a person lands."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from projects.selectors import project_list


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """On to the person's first project; who has none is told how to get into one."""
    project = project_list(user=request.user).first()
    if project is None:
        return render(request, "dashboards/home.html")
    return redirect("overview", slug=project.slug)
