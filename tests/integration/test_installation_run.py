"""`make run` from start to end: what it says, what it restarts, what it leaves, what it recovers from.

Slow by nature: real servers and real processes. One installation lives through one story.
"""

import os
import re
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import httpx
import psycopg
import pytest
from redis import Redis

from tests.integration.installation_process import END_S, Installation, running_installation
from tests.integration.processes import ROOT
from tests.integration.receiver_process import Receiver
from tests.otlp_requests import make_request, make_span


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that the system user of the embedded servers can reach."""
    for path in (tmp_path, *tmp_path.parents):
        if path.name.startswith("pytest-"):
            path.chmod(0o711)
    return tmp_path


def test_it_says_where_everything_is_survives_crashes_and_leaves_nothing(folder):
    with running_installation(folder / "var", log_path=folder / "log") as installation:
        _it_shows_one_box(installation)
        _run_env_is_private_and_true(installation)
        _the_sign_in_link_works_once(installation)
        _servers_listen_on_loopback_with_a_password(installation)
        _a_child_that_dies_is_started_again(installation)
        _a_second_supervisor_is_refused(installation)
        stored = _stored_spans(installation)
        assert stored > 0
        assert installation.end(signal.SIGINT) == 0
        assert installation.processes() == {}
        assert not (folder / "var" / "run.env").exists()
        assert "database system is shut down" in (folder / "var" / "postgres" / "postgres.log").read_text()

        key = re.search(r"Key +(\S+)", installation.log())[1]
        _it_recovers_from_kill_9_of_the_supervisor(installation)
        _it_recovers_from_kill_9_of_everything(installation)
        assert installation.run_env()["LINESIDE_API_KEY"] == key
        assert _stored_spans(installation) == stored
        assert installation.end() == 0
        assert installation.processes() == {}


def test_two_instances_live_side_by_side(folder):
    with (
        running_installation(folder / "one", log_path=folder / "one.log") as one,
        running_installation(folder / "two", log_path=folder / "two.log") as two,
    ):
        assert one.status("/readyz") == two.status("/readyz") == 200
        assert one.run_env()["LINESIDE_API_KEY"] != two.run_env()["LINESIDE_API_KEY"]
        assert _export(one) == "OK"
        assert (_stored_spans(one), _stored_spans(two)) == (1, 0)
        assert one.end() == 0
        assert two.status("/readyz") == 200


@pytest.mark.parametrize(
    "variable", ["LINESIDE_HTTP_PORT", "LINESIDE_OTLP_GRPC_PORT", "LINESIDE_OTLP_HTTP_PORT"]
)
def test_a_taken_port_is_one_sentence_with_the_variable_that_moves_it(folder, variable):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        installation = Installation(folder / "var", log_path=folder / "log", **{variable: str(port)})
        assert installation.process.wait(END_S) == 1
    assert installation.processes() == {}
    said = [line for line in installation.log().splitlines() if line and not line.startswith("lineside |")]
    assert said == [
        f"Port {port} of 127.0.0.1 is taken by another program: stop that, or set {variable} to a free port."
    ]


def _it_shows_one_box(installation):
    box = installation.log().split("─\n")[1]
    ports = installation.ports
    key = installation.run_env()["LINESIDE_API_KEY"]
    assert re.search(rf"http://localhost:{ports['LINESIDE_HTTP_PORT']}/sign-in/\S+/", box)
    for line in (
        f"OTLP/gRPC   http://127.0.0.1:{ports['LINESIDE_OTLP_GRPC_PORT']}",
        f"OTLP/HTTP   http://127.0.0.1:{ports['LINESIDE_OTLP_HTTP_PORT']}/v1/traces",
        f"Key         {key}",
        f"  export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:{ports['LINESIDE_OTLP_GRPC_PORT']}",
        f'  export OTEL_EXPORTER_OTLP_HEADERS="x-api-key={key}"',
        "  export OTEL_EXPORTER_OTLP_PROTOCOL=grpc",
    ):
        assert line in box.splitlines()


def _run_env_is_private_and_true(installation):
    path = installation.directory / "run.env"
    values = installation.run_env()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert values["DATABASE_URL"] == values["LINESIDE_DATABASE_URL"]
    with psycopg.connect(values["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT count(*) FROM projects_project").fetchone() == (1,)
    with Redis.from_url(values["REDIS_URL"]) as redis:
        assert redis.ping()


def _the_sign_in_link_works_once(installation):
    link = re.search(r"/sign-in/\S+/", installation.log())[0]
    places = []
    for _ in range(2):
        with httpx.Client(base_url=installation.url, follow_redirects=True) as client:
            places.append(client.get(link).url.path)
    assert places == ["/p/default/", link]


def _servers_listen_on_loopback_with_a_password(installation):
    values = installation.run_env()
    database = psycopg.conninfo.conninfo_to_dict(values["DATABASE_URL"])
    assert database["host"] == "127.0.0.1"
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(**{**database, "password": "guessed"})
    port = int(values["REDIS_URL"].rpartition(":")[2].partition("/")[0])
    with Redis(host="127.0.0.1", port=port) as redis, pytest.raises(Exception, match=r"(?i)auth"):
        redis.ping()
    for own_port in (int(database["port"]), port):
        assert _addresses_of_listeners(own_port) == {"0100007F"}  # 127.0.0.1, as /proc/net/tcp writes it


def _addresses_of_listeners(port: int) -> set[str]:
    lines = [*Path("/proc/net/tcp").read_text().splitlines()[1:]]
    if Path("/proc/net/tcp6").exists():
        lines += Path("/proc/net/tcp6").read_text().splitlines()[1:]
    sockets = [line.split() for line in lines]
    return {
        local.partition(":")[0]
        for _, local, _, state, *_ in sockets
        if state == "0A" and int(local.partition(":")[2], 16) == port
    }


def _a_child_that_dies_is_started_again(installation):
    old = installation.find("manage.py receiver")
    os.kill(old, signal.SIGKILL)
    installation.await_(
        lambda: "receiver ended (killed by SIGKILL); it starts again in 1 s" in installation.log()
    )
    installation.await_(lambda: _export(installation) == "OK")
    assert installation.find("manage.py receiver") != old


def _a_second_supervisor_is_refused(installation):
    second = subprocess.run(
        [sys.executable, "-m", "config.embedded"],
        cwd=ROOT,
        env={**os.environ, "LINESIDE_DATA_DIR": str(installation.directory)},
        capture_output=True,
        text=True,
        timeout=END_S,
        check=False,
    )
    assert second.returncode == 1
    assert f"Lineside already runs on {installation.directory}" in second.stderr
    assert installation.status("/readyz") == 200


def _it_recovers_from_kill_9_of_the_supervisor(installation):
    _start_again(installation)
    installation.end(signal.SIGKILL)
    _start_again(installation)


def _it_recovers_from_kill_9_of_everything(installation):
    for pid in [installation.process.pid, *installation.processes()]:
        os.kill(pid, signal.SIGKILL)
    installation.process.wait()
    assert (installation.directory / "postgres" / "data" / "postmaster.pid").exists()
    _start_again(installation)


def _start_again(installation):
    installation.log_path.write_text("")
    installation.start()
    installation.await_ready()


def _export(installation) -> str:
    receiver = Receiver(
        installation.process,
        installation.ports["LINESIDE_OTLP_GRPC_PORT"],
        installation.ports["LINESIDE_OTLP_HTTP_PORT"],
        installation.log_path,
    )
    key = installation.run_env()["LINESIDE_API_KEY"]
    return receiver.export_grpc(make_request(make_span()).SerializeToString(), key=key).code


def _stored_spans(installation) -> int:
    with psycopg.connect(installation.run_env()["DATABASE_URL"]) as connection:
        return connection.execute("SELECT count(*) FROM traces_span").fetchone()[0]
