"""A threshold is written in seconds or dollars and stored without loss."""

from decimal import Decimal

import pytest

from alerts.domain.human_units import stored_threshold, written_threshold


@pytest.mark.parametrize(
    ("metric", "written", "stored"),
    [
        ("trace_latency_ns", "12.5", 12_500_000_000),
        ("trace_latency_ns", "0.000000001", 1),
        ("trace_latency_ns", "9000000000", 9_000_000_000_000_000_000),
        ("trace_cost_usd", "0.05", Decimal("0.05")),
        ("spend_usd", "240", Decimal(240)),
    ],
)
def test_what_is_written_comes_back_as_it_was(metric, written, stored):
    assert stored_threshold(metric, written=Decimal(written)) == stored
    assert written_threshold(metric, stored=Decimal(stored)) == written


def test_a_column_of_eighteen_decimal_places_is_not_shown_with_all_of_them():
    assert written_threshold("spend_usd", stored=Decimal("240.500000000000000000")) == "240.5"


def test_a_part_of_a_nanosecond_is_refused():
    with pytest.raises(ValueError, match="nine decimal places"):
        stored_threshold("trace_latency_ns", written=Decimal("0.0000000001"))
