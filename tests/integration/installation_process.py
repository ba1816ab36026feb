"""A whole installation in a process of its own, started as `make run` does it."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx

from config.processes import DEFAULT_PORTS
from tests.integration.processes import ROOT, free_port

START_S = 120.0
END_S = 40.0


class Installation:
    """A supervisor on a data directory and the processes that it started."""

    def __init__(self, directory: Path, *, log_path: Path, **environment: str) -> None:
        self.directory = directory
        self.log_path = log_path
        self.ports = {name: int(environment.get(name) or free_port()) for name in DEFAULT_PORTS}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("LINESIDE_")}
        ports = {name: str(port) for name, port in self.ports.items()}
        self._environment = {**kept, **ports, "LINESIDE_DATA_DIR": str(directory), **environment}
        self.start()

    def start(self) -> None:
        """Start it, or start it again."""
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "config.embedded"],
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports['LINESIDE_HTTP_PORT']}"

    def log(self) -> str:
        return self.log_path.read_text()

    def await_ready(self) -> None:
        """Return once /readyz says 200 and the box is shown."""
        self.await_(lambda: self.status("/readyz") == 200 and "Lineside is ready." in self.log())

    def await_(self, is_reached: Callable[[], object], *, seconds: float = START_S) -> None:
        """Return once `is_reached`."""
        deadline = time.monotonic() + seconds
        while not is_reached():
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.05)

    def status(self, path: str) -> int | None:
        """The status of a GET; None when nobody answers."""
        try:
            return httpx.get(f"{self.url}{path}", timeout=10).status_code
        except httpx.TransportError:
            return None

    def run_env(self) -> dict[str, str]:
        lines = (self.directory / "run.env").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)

    def processes(self) -> dict[int, str]:
        """The running processes that belong to this data directory, by what the environment or the command
        line of each says."""
        found = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and (command := _belongs(entry, str(self.directory))):
                found[int(entry.name)] = command
        return found

    def find(self, words: str) -> int:
        """The id of the oldest process whose command line has `words`."""
        return min(pid for pid, command in self.processes().items() if words in command)

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send the supervisor a signal; the exit status."""
        self.process.send_signal(number)
        return self.process.wait(END_S)


def _belongs(entry: Path, directory: str) -> str:
    try:
        if (entry / "stat").read_text().rpartition(")")[2].split()[0] == "Z":
            return ""
        command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        environment = (entry / "environ").read_bytes().split(b"\0")
    except OSError:
        return ""
    is_ours = f"LINESIDE_DATA_DIR={directory}".encode() in environment
    return command if is_ours or f"{directory}/" in command else ""


@contextlib.contextmanager
def running_installation(directory: Path, *, log_path: Path, **environment: str) -> Iterator[Installation]:
    """An installation that is ready; nothing of it is left when the block ends."""
    installation = Installation(directory, log_path=log_path, **environment)
    try:
        installation.await_ready()
        yield installation
    finally:
        if installation.process.poll() is None:
            installation.end()
        for pid in installation.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
