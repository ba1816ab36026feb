"""Moments as ages, and runs by how long they go on."""

import pytest

from core.clock import NS_PER_SECOND, datetime_from_ns
from dashboards.templatetags import units

NOW_NS = 1_790_000_000 * NS_PER_SECOND


@pytest.fixture(autouse=True)
def _clock_stands(monkeypatch):
    monkeypatch.setattr(units, "now_ns", lambda: NOW_NS)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-3, "0 s"), (0.9, "0 s"), (12.7, "12 s"), (72, "1 min 12 s"), (1_200, "20 min"), (3_720, "1 h 2 min")],
)
def test_a_run_goes_on_for_whole_seconds(seconds, words):
    assert units.elapsed(NOW_NS - round(seconds * NS_PER_SECOND)) == words


def test_an_age_says_its_moment_exactly_and_to_the_script_that_keeps_it_true():
    moment_ns = NOW_NS - 200 * NS_PER_SECOND
    html = units.age(moment_ns, css="muted")
    assert html == units.age(datetime_from_ns(moment_ns), css="muted")
    assert html == (
        f'<time class="muted" datetime="{units.iso(moment_ns)}" title="{units.timestamp(moment_ns)}"'
        f' data-age="{moment_ns}">3 min ago</time>'
    )


def test_an_age_needs_no_class():
    assert units.age(NOW_NS).startswith("<time datetime=")
