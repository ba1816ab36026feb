"""Ports of this machine: which are free, and which an embedded server had the last time."""

import random
import socket
from pathlib import Path

# Below Linux's range for outgoing connections (from 32768), so that none of those takes a remembered port.
FIRST_PORT, LAST_PORT = 10240, 19999


def is_port_free(port: int, *, host: str) -> bool:
    """Whether a server could listen on `port` of `host` now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As servers do: connections of an earlier run that the kernel still remembers are no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError:
            return False
    return True


def port_choose(remembered: Path) -> int:
    """The loopback port noted in the file `remembered` where it is still free, else another one, noted there."""
    noted = _noted(remembered)
    if noted is not None and is_port_free(noted, host="127.0.0.1"):
        return noted
    candidates = random.sample(range(FIRST_PORT, LAST_PORT + 1), 200)
    port = next(port for port in candidates if is_port_free(port, host="127.0.0.1"))
    remembered.write_text(f"{port}\n")
    return port


def _noted(remembered: Path) -> int | None:
    try:
        return int(remembered.read_text())
    except (OSError, ValueError):
        return None
