"""Where spans and queues are kept: in servers that are given by their addresses, or in embedded ones."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from config.embedded import postgres, redis
from config.embedded.account import Account
from config.embedded.installation import Secrets
from config.embedded.ports import port_choose
from config.embedded.server import Server


@dataclass(frozen=True, kw_only=True)
class Stores:
    """The two addresses, and the embedded servers that have to run for them, in the order of their start."""

    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    servers: tuple[Server, ...]


def needs_embedded_servers(environment: Mapping[str, str]) -> bool:
    """Whether one of the two servers is not given."""
    return not (environment.get("LINESIDE_DATABASE_URL") and environment.get("LINESIDE_REDIS_URL"))


def stores_choose(
    *, environment: Mapping[str, str], directory: Path, secrets: Secrets, account: Account | None
) -> Stores:
    """The stores of this environment. Embedded ones get a loopback port, the same one as last time if it is free."""
    servers: list[Server] = []
    database_url = environment.get("LINESIDE_DATABASE_URL")
    if not database_url:
        database = postgres.PostgresServer(
            directory=directory / "postgres",
            password=secrets.postgres_password,
            port=port_choose(directory / "postgres.port"),
            account=account,
        )
        database_url = database.url()
        servers.append(database)
    redis_url = environment.get("LINESIDE_REDIS_URL")
    if not redis_url:
        broker = redis.RedisServer(
            directory=directory / "redis",
            password=secrets.redis_password,
            port=port_choose(directory / "redis.port"),
            account=account,
        )
        redis_url = broker.url()
        servers.append(broker)
    return Stores(database_url=database_url, redis_url=redis_url, servers=tuple(servers))
