"""The same things in other orders, for what must not depend on the order of arrival."""

import random
from collections.abc import Iterator, Sequence
from typing import TypeVar

Thing = TypeVar("Thing")


def in_other_orders(things: Sequence[Thing], *, times: int = 10) -> Iterator[list[Thing]]:
    """The things backwards, then shuffled, the same way in every run."""
    yield list(reversed(things))
    for seed in range(times):
        yield random.Random(seed).sample(things, len(things))  # noqa: S311 — an order, not a secret
