"""Takes transitions to their channels: at least once each, with a key by which a repetition can be told."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, OuterRef
from django.urls import reverse

from alerts.channels import KINDS
from alerts.channels.kind import DeliveryError
from alerts.domain.backoff import retry_at
from alerts.domain.metrics import METRICS, figure_from_decimal
from alerts.domain.notification import Notification
from alerts.models import Channel, Delivery, Incident, Transition
from alerts.services.incidents import incident_url

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
"""A claimed delivery is left alone for so long, which is longer than any channel may take. When its worker died,
another one takes it up then."""
AT_ONCE = 16
"""Deliveries made side by side, so that a channel that does not answer keeps nobody else waiting."""
MOST_ANSWER_CHARACTERS = 500
_OPEN = [Delivery.State.PENDING, Delivery.State.FAILED]


@dataclass(frozen=True, slots=True)
class Parcel:
    """A claimed delivery with all that its channel needs, so that sending it reads no database."""

    delivery_id: int
    project_id: int
    attempts: int
    created_at: datetime
    kind: str
    config: dict[str, Any]
    notification: Notification


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a channel answered, in words."""

    is_delivered: bool
    answer: str


def due_deliver(*, now: Callable[[], datetime], jitter: Callable[[], float]) -> set[int]:
    """Make every delivery that is due and that nobody else makes; the projects whose pages should be told."""
    parcels = due_claim(now=now(), limit=AT_ONCE)
    if not parcels:
        return set()
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        outcomes = list(pool.map(parcel_send, parcels))
    for parcel, outcome in zip(parcels, outcomes, strict=True):
        outcome_record(parcel=parcel, outcome=outcome, now=now(), jitter=jitter())
    return {parcel.project_id for parcel in parcels}


def due_claim(*, now: datetime, limit: int) -> list[Parcel]:
    """Claim deliveries that are due, the longest due first, by moving each one's next attempt behind a lease.

    A delivery waits for the earlier ones of its incident to its channel, so that nobody hears of an end before
    the beginning.
    """
    earlier = Delivery.objects.filter(
        channel=OuterRef("channel"),
        transition__incident=OuterRef("transition__incident"),
        transition__number__lt=OuterRef("transition__number"),
        state__in=_OPEN,
    )
    due = (
        Delivery.objects.filter(~Exists(earlier), state__in=_OPEN, next_attempt_at__lte=now)
        .select_related("channel", "transition__incident__rule", "transition__incident__project")
        .order_by("next_attempt_at", "pk")[:limit]
    )
    return [_parcel(delivery) for delivery in due if _claim(delivery, now=now)]


def parcel_send(parcel: Parcel) -> Outcome:
    """Hand a parcel to its channel. Blocks for as long as the channel takes; touches no database."""
    return _send(kind=parcel.kind, config=parcel.config, notification=parcel.notification)


def outcome_record(*, parcel: Parcel, outcome: Outcome, now: datetime, jitter: float) -> bool:
    """Write down how an attempt went and when the next is due; False when the claim has meanwhile passed on."""
    changes: dict[str, Any] = {"answer": outcome.answer[:MOST_ANSWER_CHARACTERS]}
    again_at = retry_at(attempts=parcel.attempts, created_at=parcel.created_at, now=now, jitter=jitter)
    if outcome.is_delivered:
        changes |= {"state": Delivery.State.DELIVERED, "next_attempt_at": None, "finished_at": now}
    elif again_at is None:
        changes |= {"state": Delivery.State.DEAD, "next_attempt_at": None, "finished_at": now}
    else:
        changes |= {"state": Delivery.State.FAILED, "next_attempt_at": again_at}
    claimed = Delivery.objects.filter(pk=parcel.delivery_id, attempts=parcel.attempts, state__in=_OPEN)
    return claimed.update(**changes) == 1


def channel_test(*, channel: Channel, key: str, now: datetime) -> Outcome:
    """Send a test message at once; what the channel answered. Nothing is stored."""
    metric = METRICS["trace_latency_ns"]
    notification = Notification(
        key=key,
        status="test",
        incident_id=None,
        project=channel.project.slug,
        rule="Test message",
        severity="info",
        metric=metric,
        value=None,
        threshold=channel.project.user_timeout_ns,
        unknown_call_count=0,
        trace_id=None,
        subject="",
        message=f"This is a test of the channel “{channel.name}”. Nothing is wrong.",
        url=f"{settings.LINESIDE_PUBLIC_URL}{reverse('alerts', args=[channel.project.slug])}",
        started_at=now,
        ended_at=None,
    )
    return _send(kind=channel.kind, config=channel.config, notification=notification)


def _send(*, kind: str, config: dict[str, Any], notification: Notification) -> Outcome:
    """A defect of one channel is logged and counts as a failure, so that the deliveries beside it are recorded."""
    try:
        return Outcome(is_delivered=True, answer=KINDS[kind].send(config, notification))
    except DeliveryError as error:
        return Outcome(is_delivered=False, answer=str(error))
    except Exception:
        logger.exception("the channel kind %s failed by a defect of its own", kind)
        return Outcome(is_delivered=False, answer="This channel failed by a defect of Lineside; see the log.")


def _claim(delivery: Delivery, *, now: datetime) -> bool:
    """Only one of two workers finds the delivery still due."""
    free = Delivery.objects.filter(
        pk=delivery.pk, state__in=_OPEN, attempts=delivery.attempts, next_attempt_at__lte=now
    )
    return free.update(next_attempt_at=now + LEASE, attempts=F("attempts") + 1) == 1


def _parcel(delivery: Delivery) -> Parcel:
    transition = delivery.transition
    return Parcel(
        delivery_id=delivery.pk,
        project_id=transition.incident.project_id,
        attempts=delivery.attempts + 1,
        created_at=delivery.created_at,
        kind=delivery.channel.kind,
        config=delivery.channel.config,
        notification=_notification(transition, key=str(delivery.key)),
    )


def _notification(transition: Transition, *, key: str) -> Notification:
    incident: Incident = transition.incident
    rule = incident.rule
    metric = METRICS[rule.metric]
    is_over = transition.to_state == Incident.State.RESOLVED
    return Notification(
        key=key,
        status="resolved" if is_over else "firing",
        incident_id=incident.pk,
        project=incident.project.slug,
        rule=rule.name,
        severity=rule.severity,
        metric=metric,
        value=None
        if transition.value is None
        else figure_from_decimal(metric=metric, amount=transition.value),
        threshold=figure_from_decimal(metric=metric, amount=transition.threshold),
        unknown_call_count=transition.unknown_call_count,
        trace_id=bytes(incident.trace_id) if incident.trace_id else None,
        subject=incident.trace_name or incident.subject,
        message=transition.message,
        url=incident_url(incident),
        started_at=incident.started_at or transition.at,
        ended_at=transition.at if is_over else None,
    )
