"""Thresholds as people write them: seconds and dollars, exactly what is stored."""

from decimal import Decimal

from alerts.domain.metrics import METRICS, Unit
from core.units import decimal_text, ns_from_seconds, seconds_from_ns

UNIT_WORDS = {Unit.NANOSECONDS: "seconds", Unit.USD: "US dollars", Unit.COUNT: "whole numbers"}
"""What a person writes a threshold in."""


def stored_threshold(metric: str, *, written: Decimal) -> Decimal:
    """What a person wrote, in the metric's unit: seconds become nanoseconds. ValueError where they do not exactly."""
    if METRICS[metric].unit is Unit.NANOSECONDS:
        return Decimal(ns_from_seconds(written))
    return written


def written_threshold(metric: str, *, stored: Decimal) -> str:
    """A stored threshold as a person would write it."""
    if METRICS[metric].unit is Unit.NANOSECONDS:
        return f"{seconds_from_ns(int(stored)):f}"
    return decimal_text(stored) or ""
