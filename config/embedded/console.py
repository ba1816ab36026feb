"""The supervisor's standard output: lines of many processes, never waited for."""

import os
import select
import sys
import time
from collections import deque

# POSIX: a pipe that is writable takes this many bytes without blocking.
PIPE_BYTES = 4096
KEPT_CHUNKS = 2000


class Console:
    """Writes lines where somebody may not be reading: what cannot be written at once waits, the oldest is dropped.

    A reader that stops must not stop the processes whose lines it does not read.
    """

    def __init__(self, descriptor: int | None = None) -> None:
        self._descriptor = sys.stdout.fileno() if descriptor is None else descriptor
        self._waiting: deque[bytes] = deque(maxlen=KEPT_CHUNKS)
        self._is_closed = False

    def line(self, text: str, *, source: str = "lineside") -> None:
        """Show a line, with the name of the process that it came from."""
        self.block(f"{source:<8} | {text}")

    def block(self, text: str) -> None:
        """Show text as it is."""
        encoded = f"{text}\n".encode(errors="replace")
        self._waiting.extend(encoded[at : at + PIPE_BYTES] for at in range(0, len(encoded), PIPE_BYTES))
        self.flush()

    def flush(self) -> None:
        """Write what can be written without waiting."""
        while self._waiting and not self._is_closed and self._is_writable():
            chunk = self._waiting.popleft()
            try:
                written = os.write(self._descriptor, chunk)
            except BlockingIOError:
                written = 0
            except OSError:  # the terminal or the reader is gone: there is nobody left to tell
                self._is_closed = True
                return
            if written < len(chunk):
                self._waiting.appendleft(chunk[written:])
                return

    def drain(self) -> None:
        """Before the end: give a slow reader a moment to take what is waiting."""
        give_up_at = time.monotonic() + 1
        while self._waiting and not self._is_closed and time.monotonic() < give_up_at:
            self.flush()
            time.sleep(0.01)

    def _is_writable(self) -> bool:
        return bool(select.select([], [self._descriptor], [], 0)[1])
