"""Lines out of a pipe that is never waited for."""

import os
from typing import IO

CHUNK_BYTES = 64 * 1024


class LineReader:
    """Cuts what a process writes into lines; one that exceeds CHUNK_BYTES is cut there."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._rest = b""
        self.is_at_end = False
        os.set_blocking(pipe.fileno(), False)

    def fileno(self) -> int:
        """The pipe's descriptor, for a selector."""
        return self._pipe.fileno()

    def read(self) -> list[str]:
        """The whole lines that have come since the last call; at the end also one without a line feed."""
        try:
            data = os.read(self._pipe.fileno(), CHUNK_BYTES)
        except BlockingIOError:
            return []
        self.is_at_end = not data
        *lines, self._rest = (self._rest + data).split(b"\n")
        if self._rest and (self.is_at_end or len(self._rest) > CHUNK_BYTES):
            lines, self._rest = [*lines, self._rest], b""
        return [line.decode(errors="replace") for line in lines]

    def read_rest(self) -> list[str]:
        """Everything that is still in the pipe of a process that has ended; closes the pipe."""
        lines: list[str] = []
        while not self.is_at_end and (found := self.read()):
            lines += found
        if self._rest:
            lines.append(self._rest.decode(errors="replace"))
        self._pipe.close()
        return lines
