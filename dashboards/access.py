"""The one answer to "may this person see this project?"."""

from django.http import Http404, HttpRequest

from projects.models import Project
from projects.selectors import project_list


def get_project(request: HttpRequest, slug: str) -> Project:
    """The project, or Http404 both where there is none and where it is not this person's: strangers learn nothing."""
    project = project_list(user=request.user).filter(slug=slug).first()
    if project is None:
        raise Http404("No such project.")
    return project
