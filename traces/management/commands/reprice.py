"""`manage.py reprice --project SLUG [--apply]`: what pricing the stored calls again would change, or the change."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core import clock
from core.units import format_usd
from projects.management.projects_by_slug import get_project
from traces.services.repricing import repricing_apply, repricing_preview


class Command(BaseCommand):
    """Prices the stored calls of a project again."""

    help = "Price a project's stored calls again: a dry run, or with --apply the change."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--project", required=True, metavar="SLUG")
        parser.add_argument("--apply", action="store_true", help="change the costs, and record it")
        parser.add_argument("--reason", default="manage.py reprice", help="why, for the record")

    def handle(self, *args: Any, **options: Any) -> None:
        project = get_project(options["project"])
        preview = repricing_preview(project_id=project.pk)
        for change in preview.changes:
            self.stdout.write(
                f"{change.model or '(no model)'}: {change.call_count:,} calls, "
                f"{format_usd(change.before_usd)} → {format_usd(change.after_usd)}"
                + (f", {change.estimated_count:,} by an estimate" if change.estimated_count else "")
            )
        self.stdout.write(
            f"{preview.call_count:,} of {preview.seen_count:,} calls in {preview.trace_count:,} traces: "
            f"{format_usd(preview.before_usd)} → {format_usd(preview.after_usd)}"
        )
        if options["apply"]:
            made = repricing_apply(
                project_id=project.pk, made_by="manage.py", reason=options["reason"], now=clock.now()
            )
            self.stdout.write(
                "Nothing to change." if made is None else "Applied; the workers recompute the traces."
            )
