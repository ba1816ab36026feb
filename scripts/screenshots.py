"""`make screenshots`: the pictures of the README, from an installation of their own that is gone afterwards.

Starts Lineside on a temporary data directory and free ports, sends the demo's traces, looks at the pages with
Chromium and writes docs/images/.
"""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import httpx
from playwright.sync_api import Browser, StorageState, sync_playwright

HOME = Path(__file__).resolve().parent.parent
IMAGES = HOME / "docs" / "images"
PORT_VARIABLES = ("LINESIDE_HTTP_PORT", "LINESIDE_OTLP_GRPC_PORT", "LINESIDE_OTLP_HTTP_PORT")
START_S = 180.0
STOP_S = 60.0
DEMO = ("--backfill", "3", "--for", "60", "--seed", "5")
INCIDENT_ENDED_S = 36.0
"""When the demo's live incident is over and summarised, and other runs are still under way."""
SETTLE_MS = 2_500
"""What charts need to be drawn on a small machine."""
WIDTH, HEIGHT = 1280, 860


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as a file. `path` is below the project's address."""

    name: str
    path: str
    color_scheme: str
    is_from_the_top: bool = True


@dataclass(frozen=True, slots=True)
class Installation:
    """A Lineside that runs for the pictures."""

    sign_in_link: str
    api_key: str

    @property
    def url(self) -> str:
        """Where its pages are."""
        return self.sign_in_link.split("/sign-in/", 1)[0]

    def get(self, path: str, **parameters: str) -> Any:
        """An answer of the REST interface."""
        answer = httpx.get(
            f"{self.url}/api/v1/{path}",
            params=parameters,
            headers={"x-api-key": self.api_key},
            trust_env=False,
        )
        return answer.raise_for_status().json()


def main() -> int:
    """Take all pictures; 0 when they are written."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="lineside-pictures-") as folder:
        environment = _environment(Path(folder) / "data")
        with (
            _installation(environment, log_path=Path(folder) / "lineside.log") as installation,
            _process("demo", *DEMO, environment=environment),
        ):
            time.sleep(INCIDENT_ENDED_S)
            _take_all(installation)
    return 0


def _environment(data_dir: Path) -> dict[str, str]:
    """Nothing of whoever takes the pictures, and ports that are free."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LINESIDE_", "OTEL_"))}
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in PORT_VARIABLES]
        ports = [str(each.getsockname()[1]) for each in sockets]
    return {**kept, "LINESIDE_DATA_DIR": str(data_dir), **dict(zip(PORT_VARIABLES, ports, strict=True))}


@contextlib.contextmanager
def _installation(environment: Mapping[str, str], *, log_path: Path) -> Iterator[Installation]:
    with (
        log_path.open("wb") as log,
        _process("config.embedded", environment=environment, log=log) as process,
    ):
        link = _await_line(r"^Open +(\S+)$", process=process, log_path=log_path)
        key = _await_line(r"^Key +(\S+)$", process=process, log_path=log_path)
        yield Installation(sign_in_link=link, api_key=key)


def _await_line(pattern: str, *, process: subprocess.Popen[bytes], log_path: Path) -> str:
    give_up_at = time.monotonic() + START_S
    while process.poll() is None and time.monotonic() < give_up_at:
        found = re.search(pattern, log_path.read_text(), re.MULTILINE)
        if found:
            return found[1]
        time.sleep(0.2)
    raise SystemExit(f"Lineside did not start:\n{log_path.read_text()}")


@contextlib.contextmanager
def _process(
    module: str, *arguments: str, environment: Mapping[str, str], log: IO[bytes] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A process of ours, ended as by Ctrl-C when the block ends."""
    process = subprocess.Popen(  # noqa: S603 — our own modules
        [sys.executable, "-m", module, *arguments], cwd=HOME, env=environment, stdout=log, stderr=log
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.wait(STOP_S)


def _take_all(installation: Installation) -> None:
    pictures = _pictures(installation)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        # Root in a container has no user namespace to build Chromium's sandbox from.
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        session = _sign_in(browser, installation)
        for picture in pictures:
            _take(browser, picture, installation=installation, session=session)
        browser.close()


def _pictures(installation: Installation) -> list[Picture]:
    return [
        Picture("overview-light", "", "light"),
        Picture("traces-light", "traces/", "light"),
        Picture("trace-dark", _trip_path(installation), "dark"),
        Picture("incident-light", _incident_path(installation), "light", is_from_the_top=False),
        Picture("costs-light", "costs/", "light"),
        Picture("alerts-light", "alerts/", "light"),
    ]


def _trip_path(installation: Installation) -> str:
    """A planned trip, with the planner's model call chosen."""
    wanted = 'service = "trip-planner" and status = ok and errors = 0'
    (trace,) = installation.get("traces", q=wanted, limit="1")["results"]
    spans = installation.get(f"traces/{trace['trace_id']}")["spans"]
    call = next(span for span in spans if span["prompt_name"] == "trip/planner")
    return f"traces/{trace['trace_id']}/?span={call['span_id']}"


def _incident_path(installation: Installation) -> str:
    """The incident of the live part, with the first call chosen that comes after the refused one."""
    (trace,) = installation.get("traces", q="calls = 47", limit="1")["results"]
    calls = [
        span for span in installation.get(f"traces/{trace['trace_id']}")["spans"] if span["kind"] == "llm"
    ]
    refused = next(place for place, call in enumerate(calls) if call["status"] == "error")
    return f"traces/{trace['trace_id']}/?span={calls[refused + 1]['span_id']}"


def _sign_in(browser: Browser, installation: Installation) -> StorageState:
    context = browser.new_context()
    context.new_page().goto(installation.sign_in_link)
    session = context.storage_state()
    context.close()
    return session


def _take(browser: Browser, picture: Picture, *, installation: Installation, session: StorageState) -> None:
    context = browser.new_context(
        viewport={"width": WIDTH, "height": HEIGHT},
        device_scale_factor=1,
        color_scheme="dark" if picture.color_scheme == "dark" else "light",
        storage_state=session,
    )
    page = context.new_page()
    answer = page.goto(f"{installation.url}/p/default/{picture.path}")
    if answer is None or not answer.ok:
        raise SystemExit(f"{page.url} cannot be shown: {answer and answer.status}")
    page.wait_for_timeout(SETTLE_MS)
    # A live refresh brings new elements, which are drawn a moment later.
    page.wait_for_function(
        "[...document.querySelectorAll('[data-chart]')].every(chart => chart.querySelector('.main-svg'))"
    )
    if picture.is_from_the_top:
        page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=IMAGES / f"{picture.name}.png")
    sys.stdout.write(f"docs/images/{picture.name}.png\n")
    context.close()


if __name__ == "__main__":
    sys.exit(main())
