"""What the frame around every page shows: the person's projects, the present one, and whether an alert is firing."""

from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from alerts.selectors import incident_firing_count
from dashboards.domain.endpoints import Endpoints, endpoints_of
from projects.exporter import exporter_environment
from projects.models import Project
from projects.selectors import project_list

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
    def endpoints(self) -> Endpoints:
        """Where an exporter reaches this installation."""
        return endpoints_of(
            settings.LINESIDE_PUBLIC_URL,
            grpc_port=settings.LINESIDE_OTLP_GRPC_PORT,
            http_port=settings.LINESIDE_OTLP_HTTP_PORT,
        )

    @property
    def exporter_variables(self) -> dict[str, str]:
        """What an exporter's environment needs, with a word in the place of the key."""
        return exporter_environment(key="YOUR_KEY")

    @property
    def public_url(self) -> str:
        """Where people and programs reach the pages."""
        return str(settings.LINESIDE_PUBLIC_URL)

    @cached_property
    def firing_count(self) -> int:
        """Incidents that are firing in the present project."""
        return 0 if self.project is None else incident_firing_count(project_id=self.project.pk)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `shell` in every template."""
    return {"shell": Shell(request)}
