"""Liveness and readiness of the web process."""

import logging
import socket

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from redis import Redis, RedisError

logger = logging.getLogger(__name__)


def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the process lives."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers with every migration applied, Redis answers and the receivers that this
    installation names take connections; else 503 with what is missing."""
    checks = (("database", _database_problem), ("redis", _redis_problem), ("receiver", _receiver_problem))
    missing = {name: problem for name, check in checks if (problem := check())}
    return JsonResponse(
        {"status": "unavailable" if missing else "ok", **missing},
        status=503 if missing else 200,
    )


def _database_problem() -> str | None:
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        logger.warning("the database does not answer", exc_info=True)
        return "does not answer"
    return f"{len(pending)} migrations are not applied" if pending else None


def _redis_problem() -> str | None:
    try:
        with Redis.from_url(settings.LINESIDE_REDIS_URL, socket_timeout=2, socket_connect_timeout=2) as redis:
            redis.ping()
    except RedisError:
        logger.warning("Redis does not answer", exc_info=True)
        return "does not answer"
    return None


def _receiver_problem() -> str | None:
    for address in settings.LINESIDE_READYZ_RECEIVERS:
        host, _, port = address.rpartition(":")
        try:
            socket.create_connection((host.strip("[]"), int(port)), timeout=2).close()
        except OSError:
            return f"{address} takes no connections"
    return None
