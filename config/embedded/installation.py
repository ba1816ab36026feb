"""What an installation is made of: its addresses, its secrets, its data directory."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from config.embedded.errors import StartError
from config.embedded.files import write_private
from config.processes import DEFAULT_PORTS

DEFAULT_DATA_DIR = Path(__file__).resolve().parent.parent.parent / "var"
SECRET_VARIABLES = {
    "secret_key": "LINESIDE_SECRET_KEY",
    "api_key": "LINESIDE_API_KEY",
    "admin_password": "LINESIDE_ADMIN_PASSWORD",
}


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """Where the installation listens. `ports` are by the variable that moves each."""

    host: str
    ports: Mapping[str, int]

    @property
    def reachable_host(self) -> str:
        """The address by which this machine reaches itself, whatever is bound, in the form that URLs need."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104
        return f"[{host}]" if ":" in host else host

    def url(self, variable: str) -> str:
        """The HTTP address of what listens on the port that `variable` names."""
        return f"http://{self.reachable_host}:{self.ports[variable]}"


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """Everything that is generated once and kept."""

    secret_key: str = field(repr=False)
    api_key: str = field(repr=False)
    admin_password: str = field(repr=False)
    postgres_password: str = field(repr=False)
    redis_password: str = field(repr=False)


def data_dir(environment: Mapping[str, str]) -> Path:
    """The data directory of this environment, as an absolute path."""
    return Path(environment.get("LINESIDE_DATA_DIR") or DEFAULT_DATA_DIR).expanduser().resolve()


def addresses(environment: Mapping[str, str]) -> Addresses:
    """Where to listen, by the LINESIDE_* variables; StartError where they make no sense."""
    ports = {name: _port(environment, name=name, default=default) for name, default in DEFAULT_PORTS.items()}
    for name, port in ports.items():
        twins = [other for other in ports if other != name and ports[other] == port]
        if twins:
            raise StartError(f"{name} and {twins[0]} are both {port}: give each a port of its own.")
    return Addresses(host=environment.get("LINESIDE_HOST") or "127.0.0.1", ports=ports)


def _port(environment: Mapping[str, str], *, name: str, default: int) -> int:
    text = environment.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise StartError(f"{name} is “{text}”, which is no port: give a number from 1 to 65535.")
    return int(text)


def secrets_keep(path: Path, *, environment: Mapping[str, str]) -> Secrets:
    """The secrets in the file `path`, completed with new ones and written back where some were missing.

    A variable that is set is used for this run in place of what is kept.
    """
    kept = _read(path)
    made = {
        "secret_key": secrets.token_urlsafe(48),
        "api_key": f"ls_{secrets.token_urlsafe(24)}",
        "admin_password": secrets.token_urlsafe(12),
        "postgres_password": secrets.token_urlsafe(24),
        "redis_password": secrets.token_urlsafe(24),
    }
    if made.keys() - kept.keys():
        kept = {**made, **kept}
        write_private(path, json.dumps(kept, indent=2) + "\n")
    given = {
        name: environment[variable]
        for name, variable in SECRET_VARIABLES.items()
        if environment.get(variable)
    }
    return Secrets(**{name: {**kept, **given}[name] for name in made})


def _read(path: Path) -> dict[str, str]:
    try:
        kept = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise StartError(
            f"{path} cannot be read ({error}): it holds the passwords of the data beside it; "
            "restore it from a copy, or move the whole directory away to start anew."
        ) from error
    return {str(name): str(value) for name, value in kept.items()}
