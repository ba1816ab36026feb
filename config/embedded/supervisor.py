"""The one-machine installation from start to end."""

import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from config.embedded.account import Account, service_account
from config.embedded.banner import Welcome, box
from config.embedded.child import Child, ChildPlan, server_plan
from config.embedded.console import Console
from config.embedded.crew import Crew, StopRequestedError
from config.embedded.directories import data_directory_prepare, reach_grant
from config.embedded.errors import StartError
from config.embedded.installation import Addresses, Secrets, addresses, data_dir, secrets_keep
from config.embedded.leftovers import leftovers_end, notes_read
from config.embedded.lock import data_directory_lock
from config.embedded.ports import ports_check
from config.embedded.readiness import readiness_problem
from config.embedded.run_env import run_env_delete, run_env_write
from config.embedded.server import READY_SECONDS, Server, log_rotate, log_tail
from config.embedded.stores import Stores, needs_embedded_servers, stores_choose
from config.processes import BEAT, PREPARE, RECEIVER, WEB, WORKER

HOME = Path(__file__).resolve().parent.parent.parent
# The receiver answers what it has taken and the worker finishes its tasks, which takes a second or two.
PROCESS_PATIENCE_SECONDS = 15
# Postgres writes down everything that is in its buffers.
SERVER_PATIENCE_SECONDS = 60
LEFTOVER_PATIENCE_SECONDS = 20
# After this long without becoming ready, the person at the terminal is told what is missing.
SLOW_START_SECONDS = 30
POLL_SECONDS = 0.2


def run(environment: Mapping[str, str]) -> int:
    """Run an installation until it is told to end; gives the exit code."""
    console = Console()
    try:
        directory = data_dir(environment)
        listen = addresses(environment)
        account = service_account() if needs_embedded_servers(environment) else None
        data_directory_prepare(directory, account=account)
        with data_directory_lock(directory):
            Supervisor(
                directory=directory, listen=listen, account=account, environment=environment, console=console
            ).run()
    except StartError as error:
        console.drain()
        sys.stderr.write(f"\n{error}\n")
        return 1
    console.drain()
    return 0


