"""Pieces of the supervisor: delays, lines, the console, ports, what earlier runs left behind."""

import os
import signal
import socket
import subprocess
import time

import pytest

from config.embedded.child import Child, ChildPlan, restart_delay_seconds, signal_name
from config.embedded.console import PIPE_BYTES, Console
from config.embedded.errors import StartError
from config.embedded.installation import Addresses
from config.embedded.leftovers import Note, is_alive, leftovers_end, note_take, notes_read, notes_write
from config.embedded.lines import CHUNK_BYTES, LineReader
from config.embedded.lock import data_directory_lock
from config.embedded.ports import port_choose, ports_check
from config.embedded.spawn import spawn


def test_the_delay_of_restarts_grows_up_to_a_minute():
    assert [restart_delay_seconds(failures) for failures in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert restart_delay_seconds(10_000) == 60


def run_once(child: Child, *, now: float, lived_s: float) -> float | None:
    """Start it, let it end after it lived so long by our clock; the delay until the next start."""
    child.start(now=now)
    child.process.wait()
    assert child.reap(now=now + lived_s)
    child.pass_on(child.output.read_rest())
    return None if child.restart_at is None else child.restart_at - now - lived_s


def test_early_ends_in_a_row_are_counted_and_a_steady_run_forgives_them(tmp_path):
    child = Child(ChildPlan(name="brief", command=["/bin/false"], environment={}, directory=tmp_path))
    assert [run_once(child, now=100.0, lived_s=life) for life in (1, 1, 1, 60, 1)] == [1, 2, 4, 1, 2]


def test_an_end_says_its_exit_code_and_its_last_line(tmp_path):
    said = []
    command = ["/bin/sh", "-c", "echo first; echo the reason; exit 3"]
    child = Child(
        ChildPlan(name="sh", command=command, environment={}, directory=tmp_path, on_line=said.append)
    )
    child.start(now=0.0)
    child.process.wait()
    child.reap(now=0.0)
    child.pass_on(child.output.read_rest())
    assert said == ["first", "the reason"]
    assert child.end_reason() == "exit code 3: the reason"


def test_signals_have_names():
    assert (signal_name(9), signal_name(999)) == ("SIGKILL", "signal 999")


def test_lines_are_cut_out_of_what_comes():
    reading, writing = os.pipe()
    reader = LineReader(os.fdopen(reading, "rb", buffering=0))
    assert reader.read() == []
    os.write(writing, b"one\ntw")
    assert reader.read() == ["one"]
    os.write(writing, b"o\nrest \xff")
    assert reader.read() == ["two"]
    os.close(writing)
    assert reader.read_rest() == ["rest \ufffd"]


def test_a_line_without_end_is_cut():
    reading, writing = os.pipe()
    reader = LineReader(os.fdopen(reading, "rb", buffering=0))
    os.set_blocking(writing, False)
    found = []
    for _ in range(4):
        os.write(writing, b"x" * (CHUNK_BYTES // 2))
        found += reader.read()
    os.close(writing)
    found += reader.read_rest()
    assert "".join(found) == "x" * (2 * CHUNK_BYTES)
    assert len(found) > 1


def test_a_reader_that_does_not_read_stops_nobody():
    reading, writing = os.pipe()
    console = Console(writing)
    for number in range(3000):
        console.line(f"{number} " + "x" * 200)
    os.set_blocking(reading, False)
    taken = b""
    for _ in range(2000):
        try:
            taken += os.read(reading, PIPE_BYTES)
        except BlockingIOError:
            break
        console.flush()
    text = taken.decode()
    assert "lineside | 2999 " in text  # the newest is kept, the oldest was dropped
    os.close(reading)
    console.line("nobody listens")
    os.close(writing)


def test_a_taken_port_is_named_with_the_variable_that_moves_it():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StartError, match=f"Port {port} of 127.0.0.1 is taken.*set LINESIDE_HTTP_PORT"):
            ports_check(Addresses(host="127.0.0.1", ports={"LINESIDE_HTTP_PORT": port}))


def test_a_host_that_is_not_of_this_machine_is_named():
    with pytest.raises(
        StartError, match=r"LINESIDE_HOST is “192.0.2.1”, which is no address of this machine"
    ):
        ports_check(Addresses(host="192.0.2.1", ports={"LINESIDE_HTTP_PORT": 18123}))


def test_a_server_keeps_its_port_while_it_is_free(tmp_path):
    remembered = tmp_path / "port"
    port = port_choose(remembered)
    assert port_choose(remembered) == port
    with socket.create_server(("127.0.0.1", port)):
        assert port_choose(remembered) != port


def test_a_data_directory_has_one_supervisor(tmp_path):
    with (
        data_directory_lock(tmp_path),
        pytest.raises(StartError, match=f"already runs on .* \\(process {os.getpid()}\\)"),
        data_directory_lock(tmp_path),
    ):
        pass
    with data_directory_lock(tmp_path):
        pass


@pytest.fixture
def sleeper(tmp_path):
    """A process in a session of its own, as the supervisor starts them."""
    process = spawn(["/bin/sleep", "60"], env={}, cwd=tmp_path, output=subprocess.DEVNULL)
    yield process
    process.kill()
    process.wait()


def test_notes_of_processes_survive_a_supervisor(tmp_path, sleeper):
    note = note_take(name="sleeper", pid=sleeper.pid, stop_signal=signal.SIGTERM)
    notes_write(tmp_path, [note])
    assert notes_read(tmp_path) == [note]
    (tmp_path / "processes.json").write_text("[{")
    assert notes_read(tmp_path) == []


def test_what_an_earlier_run_left_is_ended(sleeper):
    note = note_take(name="sleeper", pid=sleeper.pid, stop_signal=signal.SIGTERM)
    assert leftovers_end([note], patience_seconds=5) == [note]
    assert sleeper.wait() == -signal.SIGTERM
    assert leftovers_end([note], patience_seconds=5) == []


def test_a_later_process_of_the_same_id_is_left_alone(sleeper):
    note = note_take(name="sleeper", pid=sleeper.pid, stop_signal=signal.SIGTERM)
    for other in (
        Note(**{**vars_of(note), "started_tick": note.started_tick - 1}),
        Note(**{**vars_of(note), "boot": "another"}),
    ):
        assert not is_alive(other)
        assert leftovers_end([other], patience_seconds=1) == []
    time.sleep(0.05)
    assert sleeper.poll() is None


def vars_of(note: Note) -> dict:
    return {name: getattr(note, name) for name in Note.__dataclass_fields__}
