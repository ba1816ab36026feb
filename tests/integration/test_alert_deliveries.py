"""What fires is taken to its channels: mail and webhook, at least once, with retries and without leaks."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace

import pytest
from django.core import mail

from alerts.channels.kind import MASK
from alerts.models import Delivery, Incident
from alerts.services.deliveries import (
    LEASE,
    channel_test,
    due_claim,
    due_deliver,
    outcome_record,
    parcel_send,
)
from alerts.services.rules import DraftError, channel_save
from tests.integration.alert_rules import after, evaluate, make_channel, make_rule, make_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def webhook(settings):
    """A web server on loopback, which the settings allow; `answers` are the statuses that it gives, in order."""
    seen = SimpleNamespace(requests=[], answers=[], url="")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            seen.requests.append(SimpleNamespace(body=json.loads(body), headers=self.headers, path=self.path))
            status = seen.answers.pop(0) if seen.answers else 200
            self.send_response(status)
            self.send_header("location", "http://127.0.0.1:1/")
            self.end_headers()
            self.wfile.write(b"thanks")

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    port = server.server_address[1]
    settings.LINESIDE_OUTGOING_ALLOW = [f"127.0.0.1:{port}"]
    seen.url = f"http://127.0.0.1:{port}/hook?token=t"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield seen
    server.shutdown()
    thread.join()
    server.server_close()


def fire(project, channel):
    """One incident that is to be told through the channel."""
    make_rule(project, channels=[channel], message="{subject} took {value}", severity="critical")
    evaluate(0)
    make_run(project, ended=after(1), lasted_s=12, name="plan trip")
    evaluate(2)


def deliver(at: float) -> set[int]:
    return due_deliver(now=lambda: after(at), jitter=lambda: 0.0)


def delivery() -> Delivery:
    return Delivery.objects.get()


def test_a_mail_arrives(project):
    fire(project, make_channel(project))

    assert deliver(3) == {project.pk}

    [message] = mail.outbox
    assert message.to == ["team@example.com"]
    assert message.subject == "[Lineside] firing: Slow: plan trip took 12 s"
    assert f"/p/{project.slug}/alerts/{Incident.objects.get().pk}/" in message.body
    assert message.extra_headers["Message-ID"] == f"<{delivery().key}@lineside>"
    assert (delivery().state, delivery().attempts) == ("delivered", 1)
    assert deliver(4) == set()


def test_a_webhook_gets_a_post(project, webhook):
    config = {"url": webhook.url, "authorization": "Bearer hush"}
    fire(project, make_channel(project, kind="webhook", config=config))

    deliver(3)

    [request] = webhook.requests
    assert request.path == "/hook?token=t"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["authorization"] == "Bearer hush"
    assert request.headers["idempotency-key"] == str(delivery().key) == request.body["id"]
    assert request.body["status"] == "firing"
    assert request.body["rule"] == "Slow"
    assert request.body["metric"] == "trace_latency_ns"
    assert (request.body["value"], request.body["threshold"]) == (12_000_000_000, 10_000_000_000)
    assert request.body["trace_id"] == bytes(Incident.objects.get().trace_id).hex()
    assert request.body["url"].endswith(f"/p/{project.slug}/alerts/{Incident.objects.get().pk}/")
    assert delivery().answer == "HTTP 200 thanks"


def test_the_end_is_told_too_and_after_the_beginning(project, webhook):
    fire(project, make_channel(project, kind="webhook", config={"url": webhook.url}))
    webhook.answers = [500, 200, 200]
    deliver(3)
    evaluate(400)

    deliver(401)
    deliver(402)

    assert [request.body["status"] for request in webhook.requests] == ["firing", "firing", "resolved"]
    assert webhook.requests[0].body["id"] == webhook.requests[1].body["id"]


@pytest.mark.parametrize("status", [301, 400, 500])
def test_what_is_not_taken_is_tried_again_later_and_later(project, webhook, status):
    fire(project, make_channel(project, kind="webhook", config={"url": webhook.url}))
    webhook.answers = [status] * 4

    for at in (3, 3.5, 4, 5, 6, 10):
        deliver(at)

    assert len(webhook.requests) == 4
    assert (delivery().state, delivery().attempts) == ("failed", 4)
    assert delivery().answer == f"HTTP {status} thanks"
    assert delivery().next_attempt_at == after(18)
    deliver(18)
    assert delivery().state == "delivered"


def test_it_gives_up_after_a_day_and_says_so(project, webhook):
    fire(project, make_channel(project, kind="webhook", config={"url": webhook.url}))
    webhook.answers = [500]

    deliver(2 + 86_400)

    assert (delivery().state, delivery().next_attempt_at) == ("dead", None)


def test_what_a_dead_worker_had_claimed_is_taken_up_again(project):
    fire(project, make_channel(project))
    assert len(due_claim(now=after(3), limit=10)) == 1

    assert due_claim(now=after(3) + LEASE - timedelta(seconds=1), limit=10) == []
    assert len(due_claim(now=after(3) + LEASE, limit=10)) == 1


def test_a_late_answer_of_a_worker_that_lost_its_claim_changes_nothing(project):
    fire(project, make_channel(project))
    [first] = due_claim(now=after(3), limit=10)
    [second] = due_claim(now=after(3) + LEASE, limit=10)
    outcome = parcel_send(first)

    assert outcome_record(parcel=first, outcome=outcome, now=after(70), jitter=0) is False
    assert outcome_record(parcel=second, outcome=outcome, now=after(70), jitter=0) is True


def test_a_channel_that_fails_by_a_defect_keeps_nobody_else_waiting(project, monkeypatch, caplog):
    def fail(*_args, **_options):
        raise ZeroDivisionError

    fire(project, make_channel(project))
    monkeypatch.setattr("alerts.channels.email.EmailMessage.send", fail)

    deliver(3)

    assert "defect of Lineside" in delivery().answer
    assert "failed by a defect" in caplog.text


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1:8000/", "loopback"),
        ("http://169.254.169.254/latest/meta-data/", "which alerts may not reach"),
        ("http://[::1]/", "loopback"),
        ("http://10.0.0.8/", "private"),
        ("ftp://example.com/", "begins with https:// or http://"),
        ("https://user:secret@example.com/", "user name or password"),
    ],
)
def test_private_addresses_are_refused_when_they_are_typed(project, url, words):
    with pytest.raises(DraftError) as refused:
        make_channel(project, kind="webhook", config={"url": url})
    assert words in refused.value.problems["config.url"]


def test_a_name_that_leads_to_a_private_address_is_refused_when_it_is_sent(project):
    fire(project, make_channel(project, kind="webhook", config={"url": "http://localhost:9/"}))

    deliver(3)

    assert delivery().state == "failed"
    assert "which alerts may not reach" in delivery().answer


def test_a_secret_that_comes_back_masked_stays(project):
    config = {"url": "https://example.com/", "authorization": "Bearer hush"}
    channel = make_channel(project, kind="webhook", config=config)

    channel_save(
        project=project,
        name="Renamed",
        kind="webhook",
        config={"url": "https://example.com/2", "authorization": MASK},
        channel=channel,
    )

    channel.refresh_from_db()
    assert channel.config == {"url": "https://example.com/2", "authorization": "Bearer hush"}


def test_a_test_message_says_that_it_is_one(project, webhook):
    channel = make_channel(project, kind="webhook", config={"url": webhook.url})

    outcome = channel_test(channel=channel, key="k", now=after(0))

    assert outcome.is_delivered
    assert webhook.requests[0].body["status"] == "test"
    assert not Delivery.objects.exists()
