"""Lineside's processes on the servers of the tests, each as config/processes.py names it."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from config.processes import Process

ROOT = Path(__file__).resolve().parents[2]


def database_url(*, port: int | None = None) -> str:
    """The address of the test database that pytest-django made; `port` puts another in its place."""
    found = connection.settings_dict
    user, password = quote(found["USER"] or "", safe=""), quote(found["PASSWORD"] or "", safe="")
    place = f"127.0.0.1:{port}" if port else f"{found['HOST']}:{found['PORT']}"
    return f"postgresql://{user}:{password}@{place}/{found['NAME']}"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def process_environment(**changes: str) -> dict[str, str]:
    """The environment of a Lineside process on the servers of the tests."""
    return {
        **os.environ,
        "LINESIDE_DATABASE_URL": database_url(),
        "LINESIDE_REDIS_URL": settings.LINESIDE_REDIS_URL,
        "LINESIDE_HOST": "127.0.0.1",
        **changes,
    }


@contextlib.contextmanager
def running_process(
    wanted: Process, *arguments: str, **environment: str
) -> Iterator[tuple[subprocess.Popen, Path]]:
    """The process and the file that it logs to; ended when the block ends."""
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / f"{wanted.name}.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, *wanted.command[1:], *arguments],
            cwd=ROOT,
            env=process_environment(**environment),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            yield process, Path(log.name)
        finally:
            process.terminate()
            try:
                process.wait(30)
            finally:
                process.kill()
                process.wait()
