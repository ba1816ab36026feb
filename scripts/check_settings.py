"""Django's own checks, with settings as in production: models and migrations agree, and nothing is left open.

python -m scripts.check_settings
"""

import os
import secrets
import warnings

from django.core.management import call_command, execute_from_command_line


def main() -> None:
    """Ends with an exit code that is not 0 when a check fails."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "LINESIDE_PUBLIC_URL": "https://lineside.example",
        "LINESIDE_SECRET_KEY": secrets.token_urlsafe(48),
    }
    execute_from_command_line(["manage.py", "check", "--deploy", "--fail-level", "WARNING"])
    # It would also compare with a database's history, and says when there is no database: there need be none.
    warnings.filterwarnings("ignore", message="Got an error checking a consistent migration history")
    call_command("makemigrations", "--check", "--dry-run")


if __name__ == "__main__":
    main()
