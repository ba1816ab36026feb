"""The processes of an installation and their command lines.

One list for all ways to run Lineside: the one-machine supervisor starts these, and docker-compose.yml names
exactly these (a test compares them). Each reads everything else from the environment.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Process:
    """One program that runs for as long as the installation does. `command` starts with the word python."""

    name: str
    command: tuple[str, ...]
    port_variables: tuple[str, ...] = ()


# Runs to its end before the others count as ready: migrations, the default project, the sign-in link.
PREPARE = ("python", "-m", "config.prepare")

WEB = Process(name="web", command=("python", "-m", "config.web"), port_variables=("LINESIDE_HTTP_PORT",))
RECEIVER = Process(
    name="receiver",
    command=("python", "manage.py", "receiver"),
    port_variables=("LINESIDE_OTLP_GRPC_PORT", "LINESIDE_OTLP_HTTP_PORT"),
)
# Quiet: Celery's banner says nothing that this list and the settings do not say.
CELERY = ("python", "-m", "celery", "-A", "config.celery", "-q")
# Gossip and mingle make workers of one installation know each other, which nothing here uses; they cost
# seconds at the start.
WORKER = Process(name="worker", command=(*CELERY, "worker", "--without-gossip", "--without-mingle"))
BEAT = Process(name="beat", command=(*CELERY, "beat"))

PROCESSES = (RECEIVER, WEB, WORKER, BEAT)

DEFAULT_PORTS = {
    "LINESIDE_HTTP_PORT": 8000,
    "LINESIDE_OTLP_GRPC_PORT": 4317,
    "LINESIDE_OTLP_HTTP_PORT": 4318,
}
