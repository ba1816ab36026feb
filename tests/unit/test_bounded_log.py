"""The rate of log lines that senders cause is bounded."""

import logging

import pytest

from ingest.receiver.bounded_log import LINES_PER_PERIOD, PERIOD_S, BoundedLog


@pytest.fixture
def moments():
    return [0.0]


@pytest.fixture
def log(moments):
    return BoundedLog(logging.getLogger("tests.bounded"), clock=lambda: moments[0])


def test_lines_beyond_the_rate_are_counted_instead(log, moments, caplog):
    for number in range(LINES_PER_PERIOD + 5):
        log.warning("line %d", number)
    assert len(caplog.messages) == LINES_PER_PERIOD
    moments[0] = PERIOD_S
    log.warning("later")
    assert caplog.messages[-2:] == ["5 more such lines were not written", "later"]
