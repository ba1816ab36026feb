"""`run.env`: what a program on this machine needs to talk to the running installation."""

from collections.abc import MutableMapping
from pathlib import Path

from config.embedded.files import write_private
from config.embedded.installation import data_dir

FILE_NAME = "run.env"


def run_env_write(directory: Path, *, values: dict[str, str]) -> Path:
    """Write NAME=value lines that only we can read, and give the file's place."""
    path = directory / FILE_NAME
    write_private(path, "".join(f"{name}={value}\n" for name, value in values.items()))
    return path


def run_env_delete(directory: Path) -> None:
    """Take the file away: nothing runs any more."""
    (directory / FILE_NAME).unlink(missing_ok=True)


def run_env_read(directory: Path) -> dict[str, str]:
    """The values of an installation that runs on `directory`; empty where none does."""
    try:
        lines = (directory / FILE_NAME).read_text().splitlines()
    except OSError:
        return {}
    return dict(line.split("=", 1) for line in lines if "=" in line)


def run_env_apply(environment: MutableMapping[str, str]) -> None:
    """Let commands typed by hand reach the running installation: fill in what `environment` does not set."""
    if "LINESIDE_DATABASE_URL" in environment:
        return
    for name, value in run_env_read(data_dir(environment)).items():
        environment.setdefault(name, value)
