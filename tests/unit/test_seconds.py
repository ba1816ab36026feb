"""Durations are entered in seconds and stored in whole nanoseconds, with nothing lost on the way."""

from decimal import Decimal

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from core.units import ns_from_seconds, seconds_from_ns
from projects.forms import SecondsField


@pytest.mark.parametrize(
    ("seconds", "ns"),
    [
        ("60", 60_000_000_000),
        ("0.1", 100_000_000),
        ("1.5", 1_500_000_000),
        ("0.000000001", 1),
        ("1e3", 1_000_000_000_000),
        ("9223372036.854775807", 2**63 - 1),
    ],
)
def test_seconds_become_exact_nanoseconds(seconds, ns):
    assert ns_from_seconds(Decimal(seconds)) == ns


@pytest.mark.parametrize("seconds", ["0.0000000001", "1.1234567891", "NaN", "Infinity"])
def test_what_nanoseconds_cannot_hold_is_refused(seconds):
    with pytest.raises(ValueError, match="s"):
        ns_from_seconds(Decimal(seconds))


@given(st.integers(min_value=0, max_value=2**63 - 1))
def test_the_way_there_and_back_changes_nothing(ns):
    assert ns_from_seconds(seconds_from_ns(ns)) == ns


def test_the_field_shows_seconds_without_exponent_or_trailing_zeros():
    field = SecondsField()

    shown = [field.prepare_value(ns) for ns in (60_000_000_000, 1_500_000_000, 1)]
    assert shown == ["60", "1.5", "0.000000001"]


def test_the_field_cleans_to_nanoseconds():
    assert SecondsField().clean("12.5") == 12_500_000_000


def test_an_optional_field_may_be_empty():
    assert SecondsField(required=False).clean("") is None


@pytest.mark.parametrize("text", ["", "soon", "0", "-1", "1.0000000001", "9223372037", "NaN"])
def test_the_field_refuses(text):
    with pytest.raises(forms.ValidationError):
        SecondsField(min_value=0.001).clean(text)


def test_the_same_duration_in_other_digits_is_no_change():
    field = SecondsField()

    assert not field.has_changed(60_000_000_000, "60.0")
    assert field.has_changed(60_000_000_000, "61")
    assert field.has_changed(60_000_000_000, "soon")
