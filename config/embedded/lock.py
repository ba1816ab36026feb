"""One supervisor for each data directory."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.embedded.errors import StartError


@contextmanager
def data_directory_lock(directory: Path) -> Iterator[None]:
    """Hold the directory for the length of the block; StartError when another supervisor holds it.

    The kernel lets go of it when this process dies, however it dies; children do not inherit it.
    """
    descriptor = os.open(directory / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.read(descriptor, 32).decode().strip() or "unknown"
        os.close(descriptor)
        raise StartError(
            f"Lineside already runs on {directory} (process {holder}): stop it first, or set LINESIDE_DATA_DIR "
            "and the ports for an instance beside it."
        ) from error
    try:
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(descriptor)
