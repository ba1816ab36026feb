"""`manage.py spans_export`: stored spans as OTLP JSON lines."""

from argparse import ArgumentTypeError
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.clock import ns_from_datetime
from ingest.domain.otlp_lines import request_lines
from projects.management.projects_by_slug import get_project
from traces.selectors.export import span_stream


def moment_ns(text: str) -> int:
    """Nanoseconds since the epoch, or an ISO 8601 date or time (UTC where it names no zone)."""
    if text.isdecimal():
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(
            f"{text!r} is neither nanoseconds since the epoch nor a time like 2026-11-24T08:00:00Z"
        ) from None
    return ns_from_datetime(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


class Command(BaseCommand):
    """Writes every span of a project, however many there are."""

    help = "Write stored spans to standard output as OTLP JSON, one ExportTraceServiceRequest a line."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--project", required=True, metavar="SLUG")
        parser.add_argument("--since", type=moment_ns, metavar="TIME", help="first start that is written")
        parser.add_argument("--until", type=moment_ns, metavar="TIME", help="first start that is not")

    def handle(self, *args: Any, **options: Any) -> None:
        project = get_project(options["project"])
        spans = span_stream(project_id=project.pk, since_ns=options["since"], until_ns=options["until"])
        for line in request_lines(spans):
            self.stdout.write(line.decode())
