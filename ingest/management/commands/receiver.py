"""`manage.py receiver`: the process that takes spans."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ingest.receiver.process import Endpoints, PortTakenError, run_receiver


class Command(BaseCommand):
    """Runs the receiver until it is told to stop."""

    help = "Receive OTLP traces over gRPC and HTTP until SIGINT or SIGTERM."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        endpoints = Endpoints(
            host=settings.LINESIDE_HOST,
            grpc_port=settings.LINESIDE_OTLP_GRPC_PORT,
            http_port=settings.LINESIDE_OTLP_HTTP_PORT,
        )
        try:
            run_receiver(endpoints)
        except PortTakenError as error:
            raise CommandError(f"The receiver has no place: {error}.") from None
