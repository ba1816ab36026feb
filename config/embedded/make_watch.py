"""Following `make` to its end.

`make` passes SIGTERM on to its recipe, but SIGINT it takes for a Ctrl-C that the recipe has had as well: sent to
`make` alone, it would wait for us for ever. It stops catching SIGINT from then on, which its status shows.
"""

import os
import signal
from pathlib import Path

SIGINT_BIT = 1 << (signal.SIGINT - 1)


class MakeWatch:
    """Whether the `make` that started this process wants it to end."""

    def __init__(self) -> None:
        parent = os.getppid()
        self._make = parent if _program(parent) == "make" and _catches_sigint(parent) else None

    def has_given_up(self) -> bool:
        """True once `make` was interrupted or is gone; always False when it was not `make` that started us."""
        return self._make is not None and not (os.getppid() == self._make and _catches_sigint(self._make))


def _program(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def _catches_sigint(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
    caught = next((line for line in status.splitlines() if line.startswith("SigCgt:")), "SigCgt: 0")
    return bool(int(caught.split()[1], 16) & SIGINT_BIT)
