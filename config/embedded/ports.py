"""Ports of this machine: which are free, and which an embedded server had the last time."""

import errno
import random
import socket
from pathlib import Path

from config.embedded.errors import StartError
from config.embedded.installation import Addresses

# Below Linux's range for outgoing connections (from 32768), so that none of those takes a remembered port.
FIRST_PORT, LAST_PORT = 10240, 19999


def port_problem(port: int, *, host: str) -> OSError | None:
    """What keeps a server from listening on `port` of `host` now; None when nothing does."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            # As servers do: connections of an earlier run that the kernel still remembers are no obstacle.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except OSError as error:
        return error
    return None


def ports_check(addresses: Addresses) -> None:
    """StartError for the first port that cannot be listened on, with the variable that moves it."""
    for variable, port in addresses.ports.items():
        problem = port_problem(port, host=addresses.host)
        if problem is None:
            continue
        if isinstance(problem, socket.gaierror) or problem.errno == errno.EADDRNOTAVAIL:
            raise StartError(f"LINESIDE_HOST is “{addresses.host}”, which is no address of this machine.")
        if problem.errno == errno.EADDRINUSE:
            raise StartError(
                f"Port {port} of {addresses.host} is taken by another program: "
                f"stop that, or set {variable} to a free port."
            )
        raise StartError(
            f"Port {port} of {addresses.host} may not be used ({problem.strerror}): set {variable} to another one."
        )


def port_choose(remembered: Path) -> int:
    """The loopback port noted in the file `remembered` where it is still free, else another one, noted there."""
    noted = _noted(remembered)
    if noted is not None and _is_free(noted):
        return noted
    candidates = random.sample(range(FIRST_PORT, LAST_PORT + 1), 200)
    port = next(port for port in candidates if _is_free(port))
    remembered.write_text(f"{port}\n")
    return port


def _noted(remembered: Path) -> int | None:
    try:
        return int(remembered.read_text())
    except (OSError, ValueError):
        return None


def _is_free(port: int) -> bool:
    return port_problem(port, host="127.0.0.1") is None
