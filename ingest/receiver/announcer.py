"""Tells the worker that there is something to summarise, at most a few times a second."""

import logging
import threading
from typing import Any

from celery import current_app

from traces.tasks import summarise_touched

logger = logging.getLogger(__name__)

INTERVAL_S = 0.2
"""Between two announcements: what a trace waits for its summary at most, and a bound on the load of the broker."""

EXPIRES_S = 10.0
"""An announcement that no worker took is worth nothing: whoever comes next sweeps all marks."""

_TRANSPORT = {"max_retries": 0, "socket_connect_timeout": 1, "socket_timeout": 1}
"""A broker that is away is left alone until the next announcement: the client's own retries take six seconds, for
which the end of the process would have to wait."""


class SummaryAnnouncer:
    """A thread of its own, so that a slow or missing broker costs the ingest nothing. Beat sweeps what is missed."""

    def __init__(self) -> None:
        self._is_wanted = threading.Event()
        self._is_stopping = threading.Event()
        self._is_away = False
        self._connection: Any = None
        self._thread = threading.Thread(target=self._run, name="announcer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def announce(self) -> None:
        """Something was stored. Returns at once; many calls become one announcement."""
        self._is_wanted.set()

    def stop(self) -> None:
        """Send a last announcement, and end."""
        self._is_stopping.set()
        self._is_wanted.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        is_last = False
        while not is_last:
            self._is_wanted.wait()
            is_last = self._is_stopping.is_set()
            self._is_wanted.clear()
            self._send()
            self._is_stopping.wait(INTERVAL_S)

    def _send(self) -> None:
        try:
            if self._connection is None:
                self._connection = current_app.connection_for_write(transport_options=_TRANSPORT)
            summarise_touched.apply_async(
                connection=self._connection, expires=EXPIRES_S, retry=False, ignore_result=True
            )
        except Exception as error:  # the broker's client raises whatever its transport raises
            if not self._is_away:
                logger.warning("the worker cannot be told of new spans: %s", error)
            self._is_away = True
            self._connection = None  # whatever state it is in
        else:
            self._is_away = False
