"""docs/accuracy.md says what Lineside counts today, and the difference is nothing."""

import pytest

from scripts import accuracy
from tests.recordings import RUNS, visible


def test_the_page_is_up_to_date():
    assert accuracy.PAGE.read_text(encoding="utf-8") == accuracy.page(), "make accuracy writes it anew"


@pytest.mark.parametrize("run", RUNS)
def test_nothing_is_between_what_was_told_and_what_is_counted(run):
    assert accuracy.counted(run).counts == accuracy.told(run).counts
    assert accuracy.is_exact(run)


@pytest.mark.parametrize("run", ["crewai_oi", "oi_openai_agents_double", "vercel_ai"])
def test_a_naive_sum_is_another_figure(run):
    assert accuracy.naive_sum(run).usage.input_tokens > visible(run).usage.input_tokens
