"""A pytest plugin: one embedded Postgres and one Redis for the whole run, started before Django's settings load.

Only the controlling process starts them. The workers of pytest-xdist inherit the two addresses; pytest-django
gives each its own database, and this plugin its own Redis database. LINESIDE_TEST_DATABASE_URL and
LINESIDE_TEST_REDIS_URL name servers to use instead.
"""

import atexit
import os
import secrets
import shutil
import tempfile
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from config.embedded.account import Account, service_account
from config.embedded.directories import data_directory_prepare, reach_grant
from config.embedded.ports import port_choose
from config.embedded.postgres import PostgresServer, binary
from config.embedded.redis import RedisServer
from config.embedded.server import running

# What a test writes need not survive a power cut.
HASTY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "128MB",
}

_open_servers = ExitStack()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None, None, None]:
    """Runs before pytest-django's hook of this name, which reads the settings."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        atexit.register(_open_servers.close)
        start_servers(_open_servers)
    else:
        number = int(worker.removeprefix("gw")) + 1
        os.environ["LINESIDE_REDIS_URL"] = redis_database(os.environ["LINESIDE_REDIS_URL"], number=number)
    return (yield)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """After the last test, and after Ctrl-C."""
    _open_servers.close()


def redis_database(url: str, *, number: int) -> str:
    """The address of another database of the same Redis: `number` further on, within the usual 16."""
    parts = urlsplit(url)
    database = (int(parts.path.strip("/") or 0) + number) % 16
    return urlunsplit(parts._replace(path=f"/{database}"))


def start_servers(stack: ExitStack) -> None:
    """Start both in a folder of their own, and name them in the environment, until the stack is closed."""
    folder = Path(tempfile.mkdtemp(prefix="lineside-tests-"))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    os.environ["LINESIDE_DATA_DIR"] = str(folder / "instance")
    database_url = os.environ.get("LINESIDE_TEST_DATABASE_URL")
    redis_url = os.environ.get("LINESIDE_TEST_REDIS_URL")
    account = None if database_url and redis_url else service_account()
    data_directory_prepare(folder, account=account)
    os.environ["LINESIDE_DATABASE_URL"] = database_url or _start_postgres(stack, folder, account)
    os.environ["LINESIDE_REDIS_URL"] = redis_url or _start_redis(stack, folder, account)


def _start_postgres(stack: ExitStack, folder: Path, account: Account | None) -> str:
    if account is not None:
        for _ in reach_grant(binary("postgres"), account=account):
            pass
    server = PostgresServer(
        directory=folder / "postgres",
        password=secrets.token_urlsafe(16),
        port=port_choose(folder / "postgres.port"),
        account=account,
        settings=HASTY,
    )
    stack.enter_context(running(server))
    return server.url()


def _start_redis(stack: ExitStack, folder: Path, account: Account | None) -> str:
    server = RedisServer(
        directory=folder / "redis",
        password=secrets.token_urlsafe(16),
        port=port_choose(folder / "redis.port"),
        account=account,
    )
    stack.enter_context(running(server))
    return server.url()
