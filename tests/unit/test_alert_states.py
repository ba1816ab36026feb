"""The life of an incident: every step that is due, and no other."""

from datetime import UTC, datetime, timedelta

import pytest

from alerts.domain.conditions import Observation
from alerts.domain.states import (
    STILL_RUNNING_LOOK,
    Reason,
    Standing,
    State,
    Step,
    Timing,
    next_look,
    next_step,
    should_notify,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
AT_ONCE = Timing(hold=timedelta(0), keep_firing=timedelta(minutes=5))
PATIENT = Timing(hold=timedelta(seconds=10), keep_firing=timedelta(minutes=5))

RUNNING_BREACH = Observation(value=2, is_breach=True, unknown_call_count=0, settled_at=None)
ENDED_BREACH = Observation(value=2, is_breach=True, unknown_call_count=0, settled_at=NOW)
RUNNING_FINE = Observation(value=1, is_breach=False, unknown_call_count=0, settled_at=None)
ENDED_FINE = Observation(value=1, is_breach=False, unknown_call_count=0, settled_at=NOW)


def step_of(state, seen, *, timing=AT_ONCE, ago_s=0, reason=None):
    standing = Standing(state, since=NOW - timedelta(seconds=ago_s), reason=reason)
    return next_step(standing=standing, seen=seen, timing=timing, now=NOW)


@pytest.mark.parametrize(
    ("state", "seen", "options", "expected"),
    [
        (State.INACTIVE, RUNNING_FINE, {}, None),
        (State.INACTIVE, RUNNING_BREACH, {}, Step(State.FIRING, Reason.BREACH)),
        (State.INACTIVE, ENDED_BREACH, {}, Step(State.FIRING, Reason.BREACH)),
        (State.INACTIVE, RUNNING_BREACH, {"timing": PATIENT}, Step(State.PENDING, Reason.BREACH)),
        (State.PENDING, RUNNING_BREACH, {"timing": PATIENT, "ago_s": 9}, None),
        (State.PENDING, RUNNING_BREACH, {"timing": PATIENT, "ago_s": 10}, Step(State.FIRING, Reason.HELD)),
        (State.PENDING, ENDED_FINE, {"timing": PATIENT}, Step(State.INACTIVE, Reason.RECOVERED)),
        (State.FIRING, RUNNING_BREACH, {"ago_s": 3600}, None),
        (State.FIRING, RUNNING_FINE, {"ago_s": 3600}, None),
        (State.FIRING, ENDED_BREACH, {"ago_s": 299}, None),
        (State.FIRING, ENDED_BREACH, {"ago_s": 300}, Step(State.RESOLVED, Reason.ENDED)),
        (State.FIRING, ENDED_FINE, {}, Step(State.RESOLVED, Reason.RECOVERED)),
    ],
)
def test_the_step_that_is_due(state, seen, options, expected):
    assert step_of(state, seen, **options) == expected


@pytest.mark.parametrize("reason", [Reason.RECOVERED, Reason.RULE_OFF])
def test_what_recovered_may_fire_again(reason):
    assert step_of(State.RESOLVED, ENDED_BREACH, reason=reason) == Step(State.FIRING, Reason.BREACH)


@pytest.mark.parametrize("reason", [Reason.ENDED, Reason.MONTH_ENDED, Reason.GONE])
def test_what_was_reported_to_its_end_does_not_fire_again(reason):
    assert step_of(State.RESOLVED, ENDED_BREACH, reason=reason) is None


@pytest.mark.parametrize("seen", [RUNNING_BREACH, ENDED_BREACH, RUNNING_FINE, ENDED_FINE])
@pytest.mark.parametrize("timing", [AT_ONCE, PATIENT])
@pytest.mark.parametrize("state", [*State])
def test_the_same_observation_at_the_same_moment_asks_for_one_change_only(state, seen, timing):
    step = step_of(state, seen, timing=timing, ago_s=3600, reason=Reason.RECOVERED)
    again = None if step is None else step_of(step.to, seen, timing=timing, reason=step.reason)
    assert again is None


@pytest.mark.parametrize(
    ("state", "timing", "ago_s", "in_s"),
    [
        (State.INACTIVE, AT_ONCE, 0, None),
        (State.RESOLVED, AT_ONCE, 0, None),
        (State.PENDING, PATIENT, 4, 6),
        (State.FIRING, AT_ONCE, 100, 200),
        (State.FIRING, AT_ONCE, 400, STILL_RUNNING_LOOK.total_seconds()),
    ],
)
def test_the_clock_is_asked_again_when_it_can_change_something(state, timing, ago_s, in_s):
    standing = Standing(state, since=NOW - timedelta(seconds=ago_s), reason=Reason.BREACH)
    due = next_look(standing=standing, timing=timing, now=NOW)
    assert due == (None if in_s is None else NOW + timedelta(seconds=in_s))


@pytest.mark.parametrize(
    ("origin", "to", "is_told"),
    [
        (State.INACTIVE, State.FIRING, True),
        (State.PENDING, State.FIRING, True),
        (State.FIRING, State.RESOLVED, True),
        (State.INACTIVE, State.PENDING, False),
        (State.PENDING, State.INACTIVE, False),
    ],
)
def test_people_hear_of_beginnings_and_ends_of_what_fired(origin, to, is_told):
    assert should_notify(Step(to, Reason.BREACH), origin=origin) is is_told
