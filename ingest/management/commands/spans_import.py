"""`manage.py spans_import`: spans from files, as spans_export writes them or as exporters send them."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from core.clock import now_ns
from ingest.services.spans_import import FileRequest, requests_read, spans_import
from projects.management.projects_by_slug import get_project
from traces.tasks import summarise_touched


class Command(BaseCommand):
    """Stores spans of files; what is stored already stays as it is."""

    help = (
        "Store spans from files: lines of OTLP JSON (an ExportTraceServiceRequest each), or one request in "
        "protobuf a file. Reads standard input where no file is named, or for “-”."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--project", required=True, metavar="SLUG")
        parser.add_argument("files", nargs="*", metavar="FILE", default=["-"])

    def handle(self, *args: Any, **options: Any) -> None:
        project = get_project(options["project"])
        connection.ensure_connection()
        stored = repeated = rejected = 0
        has_problems = False
        for outcome in spans_import(
            connection.connection,
            project_id=project.pk,
            requests=_read_all(options["files"] or ["-"]),
            now_ns=now_ns(),
        ):
            stored += outcome.stored_count
            repeated += outcome.repeated_count
            rejected += outcome.rejected_count
            for problem in outcome.problems:
                has_problems = True
                self.stderr.write(problem)
        self._announce()
        self.stdout.write(f"Spans: {stored} new, {repeated} there already, {rejected} rejected.")
        if has_problems:
            raise CommandError("Not everything was imported; what is wrong stands above.")

    def _announce(self) -> None:
        try:
            summarise_touched.apply_async(retry=False, ignore_result=True)
        except Exception as error:  # the broker's client raises whatever its transport raises
            self.stderr.write(f"The worker cannot be told; it looks by itself every second. ({error})")


def _read_all(names: list[str]) -> Iterator[FileRequest]:
    for name in names:
        if name == "-":
            yield from requests_read(sys.stdin.buffer, name="standard input")
            continue
        try:
            with Path(name).open("rb") as source:
                yield from requests_read(source, name=name)
        except OSError as error:
            raise CommandError(f"{name}: {error.strerror}.") from None
