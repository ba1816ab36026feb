"""Keys are remembered for a few seconds, and no longer."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from ingest.receiver import grants as grants_module
from ingest.receiver.grants import REMEMBERED_S, GrantCache
from projects.selectors import KeyGrant
from tests.event_loop import run_coroutine

GRANT = KeyGrant(key_id=1, project_id=7, scopes=frozenset({"ingest"}))


class Keys:
    """A key store that counts the questions."""

    def __init__(self):
        self.known = {"good": GRANT}
        self.asked = []

    def look_up(self, key):
        self.asked.append(key)
        return self.known.get(key)


@pytest.fixture
def keys():
    return Keys()


def get_all(keys, names, *, before_each=lambda number: None, clock=lambda: 0.0):
    """The grants of these keys, from one cache; `before_each` is told how many were asked for before."""

    async def main():
        with ThreadPoolExecutor(1) as executor:
            cache = GrantCache(keys.look_up, executor=executor, clock=clock)
            found = []
            for number, name in enumerate(names):
                before_each(number)
                found.append(await cache.get(name))
            return found

    return run_coroutine(main())


def test_a_key_is_asked_for_once(keys):
    assert get_all(keys, ["good"] * 3) == [GRANT] * 3
    assert keys.asked == ["good"]


def test_an_unknown_key_is_remembered_too(keys):
    assert get_all(keys, ["bad"] * 3) == [None] * 3
    assert keys.asked == ["bad"]


def test_a_revoked_key_stops_within_seconds(keys):
    moments = [0.0, REMEMBERED_S - 0.1, REMEMBERED_S]
    now = [0.0]

    def revoke_and_wait(number):
        now[0] = moments[number]
        if number == 1:
            keys.known.clear()

    found = get_all(keys, ["good"] * 3, before_each=revoke_and_wait, clock=lambda: now[0])
    assert found == [GRANT, GRANT, None]


def test_what_it_remembers_is_bounded(keys, monkeypatch):
    monkeypatch.setattr(grants_module, "MOST_REMEMBERED", 2)
    get_all(keys, ["a", "b", "c", "a"])
    assert keys.asked == ["a", "b", "c", "a"]


def test_a_failing_store_is_not_an_unknown_key(keys):
    def fail(key):
        raise OSError("away")

    keys.look_up = fail
    with pytest.raises(OSError, match="away"):
        get_all(keys, ["good"])
