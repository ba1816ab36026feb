"""How often Python looks for garbage that only its collector finds."""

import gc

_YOUNG_OBJECTS = 100_000
_YOUNG_ROUNDS = 50


def collect_rarely() -> None:
    """For a process that builds trees and drops them whole: look less often, and never again at what is loaded.

    A batch of a hundred traces makes hundreds of thousands of objects that live as long as the batch; with Python's
    own thresholds the collector goes through them dozens of times for nothing, a fifth of a worker's time.
    """
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS, _YOUNG_ROUNDS, _YOUNG_ROUNDS)
