"""docker-compose.yml runs exactly the processes of the code, with its ports and its variables.

It was never run here: there is no Docker engine in the tests. What is checked is that the file parses and agrees
with config/processes.py and config/settings.py.
"""

import re
from pathlib import Path

import pytest
import yaml

from config.processes import DEFAULT_PORTS, PREPARE, PROCESSES

HOME = Path(__file__).resolve().parents[2]
VARIABLE = re.compile(r"\$\{(?P<name>[A-Z_]+)(?::[-?](?P<default>[^}]*))?\}")
SETTING = re.compile(r"env\.\w+\(\s*\"(LINESIDE_\w+)\"")
OURS = {process.name: process for process in PROCESSES}


@pytest.fixture(scope="module")
def services() -> dict:
    return yaml.safe_load((HOME / "docker-compose.yml").read_text())["services"]


@pytest.fixture(scope="module")
def settings_variables() -> set[str]:
    return set(SETTING.findall((HOME / "config" / "settings.py").read_text()))


def test_it_names_the_processes_of_the_code_and_the_two_servers(services):
    assert services.keys() == OURS.keys() | {"prepare", "postgres", "redis"}


def test_it_runs_the_same_servers_that_are_promised(services):
    assert services["postgres"]["image"] == "postgres:17"
    assert services["redis"]["image"] == "redis:7"


@pytest.mark.parametrize("name", OURS)
def test_a_process_has_the_command_of_the_code(services, name):
    assert tuple(services[name]["command"]) == OURS[name].command


def test_the_preparation_has_the_command_of_the_code_and_runs_once(services):
    assert tuple(services["prepare"]["command"]) == PREPARE
    assert services["prepare"]["restart"] == "no"


@pytest.mark.parametrize("name", OURS)
def test_a_process_publishes_its_ports_and_their_variables_move_them(services, name):
    published = [
        f"${{LINESIDE_HOST:-127.0.0.1}}:${{{variable}:-{DEFAULT_PORTS[variable]}}}:{DEFAULT_PORTS[variable]}"
        for variable in OURS[name].port_variables
    ]
    assert services[name].get("ports", []) == published


@pytest.mark.parametrize("name", OURS)
def test_a_process_waits_for_the_preparation(services, name):
    assert services[name]["depends_on"] == {"prepare": {"condition": "service_completed_successfully"}}


@pytest.mark.parametrize("name", [*OURS, "prepare"])
def test_a_process_gets_only_variables_that_the_settings_read(services, settings_variables, name):
    given = services[name]["environment"]
    assert given.keys() <= settings_variables
    assert {"LINESIDE_DATABASE_URL", "LINESIDE_REDIS_URL", "LINESIDE_SECRET_KEY"} <= given.keys()


def test_a_variable_that_is_passed_on_keeps_its_name(services):
    for service in services.values():
        for name, value in service["environment"].items() if "environment" in service else ():
            found = VARIABLE.fullmatch(str(value))
            assert found is None or found["name"] == name


def test_secrets_have_no_default(services):
    needed = {"LINESIDE_SECRET_KEY", "LINESIDE_ADMIN_PASSWORD", "LINESIDE_API_KEY"}
    given = services["web"]["environment"]
    assert all(given[name].startswith(f"${{{name}:?") for name in needed)
    assert "${POSTGRES_PASSWORD:?" in given["LINESIDE_DATABASE_URL"]


def test_readiness_waits_for_both_doors_of_the_receiver(services):
    doors = [f"receiver:{DEFAULT_PORTS[name]}" for name in OURS["receiver"].port_variables]
    assert services["web"]["environment"]["LINESIDE_READYZ_RECEIVERS"].split(",") == doors


def test_the_image_exposes_the_same_ports_and_binds_all_addresses():
    text = (HOME / "Dockerfile").read_text()
    assert f"EXPOSE {' '.join(map(str, DEFAULT_PORTS.values()))}\n" in text
    assert "LINESIDE_HOST=0.0.0.0" in text


def test_the_image_holds_every_room_that_the_processes_need():
    kept = {line[1:] for line in (HOME / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    rooms = {path.parent.name for path in HOME.glob("*/__init__.py")} - {"tests", "scripts"}
    assert rooms | {"manage.py", "requirements.lock", "static", "templates"} <= kept
    assert all((HOME / name).exists() for name in kept)
