"""Processes that an earlier supervisor left behind, and their end.

Each process that the supervisor starts is noted in the data directory with its id and with what tells it from a
later process of the same id: the boot and the clock tick that it started in.
"""

import json
import os
import signal
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
FILE_NAME = "processes.json"


@dataclass(frozen=True, kw_only=True)
class Note:
    """One process that leads a session of its own."""

    name: str
    pid: int
    boot: str
    started_tick: int
    stop_signal: int


@dataclass(frozen=True, slots=True)
class Stat:
    """What the kernel says about a process."""

    state: str
    session: int
    started_tick: int


def note_take(*, name: str, pid: int, stop_signal: signal.Signals) -> Note | None:
    """A note of a process that runs; None when it has already ended."""
    stat = process_stat(pid)
    if stat is None:
        return None
    return Note(
        name=name, pid=pid, boot=boot_id(), started_tick=stat.started_tick, stop_signal=int(stop_signal)
    )


def notes_write(directory: Path, notes: Iterable[Note]) -> None:
    """Replace the notes of `directory`."""
    beside = directory / f"{FILE_NAME}.new"
    beside.write_text(json.dumps([asdict(note) for note in notes], indent=1))
    beside.rename(directory / FILE_NAME)


def notes_read(directory: Path) -> list[Note]:
    """The notes of `directory`; none where the file is missing or was cut off."""
    try:
        return [Note(**entry) for entry in json.loads((directory / FILE_NAME).read_text())]
    except (OSError, ValueError, TypeError):
        return []


def process_stat(pid: int) -> Stat | None:
    """State, session and start of a process; None when there is none."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    # The second field is the program's name in parentheses, which may itself hold spaces and parentheses.
    fields = text.rpartition(")")[2].split()
    return Stat(state=fields[0], session=int(fields[3]), started_tick=int(fields[19]))


def boot_id() -> str:
    """What tells this boot of the machine from every other."""
    return BOOT_ID.read_text().strip()


def is_alive(note: Note) -> bool:
    """Whether the very process of the note still runs."""
    stat = process_stat(note.pid)
    return (
        stat is not None
        and stat.state != "Z"
        and stat.started_tick == note.started_tick
        and note.boot == boot_id()
    )


def session_members(note: Note) -> list[int]:
    """The running processes of the session that the noted process led or leads.

    An id stays taken while a session bears it, so a session of this id whose members started no earlier than
    the noted process, with no other leader, is that process's own.
    """
    if note.boot != boot_id():
        return []
    leader = process_stat(note.pid)
    if leader is not None and leader.started_tick != note.started_tick:
        return []
    found = []
    for entry in Path("/proc").iterdir():
        stat = process_stat(int(entry.name)) if entry.name.isdigit() else None
        if stat is not None and stat.state != "Z" and _is_of_session(stat, note=note):
            found.append(int(entry.name))
    return found


def _is_of_session(stat: Stat, *, note: Note) -> bool:
    return stat.session == note.pid and stat.started_tick >= note.started_tick


def leftovers_end(notes: Sequence[Note], *, patience_seconds: float) -> list[Note]:
    """End what still runs of `notes`, in their order; give the notes of what did.

    Each gets its own stop signal and `patience_seconds`, then SIGKILL to its whole session.
    """
    alive = [note for note in notes if session_members(note)]
    for note in alive:
        if is_alive(note):
            os.kill(note.pid, note.stop_signal)
        _await_end(note, seconds=patience_seconds if is_alive(note) else 1)
        session_kill(note)
        _await_end(note, seconds=5)
    return alive


def session_kill(note: Note) -> None:
    """SIGKILL to every process of the session that the noted process led or leads."""
    for pid in session_members(note):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def _await_end(note: Note, *, seconds: float) -> None:
    give_up_at = time.monotonic() + seconds
    while session_members(note) and time.monotonic() < give_up_at:
        time.sleep(0.05)
