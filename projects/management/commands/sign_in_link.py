"""`manage.py sign_in_link`: an address that signs a person in once, for whoever has the terminal."""

from argparse import ArgumentParser

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from core import clock
from projects import services


class Command(BaseCommand):
    help = "Prints an address that signs a person in: once, within the next hour."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--user", default="admin", help="the user name (default: admin)")

    def handle(self, *args: object, **options: str) -> None:
        user = User.objects.filter(username=options["user"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active user “{options['user']}”.")
        token = services.sign_in_token_create(user=user, now=clock.now())
        self.stdout.write(settings.LINESIDE_PUBLIC_URL + reverse("sign-in-link", args=[token]))
