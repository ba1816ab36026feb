"""`manage.py doctor --project SLUG`: what the instrumentation of a project lacks, by service."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core import clock
from projects.management.projects_by_slug import get_project
from traces.selectors.doctor import MOST_TRACES, unknown_usage
from traces.services.doctor import TRACES, ServiceReport, project_diagnose


class Command(BaseCommand):
    """Examines the newest traces of a project."""

    help = "Say what the newest traces of a project lack, service by service, each with its fix."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--project", required=True, metavar="SLUG")
        parser.add_argument(
            "--traces", type=int, default=TRACES, metavar="N", help=f"how many, at most {MOST_TRACES:,}"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        project = get_project(options["project"])
        diagnosis = project_diagnose(project_id=project.pk, trace_count=options["traces"])
        if not diagnosis.trace_count:
            self.stdout.write("No trace has arrived yet.")
            return
        self.stdout.write(
            f"The newest {diagnosis.trace_count:,} traces are {diagnosis.percent} % complete: {diagnosis.grade}."
        )
        for report in diagnosis.services:
            self._write_service(report)
        self._write_unknown(project.pk)

    def _write_service(self, report: ServiceReport) -> None:
        self.stdout.write(f"\n{report.service or '(a service without a name)'}")
        for one in report.speakers:
            scope = f"{one.scope or '(no scope)'} {one.scope_version}".rstrip()
            self.stdout.write(
                f"  speaks {one.convention or 'no known convention'}: {one.span_count:,} spans of {scope}"
            )
        for finding in report.findings:
            self.stdout.write(
                f"  {finding.missed:,} of {finding.checked:,} {finding.check.missing}. {finding.check.fix}"
            )
        if not report.findings:
            self.stdout.write("  nothing is missing")

    def _write_unknown(self, project_id: int) -> None:
        for usage in unknown_usage(project_id=project_id, now_ns=clock.now_ns()):
            self.stdout.write(
                f"\nUnknown usage: {usage.key} = {usage.example}, {usage.count:,} times, of {usage.scope or '(no scope)'}"
            )
