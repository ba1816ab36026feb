"""The unprivileged system user that embedded servers run as when root starts Lineside.

Postgres refuses to run as root; Redis does not, but has no need of it either.
"""

import os
import pwd
import shutil
import subprocess
import time
from dataclasses import dataclass

from config.embedded.errors import StartError

ACCOUNT_NAME = "lineside"
# useradd's exit code when another process holds the lock of /etc/passwd, or was quicker to make the user.
USERADD_LOCKED, USERADD_NAME_TAKEN = 1, 9


@dataclass(frozen=True, slots=True)
class Account:
    """A system user by its numbers."""

    name: str
    uid: int
    gid: int


def service_account() -> Account | None:
    """The user that embedded servers run as, made where it is missing; None when they run as ourselves."""
    if os.geteuid() != 0:
        return None
    return _find(ACCOUNT_NAME) or _create(ACCOUNT_NAME)


def _find(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(name=name, uid=entry.pw_uid, gid=entry.pw_gid)


def _create(name: str) -> Account:
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if useradd is None:
        raise StartError(
            f"Postgres does not run as root and there is no useradd to make the system user “{name}”: "
            "make that user, or start Lineside as an ordinary user."
        )
    command = [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    command += ["--shell", "/usr/sbin/nologin", name]
    problem = ""
    for _ in range(20):
        result = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603
        if account := _find(name):
            return account
        problem = result.stderr.strip()
        if result.returncode not in (USERADD_LOCKED, USERADD_NAME_TAKEN):
            break
        time.sleep(0.25)
    raise StartError(
        f"Postgres does not run as root and the system user “{name}” could not be made ({problem}): "
        "make that user, or start Lineside as an ordinary user."
    )
