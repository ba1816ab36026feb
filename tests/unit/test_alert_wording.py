"""Figures and incidents in words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from alerts.domain.backoff import GIVE_UP_AFTER, retry_at
from alerts.domain.metrics import SPEND, TRACE_COST, TRACE_LATENCY
from alerts.domain.months import month_key, month_start, next_month_start
from alerts.domain.notification import (
    Notification,
    notification_json,
    notification_subject,
    notification_text,
)
from alerts.domain.scope import Scope, compose_scope, parse_scope, spend_scope, split_scope
from alerts.domain.wording import (
    Facts,
    figure_json,
    figure_text,
    fill_message,
    incident_sentence,
    pair_text,
    unknown_placeholders,
)
from core.units import at_least
from traces.domain.filters import FilterError

SECOND = 1_000_000_000
FACTS = Facts(
    rule="Slow planner",
    metric=TRACE_LATENCY,
    value=42 * SECOND,
    threshold=30 * SECOND,
    subject="plan trip",
    agents=("planner", "critic"),
    trace_id="ab" * 16,
    url="http://localhost:8000/p/default/alerts/1/",
)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("metric", "figure", "words"),
    [
        (TRACE_LATENCY, 42_300_000_000, "42.3 s"),
        (TRACE_COST, Decimal("3.2"), "$3.20"),
        (SPEND, None, "unknown"),
    ],
)
def test_a_figure_has_its_unit(metric, figure, words):
    assert figure_text(metric=metric, figure=figure) == words


@pytest.mark.parametrize(
    ("unknown", "words"),
    [
        (0, "$3.20"),
        (1, "at least $3.20 (1 call unknown)"),
        (1_200, "at least $3.20 (1,200 calls unknown)"),
    ],
)
def test_a_figure_has_its_doubt(unknown, words):
    assert at_least("$3.20", unknown) == words


def test_figures_that_rounding_would_make_alike_are_exact():
    pair = pair_text(metric=TRACE_LATENCY, value=30_004_000_000, threshold=30 * SECOND)
    assert pair == ("30.004 s", "30 s")
    assert pair_text(metric=TRACE_COST, value=Decimal("3.2001"), threshold=Decimal("3.2")) == (
        "$3.2001",
        "$3.2",
    )


def test_durations_are_numbers_and_money_is_text_in_json():
    assert figure_json(metric=TRACE_LATENCY, figure=42) == 42
    assert figure_json(metric=TRACE_COST, figure=Decimal("3.20")) == "3.2"
    assert figure_json(metric=TRACE_COST, figure=None) is None


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "Trace Latency 42 s > 30 s on plan trip"),
        ({"is_running": True}, "Trace Latency 42 s > 30 s on plan trip, still running"),
        ({"value": 20 * SECOND}, "Trace Latency 20 s ≤ 30 s on plan trip"),
        ({"value": None}, "Trace Latency unknown > 30 s on plan trip"),
        (
            {
                "metric": SPEND,
                "value": Decimal(310),
                "threshold": Decimal(300),
                "subject": "2026-11",
                "trace_id": "",
                "unknown_call_count": 2,
            },
            "Spend this month at least $310.00 (2 calls unknown) > $300.00 in 2026-11",
        ),
    ],
)
def test_an_incident_is_one_sentence(changes, sentence):
    assert incident_sentence(replace(FACTS, **changes)) == sentence


def test_a_message_of_ones_own_is_filled_once():
    filled = fill_message("{rule}: {value} > {threshold} by {agents}, {nothing}", facts=FACTS)
    assert filled == "Slow planner: 42 s > 30 s by planner, critic, {nothing}"
    assert fill_message("{agents}", facts=replace(FACTS, agents=())) == "unknown"
    tricky = replace(FACTS, subject="{url}")
    assert fill_message("{subject}", facts=tricky) == "{url}"
    assert fill_message(" ", facts=FACTS) == incident_sentence(FACTS)


def test_placeholders_that_stand_for_nothing_are_named():
    assert unknown_placeholders("{value} {valu} {}") == ["valu", ""]


@pytest.mark.parametrize(
    ("scope", "text"),
    [
        (Scope(), ""),
        (Scope(agent="planner"), 'agent = "planner"'),
        (Scope(agent='say "hi"', service="api"), 'agent = "say \\"hi\\"" and service = "api"'),
        (Scope(rest="status = error or errors > 2"), "status = error or errors > 2"),
        (Scope(agent="a", rest="status = error"), 'agent = "a" and (status = error)'),
    ],
)
def test_a_scope_becomes_filter_text(scope, text):
    assert compose_scope(scope) == text
    parse_scope(text)


@pytest.mark.parametrize("scope", [Scope(), Scope(agent='say "hi"'), Scope(agent="a", service="b")])
def test_a_scope_of_names_comes_apart_again(scope):
    assert split_scope(compose_scope(scope)) == scope


def test_any_other_filter_stays_whole():
    text = 'agent = "a" and (status = error)'
    assert split_scope(text) == Scope(rest=text)
    assert spend_scope(parse_scope(text)) is None


def test_a_scope_that_cannot_be_read_is_an_error():
    with pytest.raises(FilterError):
        parse_scope("agent = ")


def test_retries_come_after_1_2_4_and_8_seconds_then_every_five_minutes_for_a_day():
    def delay(attempts, *, age=timedelta(0), jitter=0.0):
        due = retry_at(attempts=attempts, created_at=NOW - age, now=NOW, jitter=jitter)
        return None if due is None else (due - NOW).total_seconds()

    assert [delay(attempts) for attempts in (1, 2, 3, 4, 5, 100)] == [1, 2, 4, 8, 300, 300]
    assert delay(1, jitter=1.0) == 1.5
    assert delay(100, age=GIVE_UP_AFTER) is None


@pytest.mark.parametrize(
    ("moment", "start", "end"),
    [
        ("2026-11-24T12:00:00+00:00", "2026-11-01", "2026-12-01"),
        ("2026-12-31T23:59:59+00:00", "2026-12-01", "2027-01-01"),
        ("2026-12-01T00:30:00+02:00", "2026-11-01", "2026-12-01"),
    ],
)
def test_months_are_those_of_utc(moment, start, end):
    at = datetime.fromisoformat(moment)
    assert (f"{month_start(at):%Y-%m-%d}", f"{next_month_start(at):%Y-%m-%d}") == (start, end)
    assert month_key(at) == start[:7]


@pytest.fixture
def notification() -> Notification:
    return Notification(
        key="k-1",
        status="firing",
        incident_id=7,
        project="default",
        rule="Slow planner",
        severity="critical",
        metric=TRACE_LATENCY,
        value=42 * SECOND,
        threshold=30 * SECOND,
        unknown_call_count=0,
        trace_id=bytes.fromhex("ab" * 16),
        subject="plan trip",
        message="Trace Latency 42 s > 30 s\non plan trip",
        url="http://localhost:8000/p/default/alerts/7/",
        started_at=NOW,
        ended_at=None,
    )


def test_a_webhook_is_told_what_the_api_promises(notification):
    body = notification_json(notification)
    promised = ("status", "rule", "metric", "value", "threshold", "trace_id", "url")
    assert {name: body[name] for name in promised} == {
        "status": "firing",
        "rule": "Slow planner",
        "metric": "trace_latency_ns",
        "value": 42 * SECOND,
        "threshold": 30 * SECOND,
        "trace_id": "ab" * 16,
        "url": "http://localhost:8000/p/default/alerts/7/",
    }
    assert body["id"] == "k-1"
    assert body["resolved_at_unix_nano"] is None


def test_a_mail_has_one_line_as_subject_and_the_facts_as_text(notification):
    assert notification_subject(notification) == (
        "[Lineside] firing: Slow planner: Trace Latency 42 s > 30 s on plan trip"
    )
    text = notification_text(notification)
    for words in ("Threshold: 30 s", "Value:     42 s", "plan trip (abab", notification.url):
        assert words in text
    over = replace(notification, ended_at=NOW + timedelta(minutes=2))
    assert "Until:     2026-11-24 12:02:00 UTC" in notification_text(over)
