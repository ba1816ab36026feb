"""`manage.py installation_prepare`: the default project, its key and the user `admin`, at every start."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from projects import services


class Command(BaseCommand):
    help = (
        "Makes the default project, its key (LINESIDE_API_KEY) and the user admin (LINESIDE_ADMIN_PASSWORD). "
        "Safe to repeat; prints neither of the two."
    )

    def handle(self, *args: object, **options: object) -> None:
        for name in ("LINESIDE_API_KEY", "LINESIDE_ADMIN_PASSWORD"):
            if not getattr(settings, name):
                raise CommandError(f"Set {name} in the environment: it is empty or missing.")
        project = services.installation_prepare(
            api_key=settings.LINESIDE_API_KEY, admin_password=settings.LINESIDE_ADMIN_PASSWORD
        )
        self.stdout.write(f"Project “{project.slug}” and user “admin” are ready.")
