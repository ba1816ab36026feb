"""The receiver process: both servers, the queue and the writer in one event loop, and its orderly end."""

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import grpc.aio
import uvicorn
import uvloop
from django.db import close_old_connections

from ingest.receiver.announcer import SummaryAnnouncer
from ingest.receiver.export import TraceExport
from ingest.receiver.grants import GrantCache
from ingest.receiver.group_commit import COMMIT_WAIT_S, GroupCommit
from ingest.receiver.grpc_server import make_grpc_server
from ingest.receiver.http_app import HttpApp
from ingest.receiver.http_protocol import BoundedHttpProtocol
from ingest.receiver.writer import SpanWriter
from projects.selectors import KeyGrant, key_grant_get

logger = logging.getLogger(__name__)

DRAIN_S = COMMIT_WAIT_S + 1
"""How long calls under way may take to end after a signal: as long as one may wait for its commit."""


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where the receiver listens."""

    host: str
    grpc_port: int
    http_port: int


class PortTakenError(Exception):
    """The receiver cannot listen where it should."""


class HttpServer(uvicorn.Server):
    """uvicorn without its signal handlers: this process ends as a whole, in its own order."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def run_receiver(endpoints: Endpoints) -> None:
    """Receive until SIGINT or SIGTERM, then answer what is under way and return.

    Raises PortTakenError when a port is not to be had.
    """
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(endpoints))


async def _serve(endpoints: Endpoints) -> None:
    announcer = SummaryAnnouncer()
    writer = SpanWriter(announce=announcer.announce)
    with (
        ThreadPoolExecutor(1, "writer") as writer_thread,
        ThreadPoolExecutor(2, "decoder") as decoders,
        ThreadPoolExecutor(1, "keys") as key_thread,
    ):
        group_commit = GroupCommit(writer.store, executor=writer_thread)
        export = TraceExport(
            grants=GrantCache(_look_up_key, executor=key_thread),
            group_commit=group_commit,
            decoders=decoders,
        )
        grpc_server = make_grpc_server(export)
        http_socket = _bind(grpc_server, endpoints)
        http_server = _make_http_server(export)

        announcer.start()
        committing = asyncio.create_task(group_commit.run())
        await grpc_server.start()
        serving_http = asyncio.create_task(http_server.serve(sockets=[http_socket]))
        logger.info("OTLP/gRPC on %s:%d", endpoints.host, endpoints.grpc_port)
        logger.info("OTLP/HTTP on http://%s:%d/v1/traces", endpoints.host, endpoints.http_port)

        await _wait_for_signal()
        logger.info("stopping: calls under way are answered first")
        http_server.should_exit = True
        await asyncio.gather(grpc_server.stop(grace=DRAIN_S), serving_http)
        group_commit.stop()
        await committing
        announcer.stop()
    logger.info("stopped")


def _look_up_key(key: str) -> KeyGrant | None:
    close_old_connections()  # a connection that broke is replaced, as between two web requests
    return key_grant_get(key)


def _bind(grpc_server: grpc.aio.Server, endpoints: Endpoints) -> socket.socket:
    """Take both ports; the socket of the HTTP one."""
    is_ipv6 = ":" in endpoints.host
    address = f"[{endpoints.host}]" if is_ipv6 else endpoints.host
    try:
        grpc_server.add_insecure_port(f"{address}:{endpoints.grpc_port}")
    except RuntimeError:
        raise PortTakenError(
            f"OTLP/gRPC cannot listen on {address}:{endpoints.grpc_port}; LINESIDE_OTLP_GRPC_PORT moves it"
        ) from None
    try:
        return socket.create_server(
            (endpoints.host, endpoints.http_port),
            family=socket.AF_INET6 if is_ipv6 else socket.AF_INET,
            backlog=2048,
        )
    except OSError as error:
        raise PortTakenError(
            f"OTLP/HTTP cannot listen on {address}:{endpoints.http_port} ({error.strerror}); "
            "LINESIDE_OTLP_HTTP_PORT moves it"
        ) from None


def _make_http_server(export: TraceExport) -> uvicorn.Server:
    return HttpServer(
        uvicorn.Config(
            HttpApp(export),
            http=BoundedHttpProtocol,
            ws="none",
            lifespan="off",
            access_log=False,
            log_config=None,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=round(DRAIN_S),
        )
    )


async def _wait_for_signal() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()
