"""All supervised processes together: their output, their ends, their restarts, their common end."""

import math
import os
import selectors
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from config.embedded.child import Child, ChildPlan
from config.embedded.console import Console
from config.embedded.leftovers import notes_write, session_kill
from config.embedded.make_watch import MakeWatch

TICK_SECONDS = 0.2


class StopRequestedError(Exception):
    """Somebody wants the installation to end: SIGINT, SIGTERM, SIGHUP, or the end of `make`."""


class Crew:
    """The processes of one installation. Everything happens in `tick`, in one thread.

    One thread, since the kernel's promise to end a child with its parent holds for the thread that started it.
    """

    def __init__(self, *, console: Console, notes_directory: Path) -> None:
        self.children: list[Child] = []
        self.is_stop_requested = False
        self._is_stopping = False
        self._console = console
        self._notes_directory = notes_directory
        self._make = MakeWatch()
        self._selector = selectors.DefaultSelector()

    def listen_for_signals(self) -> None:
        """Take SIGINT, SIGTERM and SIGHUP as the wish to end, and wake up at once for them and for ended children."""
        reader, writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        self._selector.register(reader, selectors.EVENT_READ, None)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._request_stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def add(self, plan: ChildPlan) -> Child:
        """Start a process and watch it from now on."""
        child = Child(plan)
        self.children.append(child)
        self._start(child)
        return child

    def wait_for(self, is_reached: Callable[[], bool], *, every_seconds: float = TICK_SECONDS) -> None:
        """Keep watching until `is_reached`; StopRequestedError when the end is wanted first."""
        while not is_reached():
            self.tick(seconds=every_seconds)
            if self.is_stop_requested:
                raise StopRequestedError

    def watch(self, *, seconds: float = math.inf) -> None:
        """Keep watching for so long; StopRequestedError when the end is wanted first."""
        until = time.monotonic() + seconds
        self.wait_for(lambda: time.monotonic() >= until, every_seconds=min(seconds, TICK_SECONDS))

    def tick(self, *, seconds: float = TICK_SECONDS) -> None:
        """Wait for something to happen, at most so long, and deal with it."""
        for key, _ in self._selector.select(seconds):
            if key.data is None:
                os.read(key.fd, 4096)  # signal numbers, which the handlers have seen
            else:
                self._read(key.data)
        now = time.monotonic()
        for child in self.children:
            self._look_after(child, now=now)
        if self._make.has_given_up():
            self.is_stop_requested = True
        self._console.flush()

    def stop(self, children: Sequence[Child], *, patience_seconds: float) -> None:
        """End these processes together: their stop signal, some patience, then SIGKILL to what is left."""
        self._is_stopping = True
        for child in children:
            if child.process is not None:
                child.process.send_signal(child.plan.stop_signal)
        give_up_at = time.monotonic() + patience_seconds
        while any(child.process for child in children) and time.monotonic() < give_up_at:
            self.tick()
        for child in children:
            if child.process is not None and child.note is not None:
                self._console.line(
                    f"{child.plan.name} has not ended after {patience_seconds:.0f} s and is killed"
                )
                session_kill(child.note)
        while any(child.process for child in children):
            self.tick()

    def _request_stop(self, number: int, _: object) -> None:
        self.is_stop_requested = True

    def _start(self, child: Child) -> None:
        child.start(now=time.monotonic())
        if child.output is not None:
            self._selector.register(child.output, selectors.EVENT_READ, child)
        notes_write(self._notes_directory, [child.note for child in self.children if child.note is not None])

    def _look_after(self, child: Child, *, now: float) -> None:
        if child.reap(now=now):
            self._clear_away(child)
            self._tell_end(child, now=now)
        elif child.restart_at is not None and now >= child.restart_at and not self._is_stopping:
            self._start(child)

    def _clear_away(self, child: Child) -> None:
        """What an ended process leaves: lines in its pipe, and offspring that would hold on to its port."""
        if child.note is not None:
            session_kill(child.note)
        if child.output is not None:
            if not child.output.is_at_end:
                self._selector.unregister(child.output)
            child.pass_on(child.output.read_rest())
            child.output = None

    def _tell_end(self, child: Child, *, now: float) -> None:
        if child.restart_at is not None and not self._is_stopping:
            delay = child.restart_at - now
            self._console.line(
                f"{child.plan.name} ended ({child.end_reason()}); it starts again in {delay:.0f} s"
            )

    def _read(self, child: Child) -> None:
        if child.output is None:
            return
        child.pass_on(child.output.read())
        if child.output.is_at_end:
            self._selector.unregister(child.output)
