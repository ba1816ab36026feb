"""What the frame around every page shows: the person's projects, the present one, and whether an alert is firing."""

from functools import cached_property
from typing import Any

from django.http import HttpRequest

from projects.models import Project
from projects.selectors import project_list

try:
    from alerts.selectors import incident_firing_count
except ImportError:  # until alerts.selectors is here

    def incident_firing_count(*, project_id: int) -> int:
        return 0


MOST_PROJECTS = 200
"""Projects in the switcher; who has more finds the others by their address."""


class Shell:
    """The frame's data, read at most once a page and only when a template asks for it."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def projects(self) -> list[Project]:
        """The person's projects by name."""
        user = getattr(self._request, "user", None)
        return [] if user is None else list(project_list(user=user)[:MOST_PROJECTS])

    @cached_property
    def project(self) -> Project | None:
        """The project that the address names, where it is one of the person's."""
        match = self._request.resolver_match
        slug = match.kwargs.get("slug") if match else None
        return next((project for project in self.projects if project.slug == slug), None)

    @cached_property
    def page(self) -> str:
        """The name of the present address, by which the navigation marks itself."""
        match = self._request.resolver_match
        return (match.url_name or "") if match else ""

    @cached_property
    def firing_count(self) -> int:
        """Incidents that are firing in the present project."""
        return 0 if self.project is None else incident_firing_count(project_id=self.project.pk)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `shell` in every template."""
    return {"shell": Shell(request)}
