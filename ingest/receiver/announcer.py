"""Tells the worker that there is something to summarise, at most a few times a second."""

import logging
import threading

from traces.tasks import summarise_touched

logger = logging.getLogger(__name__)

INTERVAL_S = 0.2
"""Between two announcements: what a trace waits for its summary at most, and a bound on the load of the broker."""

EXPIRES_S = 10.0
"""An announcement that no worker took is worth nothing: whoever comes next sweeps all marks."""


class SummaryAnnouncer:
    """A thread of its own, so that a slow or missing broker costs the ingest nothing. Beat sweeps what is missed."""

    def __init__(self) -> None:
        self._is_wanted = threading.Event()
        self._is_stopping = threading.Event()
        self._is_away = False
        self._thread = threading.Thread(target=self._run, name="announcer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def announce(self) -> None:
        """Something was stored. Returns at once; many calls become one announcement."""
        self._is_wanted.set()

    def stop(self) -> None:
        """Send a last announcement if one is wanted, and end. Waits for it only briefly."""
        self._is_stopping.set()
        self._is_wanted.set()
        self._thread.join(timeout=2)

    def _run(self) -> None:
        while not self._is_stopping.is_set():
            self._is_wanted.wait()
            self._is_wanted.clear()
            self._send()
            self._is_stopping.wait(INTERVAL_S)

    def _send(self) -> None:
        try:
            summarise_touched.apply_async(expires=EXPIRES_S, retry=False, ignore_result=True)
        except Exception as error:  # the broker's client raises whatever its transport raises
            if not self._is_away:
                logger.warning("the worker cannot be told of new spans: %s", error)
            self._is_away = True
        else:
            self._is_away = False
