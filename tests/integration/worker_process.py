"""A Celery worker in a process of its own, on the servers of the tests."""

import contextlib
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from config.processes import WORKER
from tests.integration.processes import running_process

START_S = 60.0


@contextlib.contextmanager
def running_worker() -> Iterator[None]:
    """A worker that takes tasks, one at a time; ended when the block ends."""
    with running_process(WORKER, "--loglevel=INFO", LINESIDE_WORKER_CONCURRENCY="1") as (process, log_path):
        _await_ready(process, log_path)
        yield


def _await_ready(process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + START_S
    while " ready." not in log.read_text():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)
