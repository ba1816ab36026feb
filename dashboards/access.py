"""The one answer to "may this person see this project?", and to "may they change it?"."""

from django.http import Http404, HttpRequest

from projects.models import Project
from projects.selectors import project_list, project_owned_list


def get_project(request: HttpRequest, slug: str) -> Project:
    """The project, or Http404 both where there is none and where it is not this person's: strangers learn nothing."""
    project = project_list(user=request.user).filter(slug=slug).first()
    if project is None:
        raise Http404("No such project.")
    return project


def is_owner(request: HttpRequest, project: Project) -> bool:
    """Whether this person may change the project."""
    return project_owned_list(user=request.user).filter(pk=project.pk).exists()


def may_edit(request: HttpRequest, project: Project) -> bool:
    """Whether the links into the admin lead anywhere: for owners who may enter it."""
    is_staff = request.user.is_active and getattr(request.user, "is_staff", False)
    return is_staff and is_owner(request, project)
