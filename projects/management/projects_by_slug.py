"""The project that a command works on."""

from django.core.management.base import CommandError

from projects.models import Project


def get_project(slug: str) -> Project:
    """The project of this slug; a CommandError that names the others where there is none."""
    project = Project.objects.filter(slug=slug).first()
    if project is None:
        known = ", ".join(Project.objects.order_by("slug").values_list("slug", flat=True)) or "none"
        raise CommandError(f"There is no project “{slug}”; there are: {known}.")
    return project
