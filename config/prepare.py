"""What has to be done before the processes are of use; `python -m config.prepare`, safe to run at every start.

It waits for the database, applies the migrations, makes the default project with its key and its `admin`, and
prints a one-time sign-in link: that alone on standard output, everything else on standard error.
"""

import os
import sys
import time

import django
from django.core.management import call_command

# A database that a container runtime starts beside this process needs a while.
DATABASE_WAIT_SECONDS = 30


def main() -> int:
    """Prepare the installation; the exit code says whether it could be."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    problem = database_wait(seconds=DATABASE_WAIT_SECONDS)
    if problem is not None:
        print(f"the database does not answer: {problem}", file=sys.stderr)  # noqa: T201
        return 1
    if has_pending_migrations():
        call_command("migrate", interactive=False, stdout=sys.stderr)
    call_command("installation_prepare", stdout=sys.stderr)
    call_command("sign_in_link")
    return 0


def database_wait(*, seconds: float) -> str | None:
    """Wait for the database; None once it answers, else what it (or the network) said last."""
    from django.db import OperationalError, connection

    give_up_at = time.monotonic() + seconds
    while True:
        try:
            connection.ensure_connection()
        except OperationalError as error:
            if time.monotonic() > give_up_at:
                return " ".join(str(error).split())
            time.sleep(0.5)
        else:
            return None


def has_pending_migrations() -> bool:
    """Whether `migrate` would do anything; asking costs a fraction of running it for nothing."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


if __name__ == "__main__":
    sys.exit(main())
