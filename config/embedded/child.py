"""One supervised process: started, watched, started again after a growing delay."""

import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from config.embedded.account import Account
from config.embedded.leftovers import Note, note_take
from config.embedded.lines import LineReader
from config.embedded.server import Server, log_tail, server_environment
from config.embedded.spawn import spawn

FIRST_DELAY_SECONDS = 1.0
LONGEST_DELAY_SECONDS = 60.0
# A process that lived this long had started well: its next end counts as the first one again.
STEADY_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class ChildPlan:
    """How to run a process. Its lines go to the file `log`, or else through the supervisor to `on_line`."""

    name: str
    command: Sequence[str | Path]
    environment: Mapping[str, str]
    directory: Path
    log: Path | None = None
    on_line: Callable[[str], None] = lambda line: None
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    is_restarted: bool = True


def server_plan(server: Server) -> ChildPlan:
    """How to run an embedded server."""
    return ChildPlan(
        name=server.name,
        command=server.command(),
        environment=server_environment(),
        directory=server.directory,
        log=server.log,
        account=server.account,
        stop_signal=server.stop_signal,
    )


class Child:
    """The present process of a plan, and when the next one is due."""

    def __init__(self, plan: ChildPlan) -> None:
        self.plan = plan
        self.process: subprocess.Popen[bytes] | None = None
        self.note: Note | None = None
        self.output: LineReader | None = None
        self.restart_at: float | None = None
        self.returncode: int | None = None
        self._last_line = ""
        self._started_at = 0.0
        self._failures = 0

    def start(self, *, now: float) -> None:
        """Start the process."""
        self.process = self._spawn()
        self.output = LineReader(self.process.stdout) if self.process.stdout else None
        self.note = note_take(name=self.plan.name, pid=self.process.pid, stop_signal=self.plan.stop_signal)
        self.restart_at = self.returncode = None
        self._started_at = now

    def pass_on(self, lines: Sequence[str]) -> None:
        """Give lines of its output to whom they are meant for."""
        for line in lines:
            self._last_line = line.strip() or self._last_line
            self.plan.on_line(line)

    def reap(self, *, now: float) -> bool:
        """True when the process has ended since the last look; then the next start is planned."""
        if self.process is None or self.process.poll() is None:
            return False
        self.returncode = self.process.returncode
        self.process = None
        if self.plan.is_restarted:
            self._failures = 0 if now - self._started_at >= STEADY_SECONDS else self._failures
            self.restart_at = now + restart_delay_seconds(self._failures)
            self._failures += 1
        return True

    def end_reason(self) -> str:
        """Why the last process ended: its exit code or the signal, and what it said last."""
        code = self.returncode or 0
        if code < 0:
            return f"killed by {signal_name(-code)}"
        said = log_tail(self.plan.log) if self.plan.log else self._last_line
        return f"exit code {code}: {said}" if said else f"exit code {code}"

    def _spawn(self) -> subprocess.Popen[bytes]:
        plan = self.plan

        def start(output: IO[bytes] | int) -> subprocess.Popen[bytes]:
            return spawn(
                plan.command,
                env=plan.environment,
                cwd=plan.directory,
                output=output,
                account=plan.account,
                death_signal=plan.stop_signal,
            )

        if plan.log is None:
            return start(subprocess.PIPE)
        with plan.log.open("ab") as log:
            return start(log)


def restart_delay_seconds(failures: int) -> float:
    """How long to wait after the n-th early end in a row, counted from 0: 1, 2, 4 … 60 seconds."""
    return min(LONGEST_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2.0 ** min(failures, 10))


def signal_name(number: int) -> str:
    """SIGKILL for 9; the number where it has no name."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
