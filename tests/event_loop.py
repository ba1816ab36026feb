"""Coroutines in tests, whatever else runs in the test's thread."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def run_coroutine(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """asyncio.run in a thread of its own: Playwright leaves its event loop running in the thread of the tests."""
    return in_own_thread(lambda: asyncio.run(coroutine))


def in_own_thread(call: Callable[[], Any]) -> Any:
    """What `call` gives or raises, for code that runs an event loop by itself."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(call).result()
