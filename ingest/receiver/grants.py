"""What keys allow, remembered for a few seconds: a database query for each call would cost more than the call."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Executor

from projects.selectors import KeyGrant, key_digest

REMEMBERED_S = 5.0
"""How long a revoked key may still work, and a new one may not."""

MOST_REMEMBERED = 10_000
"""Keys, unknown ones included; the oldest go first."""


class GrantCache:
    """The grants of keys seen lately. `look_up` runs in `executor`; what it raises reaches the caller."""

    def __init__(
        self,
        look_up: Callable[[str], KeyGrant | None],
        *,
        executor: Executor,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._look_up = look_up
        self._executor = executor
        self._clock = clock
        self._known: OrderedDict[bytes, tuple[float, KeyGrant | None]] = OrderedDict()

    async def get(self, key: str) -> KeyGrant | None:
        """The grant of a key, at most REMEMBERED_S old; None for an unknown or revoked one."""
        digest = key_digest(key)  # a key may be as long as its sender likes, a digest may not
        until, grant = self._known.get(digest, (0.0, None))
        if self._clock() < until:
            return grant
        grant = await asyncio.get_running_loop().run_in_executor(self._executor, self._look_up, key)
        self._known[digest] = (self._clock() + REMEMBERED_S, grant)
        self._known.move_to_end(digest)
        if len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)
        return grant
