"""A real server and a real browser.

The ASGI application runs under uvicorn in a thread of the test process, on the test database. A page that
logs an error, breaks the content security policy, throws or gets a failed request fails its test.
"""

import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
import uvicorn
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connections
from django.test import Client
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

from tests.event_loop import in_own_thread

START_TIMEOUT_S = 20


@dataclass(frozen=True)
class Look:
    """One way of looking at a page."""

    color_scheme: str
    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.color_scheme}-{self.width}"


LOOKS = [
    Look(color_scheme=scheme, width=width, height=height)
    for scheme in ("light", "dark")
    for width, height in ((1280, 900), (390, 844))
]


@pytest.fixture(scope="session", autouse=True)
def _async_unsafe() -> Iterator[None]:
    """Playwright's synchronous interface runs an event loop in this thread, where Django's ORM would refuse."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


@pytest.fixture(scope="session")
def base_url(django_db_setup: None) -> Iterator[str]:
    """The address of the running application; relative addresses of `page.goto` start from it."""
    # The server's threads must not keep connections that would stop the test database from being dropped.
    connections["default"].settings_dict["CONN_MAX_AGE"] = 0
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(
            uvicorn.Config(
                "config.asgi:application", lifespan="off", log_level="warning", ws="websockets-sansio"
            )
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        _wait_until_started(server)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(timeout=START_TIMEOUT_S)
        assert not thread.is_alive(), "the server did not end"


def _wait_until_started(server: uvicorn.Server) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while not server.started:
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.02)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    """The system's Chromium where there is one; Playwright's own otherwise."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    place = {"executable_path": chromium} if chromium else {}
    # Root in a container has no user namespace to build Chromium's sandbox from.
    return {**browser_type_launch_args, **place, "args": ["--no-sandbox", "--disable-gpu"]}


@pytest.fixture(params=LOOKS, ids=str)
def look(request: pytest.FixtureRequest) -> Look:
    """A test that asks for this runs in both themes and both widths."""
    return request.param


@pytest.fixture
def browser_context_args(browser_context_args: dict, request: pytest.FixtureRequest) -> dict:
    chosen: Look = request.getfixturevalue("look") if "look" in request.fixturenames else LOOKS[0]
    return {
        **browser_context_args,
        "color_scheme": chosen.color_scheme,
        "viewport": {"width": chosen.width, "height": chosen.height},
    }


# What htmx calls a request that the page gave up for a newer one (hx-sync="this:replace"): it says so as errors.
# A request that failed is said by more than these: htmx:sendError, htmx:responseError.
GIVEN_UP = ("htmx:afterRequest", "htmx:sendAbort")


@pytest.fixture
def complaints() -> list[str]:
    """What pages complained of so far. A test that provokes a complaint asserts it and clears the list."""
    return []


@pytest.fixture
def page(transactional_db: None, context: BrowserContext, complaints: list[str]) -> Iterator[Page]:
    """A page that fails its test when it complains."""
    page = context.new_page()

    def on_console(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(GIVEN_UP):
            complaints.append(f"console {message.type}: {message.text}")

    def on_failure(request: Request) -> None:
        # The browser gives up requests of a page that it leaves; that is no fault of the page.
        if request.failure != "net::ERR_ABORTED":
            complaints.append(f"{request.failure}: {request.url}")

    def on_response(response: Response) -> None:
        if response.status >= 400:
            complaints.append(f"{response.status}: {response.url}")

    page.on("console", on_console)
    page.on("pageerror", lambda error: complaints.append(f"exception: {error}"))
    page.on("requestfailed", on_failure)
    page.on("response", on_response)
    yield page
    # Gone before the database is emptied: a page that still refreshes itself would be answered 404.
    page.close()
    assert complaints == []


@pytest.fixture
def sign_in(context: BrowserContext, base_url: str) -> Callable[[User], None]:
    """Gives the browser a session of this user, without the sign-in page."""

    def sign_in(user: User) -> None:
        client = Client()
        client.force_login(user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": base_url}])

    return sign_in


@pytest.fixture
def fits(page: Page) -> Callable[[], bool]:
    """Whether the page can be read without scrolling sideways."""
    return lambda: page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.fixture
def elsewhere() -> Callable[[Callable[[], object]], None]:
    """Runs a function in a thread of its own, as a Celery worker would: code that waits for a coroutine
    (announce_traces does) may not run in the thread of Playwright's event loop."""

    def run(function: Callable[[], object]) -> None:
        def guarded() -> None:
            try:
                function()
            finally:
                connections.close_all()

        in_own_thread(guarded)

    return run
