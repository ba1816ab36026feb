"""Addresses and secrets of a one-machine installation."""

import json
import stat

import pytest

from config.embedded.errors import StartError
from config.embedded.installation import Secrets, addresses, data_dir, secrets_keep


def test_ports_and_host_have_the_documented_defaults():
    found = addresses({})
    assert found.host == "127.0.0.1"
    assert found.ports == {
        "LINESIDE_HTTP_PORT": 8000,
        "LINESIDE_OTLP_GRPC_PORT": 4317,
        "LINESIDE_OTLP_HTTP_PORT": 4318,
    }


@pytest.mark.parametrize("text", ["0", "65536", "-1", "http", "80.0", "٣"])
def test_what_is_no_port_is_refused_by_the_name_of_its_variable(text):
    with pytest.raises(StartError, match=f"LINESIDE_HTTP_PORT is “{text}”, which is no port"):
        addresses({"LINESIDE_HTTP_PORT": text})


def test_one_port_for_two_doors_is_refused():
    with pytest.raises(StartError, match="LINESIDE_HTTP_PORT and LINESIDE_OTLP_GRPC_PORT are both 4317"):
        addresses({"LINESIDE_HTTP_PORT": "4317"})


@pytest.mark.parametrize(
    ("host", "reachable"),
    [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::", "[::1]"), ("fe80::1", "[fe80::1]")],  # noqa: S104
)
def test_an_address_for_all_interfaces_is_reached_over_loopback(host, reachable):
    found = addresses({"LINESIDE_HOST": host})
    assert found.url("LINESIDE_HTTP_PORT") == f"http://{reachable}:8000"


def test_the_data_directory_is_absolute(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert data_dir({"LINESIDE_DATA_DIR": "here"}) == tmp_path.resolve() / "here"


def test_secrets_are_made_once_and_kept_where_only_the_owner_reads(tmp_path):
    path = tmp_path / "secrets.json"
    first = secrets_keep(path, environment={})
    assert secrets_keep(path, environment={}) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len({first.secret_key, first.api_key, first.admin_password, first.postgres_password}) == 4


def test_a_secret_from_the_environment_counts_for_this_run_only(tmp_path):
    path = tmp_path / "secrets.json"
    made = secrets_keep(path, environment={})
    given = secrets_keep(path, environment={"LINESIDE_API_KEY": "ls_mine"})
    assert given.api_key == "ls_mine"
    assert given.admin_password == made.admin_password
    assert secrets_keep(path, environment={}) == made


def test_a_secret_that_is_missing_is_added(tmp_path):
    path = tmp_path / "secrets.json"
    path.write_text(json.dumps({"api_key": "ls_kept"}))
    assert secrets_keep(path, environment={}).api_key == "ls_kept"
    assert json.loads(path.read_text()).keys() == Secrets.__dataclass_fields__.keys()


def test_a_broken_secrets_file_is_an_error_and_is_not_replaced(tmp_path):
    path = tmp_path / "secrets.json"
    path.write_text("{")
    with pytest.raises(StartError, match="restore it from a copy"):
        secrets_keep(path, environment={})
    assert path.read_text() == "{"


def test_secrets_do_not_show_in_a_traceback(tmp_path):
    made = secrets_keep(tmp_path / "secrets.json", environment={})
    assert made.api_key not in repr(made)
