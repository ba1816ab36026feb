"""A Celery worker in a process of its own, on the servers of the tests."""

import contextlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from config.processes import WORKER
from tests.integration.receiver_process import ROOT, process_environment

START_S = 60.0


@contextlib.contextmanager
def running_worker() -> Iterator[None]:
    """A worker that takes tasks, one at a time; ended when the block ends."""
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "worker.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, *WORKER.command[1:], "--loglevel=INFO"],
            cwd=ROOT,
            env=process_environment(LINESIDE_WORKER_CONCURRENCY="1"),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            _await_ready(process, Path(log.name))
            yield
        finally:
            process.terminate()
            try:
                process.wait(30)
            finally:
                process.kill()
                process.wait()


def _await_ready(process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + START_S
    while " ready." not in log.read_text():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)