class Supervisor:
    """Starts everything in order, watches it, and ends everything in order."""

    def __init__(
        self,
        *,
        directory: Path,
        listen: Addresses,
        account: Account | None,
        environment: Mapping[str, str],
        console: Console,
    ) -> None:
        self._directory = directory
        self._listen = listen
        self._account = account
        self._environment = environment
        self._console = console
        self._crew = Crew(console=console, notes_directory=directory)
        self._servers: list[Child] = []

    def run(self) -> None:
        """Start, run until told to end, end; whatever happens, nothing that was started stays."""
        self._crew.listen_for_signals()
        try:
            self._start()
            self._crew.watch()
        except StopRequestedError:
            self._console.line("stopping")
        finally:
            self._stop()

    def _start(self) -> None:
        started_at = time.monotonic()
        self._end_leftovers()
        ports_check(self._listen)
        secrets = secrets_keep(self._directory / "secrets.json", environment=self._environment)
        stores = stores_choose(
            environment=self._environment, directory=self._directory, secrets=secrets, account=self._account
        )
        self._start_servers(stores)
        shared = self._shared_variables(secrets, stores=stores)
        run_env = run_env_write(self._directory, values=shared)
        sign_in_link = self._start_processes(
            {
                **self._environment,
                **shared,
                "LINESIDE_SECRET_KEY": secrets.secret_key,
                "PYTHONUNBUFFERED": "1",
            }
        )
        self._await_ready()
        self._console.line(f"ready after {time.monotonic() - started_at:.1f} s")
        welcome = Welcome(
            sign_in_link=sign_in_link,
            otlp_grpc_url=self._listen.url("LINESIDE_OTLP_GRPC_PORT"),
            otlp_http_url=self._listen.url("LINESIDE_OTLP_HTTP_PORT"),
            api_key=secrets.api_key,
            run_env_path=str(run_env),
        )
        self._console.block(f"\n{box(welcome)}\n")

    def _end_leftovers(self) -> None:
        # Started last, ended first: Postgres goes when nobody needs it any more.
        notes = notes_read(self._directory)[::-1]
        for note in leftovers_end(notes, patience_seconds=LEFTOVER_PATIENCE_SECONDS):
            self._console.line(f"ended {note.name} (process {note.pid}), left behind by an earlier run")

    def _start_servers(self, stores: Stores) -> None:
        for server in stores.servers:
            self._console.line(f"starting {server.name}")
            self._let_pass(server)
            server.prepare()
            log_rotate(server.log)
            self._servers.append(self._crew.add(server_plan(server)))
        for server, child in zip(stores.servers, self._servers, strict=True):
            self._crew.wait_for(_readiness_of(server, child=child), every_seconds=0.02)

    def _let_pass(self, server: Server) -> None:
        if self._account is None:
            return
        for path in (Path(server.command()[0]), server.directory):
            for folder in reach_grant(path, account=self._account):
                self._console.line(f"let the system user “{self._account.name}” pass through {folder}")

    def _shared_variables(self, secrets: Secrets, *, stores: Stores) -> dict[str, str]:
        """What our processes and other programs of this machine need to know."""
        return {
            "LINESIDE_DATABASE_URL": stores.database_url,
            "LINESIDE_REDIS_URL": stores.redis_url,
            # The same once more, for programs that know only the usual names.
            "DATABASE_URL": stores.database_url,
            "REDIS_URL": stores.redis_url,
            "LINESIDE_API_KEY": secrets.api_key,
            "LINESIDE_ADMIN_PASSWORD": secrets.admin_password,
            "LINESIDE_DATA_DIR": str(self._directory),
            "LINESIDE_HOST": self._listen.host,
            **{name: str(port) for name, port in self._listen.ports.items()},
        }

    def _start_processes(self, environment: Mapping[str, str]) -> str:
        """Start them: the web process at once, the others on a prepared database; gives the sign-in link.

        The web process takes the longest to come up, and says itself that it is not ready before the rest is.
        """
        ports = [self._listen.ports[variable] for variable in RECEIVER.port_variables]
        awaited = ",".join(f"{self._listen.reachable_host}:{port}" for port in ports)
        self._add(WEB.name, WEB.command, {**environment, "LINESIDE_READYZ_RECEIVERS": awaited})
        sign_in_link = self._prepare(environment)
        for process in (RECEIVER, WORKER, BEAT):
            self._add(process.name, process.command, environment)
        return sign_in_link

    def _prepare(self, environment: Mapping[str, str]) -> str:
        links: list[str] = []

        def on_line(line: str) -> None:
            if line.startswith(("http://", "https://")):
                links.append(line.strip())
            else:
                self._console.line(line, source="prepare")

        child = self._add("prepare", PREPARE, environment, on_line=on_line, is_restarted=False)
        self._crew.wait_for(lambda: child.returncode is not None)
        if child.returncode or not links:
            raise StartError(f"The installation could not be prepared ({child.end_reason()}).")
        return links[-1]

    def _add(
        self,
        name: str,
        command: tuple[str, ...],
        environment: Mapping[str, str],
        *,
        on_line: Callable[[str], None] | None = None,
        is_restarted: bool = True,
    ) -> Child:
        plan = ChildPlan(
            name=name,
            command=[sys.executable if part == "python" else part for part in command],
            environment=environment,
            directory=HOME,
            on_line=on_line or (lambda line: self._console.line(line, source=name)),
            is_restarted=is_restarted,
        )
        return self._crew.add(plan)

    def _await_ready(self) -> None:
        slow_at = time.monotonic() + SLOW_START_SECONDS
        while (problem := readiness_problem(self._listen)) is not None:
            if time.monotonic() > slow_at:
                self._console.line(f"not ready yet: {problem}")
                slow_at += SLOW_START_SECONDS
            self._crew.watch(seconds=POLL_SECONDS)

    def _stop(self) -> None:
        run_env_delete(self._directory)
        processes = [child for child in self._crew.children if child not in self._servers]
        self._crew.stop(processes, patience_seconds=PROCESS_PATIENCE_SECONDS)
        for server in reversed(self._servers):
            self._crew.stop([server], patience_seconds=SERVER_PATIENCE_SECONDS)
        self._console.line("stopped")


def _readiness_of(server: Server, *, child: Child) -> Callable[[], bool]:
    give_up_at = time.monotonic() + READY_SECONDS

    def is_ready() -> bool:
        if time.monotonic() > give_up_at:
            raise StartError(
                f"{server.name.capitalize()} does not start; {server.log} ends with: {log_tail(server.log)}"
            )
        return child.process is not None and server.is_ready()

    return is_ready
