"""The life of an incident, as a pure function of where it stands and what was just seen.

    inactive ──breach──▶ pending ──breach for `for`──▶ firing ──over──▶ resolved
        ▲                   │                            ▲                 │
        └────no breach──────┘                            └────breach again─┘  (only after "recovered")

Without a `for` a breach fires at once. A firing incident is over when its figure is final (the run has ended)
and either no longer breaches ("recovered"), or has been firing for `keep_firing`: a run that ended slow stays
slow, so what it needs is time to be seen, not a recovery that cannot come. It then does not fire again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from alerts.domain.conditions import Observation

STILL_RUNNING_LOOK = timedelta(minutes=1)
"""How long after a look at a running subject the next one is due when nothing else asks for one before."""


class State(StrEnum):
    """Where an incident stands."""

    INACTIVE = "inactive"
    PENDING = "pending"
    FIRING = "firing"
    RESOLVED = "resolved"


class Reason(StrEnum):
    """Why an incident changed its state."""

    BREACH = "breach"
    HELD = "held"
    RECOVERED = "recovered"
    ENDED = "ended"
    MONTH_ENDED = "month_ended"
    RULE_OFF = "rule_off"
    GONE = "gone"


REASON_WORDS: dict[Reason, str] = {
    Reason.BREACH: "passed the threshold",
    Reason.HELD: "stayed past the threshold",
    Reason.RECOVERED: "is back within the threshold",
    Reason.ENDED: "the run has ended",
    Reason.MONTH_ENDED: "the month has ended",
    Reason.RULE_OFF: "the rule was switched off",
    Reason.GONE: "the run is no longer stored",
}

_MAY_FIRE_AGAIN = frozenset({Reason.RECOVERED, Reason.RULE_OFF})
"""After these a new breach is news. After the others it is the breach that was reported already."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an incident stands: its state, since when, and why it went there (None: it is new)."""

    state: State
    since: datetime
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Timing:
    """A rule's patience: how long a breach must last before it fires, and how long it then shows at least."""

    hold: timedelta
    keep_firing: timedelta


@dataclass(frozen=True, slots=True)
class Step:
    """A change of state, and why."""

    to: State
    reason: Reason


def next_step(*, standing: Standing, seen: Observation, timing: Timing, now: datetime) -> Step | None:
    """The change that is due now, or None. Applied once, the same observation asks for no other change."""
    match standing.state:
        case State.PENDING:
            return _step_of_pending(standing, seen, timing, now)
        case State.FIRING:
            return _step_of_firing(standing, seen, timing, now)
        case State.INACTIVE | State.RESOLVED:
            return _step_of_quiet(standing, seen, timing)


def next_look(*, standing: Standing, timing: Timing, now: datetime) -> datetime | None:
    """When the incident must be looked at again though nothing new arrives; None when it is at rest."""
    if standing.state is State.PENDING:
        return standing.since + timing.hold
    if standing.state is not State.FIRING:
        return None
    shown = standing.since + timing.keep_firing
    return shown if shown > now else now + STILL_RUNNING_LOOK


def should_notify(step: Step, *, origin: State) -> bool:
    """People hear of what fires and of what fired and is over; not of what is only watched."""
    return step.to is State.FIRING or (step.to is State.RESOLVED and origin is State.FIRING)


def _step_of_quiet(standing: Standing, seen: Observation, timing: Timing) -> Step | None:
    is_news = (
        standing.reason is None or standing.state is State.INACTIVE or standing.reason in _MAY_FIRE_AGAIN
    )
    if not seen.is_breach or not is_news:
        return None
    return Step(State.PENDING if timing.hold else State.FIRING, Reason.BREACH)


def _step_of_pending(standing: Standing, seen: Observation, timing: Timing, now: datetime) -> Step | None:
    if not seen.is_breach:
        return Step(State.INACTIVE, Reason.RECOVERED)
    return Step(State.FIRING, Reason.HELD) if now - standing.since >= timing.hold else None


def _step_of_firing(standing: Standing, seen: Observation, timing: Timing, now: datetime) -> Step | None:
    if seen.settled_at is None:
        return None
    if not seen.is_breach:
        return Step(State.RESOLVED, Reason.RECOVERED)
    is_shown = now - standing.since >= timing.keep_firing
    return Step(State.RESOLVED, Reason.ENDED) if is_shown else None
