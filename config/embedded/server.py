"""What the embedded servers have in common, and one that runs for the length of a block."""

import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from config.embedded.account import Account
from config.embedded.errors import StartError
from config.embedded.spawn import spawn

READY_SECONDS = 60  # Postgres may have to replay its log after a crash
LONGEST_LOG_BYTES = 10 * 1024 * 1024


class Server(Protocol):
    """An embedded server as the supervisor sees it. Its directory holds nothing of anybody else."""

    @property
    def name(self) -> str: ...

    @property
    def directory(self) -> Path: ...

    @property
    def account(self) -> Account | None:
        """Whom it runs as; None for ourselves."""

    @property
    def log(self) -> Path: ...

    @property
    def stop_signal(self) -> signal.Signals:
        """What makes it stop cleanly."""

    def prepare(self) -> None:
        """Make its directory, its configuration and its data where they are missing."""

    def command(self) -> Sequence[str | Path]: ...

    def is_ready(self) -> bool:
        """Whether it can be used now."""


def server_environment() -> dict[str, str]:
    """What a server gets of our environment: nothing that it would read, no secrets, no foreign locale."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def log_tail(log: Path, *, lines: int = 3) -> str:
    """The last lines of a log as one line, for a sentence that says why a server ended."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 4096))
            text = file.read().decode(errors="replace")
    except OSError:
        return "(no log)"
    return " / ".join(text.strip().splitlines()[-lines:])


def log_rotate(log: Path) -> None:
    """Before a start: put a log that has grown aside, in place of the one put aside before."""
    if log.exists() and log.stat().st_size > LONGEST_LOG_BYTES:
        log.rename(log.with_name(f"{log.name}.1"))


@contextmanager
def running(server: Server) -> Iterator[None]:
    """Run the server for as long as the block lasts; it ends with this process, whatever ends that."""
    server.prepare()
    with server.log.open("ab") as log:
        process = spawn(
            server.command(),
            env=server_environment(),
            cwd=server.directory,
            output=log,
            account=server.account,
            death_signal=server.stop_signal,
        )
    try:
        give_up_at = time.monotonic() + READY_SECONDS
        while not server.is_ready():
            if process.poll() is not None or time.monotonic() > give_up_at:
                raise StartError(
                    f"{server.name} did not start; {server.log} ends with: {log_tail(server.log)}"
                )
            time.sleep(0.02)
        yield
    finally:
        process.send_signal(server.stop_signal)
        process.wait()
