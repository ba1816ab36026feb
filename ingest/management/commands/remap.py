"""`manage.py remap --project SLUG`: stored spans read again with the mapping of this release."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from core import clock
from ingest.services.remapping import spans_remap
from projects.management.projects_by_slug import get_project
from projects.models import Project
from traces.models import Remapping
from traces.selectors.remapping import unfinished_remapping

_TOLD_EVERY = 100_000


class Command(BaseCommand):
    """Maps the stored spans of a project again."""

    help = (
        "Read a project's stored spans again with the mapping of this release. In batches, beside the running "
        "installation; cut off, it goes on where it stood when it is called again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--project", metavar="SLUG", help="only this project; else every project")
        parser.add_argument("--restart", action="store_true", help="begin again what was cut off")

    def handle(self, *args: Any, **options: Any) -> None:
        projects = (
            [get_project(options["project"])] if options["project"] else Project.objects.order_by("slug")
        )
        connection.ensure_connection()
        for project in projects:
            self._remap(project, is_restart=options["restart"])

    def _remap(self, project: Project, *, is_restart: bool) -> None:
        remapping = unfinished_remapping(project)
        if remapping is not None and is_restart:
            remapping.delete()
            remapping = None
        if remapping is None:
            remapping = Remapping.objects.create(project=project, started_at=clock.now())
        else:
            self.stdout.write(f"{project.slug}: going on after {remapping.seen_count:,} spans.")
        for reached in spans_remap(connection.connection, remapping=remapping):
            if reached.seen_count % _TOLD_EVERY == 0:
                self.stdout.write(f"{project.slug}: {reached.seen_count:,} spans read so far.")
        remapping.finished_at = clock.now()
        remapping.save()
        self.stdout.write(
            f"{project.slug}: {remapping.changed_count:,} of {remapping.seen_count:,} spans changed"
            f"{'; the workers recompute their traces' if remapping.changed_count else ''}."
        )
