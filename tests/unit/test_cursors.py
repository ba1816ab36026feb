"""Cursors come back as they were given, or not at all."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traces.selectors.cursors import CursorError, cursor_key, cursor_text

KEY = (Decimal("0.000000000000000001"), 1_790_000_000_000_000_000, b"\x00\xff" * 8)
TYPES = (Decimal, int, bytes)


def test_a_cursor_gives_its_key_back():
    assert cursor_key("traces -cost", cursor_text("traces -cost", KEY), TYPES) == KEY


def test_a_cursor_needs_no_escaping_in_a_url():
    assert re.fullmatch(r"[A-Za-z0-9_-]+", cursor_text("traces -cost", KEY))


def test_a_cursor_of_another_list_is_refused():
    with pytest.raises(CursorError, match="does not belong to this list"):
        cursor_key("traces -start", cursor_text("traces -cost", KEY), TYPES)


def test_every_changed_character_is_noticed():
    cursor = cursor_text("traces -cost", KEY)

    for position in range(len(cursor) - 1):  # of the last one, some bits are padding
        changed = "A" if cursor[position] != "A" else "B"
        with pytest.raises(CursorError):
            cursor_key("traces -cost", cursor[:position] + changed + cursor[position + 1 :], TYPES)


@given(st.text())
def test_no_text_raises_anything_but_a_cursor_error(text):
    with pytest.raises(CursorError):
        cursor_key("traces -start", text, TYPES)


@pytest.mark.parametrize(
    "key", [(2**63, 1, b"x"), (Decimal("NaN"), 1, b"x"), (1, 2**64, b"x"), (1, 2), (1, 2, b"x", 3)]
)
def test_a_sealed_key_that_no_column_can_hold_is_refused(key):
    with pytest.raises(CursorError):
        cursor_key("traces -cost", cursor_text("traces -cost", key), TYPES)
