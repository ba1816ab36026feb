"""A sign-in token opens the door once, for an hour, to one person."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from projects.models import SignInToken
from projects.selectors import key_digest
from projects.services import sign_in_token_create, sign_in_token_redeem

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def test_a_token_signs_its_person_in(member):
    token = sign_in_token_create(user=member, now=NOW)

    assert sign_in_token_redeem(token=token, now=NOW + timedelta(minutes=59)) == member


def test_a_token_works_once(member):
    token = sign_in_token_create(user=member, now=NOW)
    sign_in_token_redeem(token=token, now=NOW)

    assert sign_in_token_redeem(token=token, now=NOW) is None


@pytest.mark.parametrize("age", [timedelta(hours=1), timedelta(days=3)])
def test_a_token_ends_after_an_hour(member, age):
    token = sign_in_token_create(user=member, now=NOW)

    assert sign_in_token_redeem(token=token, now=NOW + age) is None


@pytest.mark.django_db
@pytest.mark.parametrize("token", ["", "unknown", "\udc80", "x" * 5000])
def test_an_unknown_token_signs_nobody_in(token):
    assert sign_in_token_redeem(token=token, now=NOW) is None


def test_an_inactive_person_is_not_signed_in(member):
    token = sign_in_token_create(user=member, now=NOW)
    member.is_active = False
    member.save()

    assert sign_in_token_redeem(token=token, now=NOW) is None


def test_only_the_digest_is_stored(member):
    token = sign_in_token_create(user=member, now=NOW)

    [row] = SignInToken.objects.values()
    assert bytes(row["digest"]) == key_digest(token)
    assert token not in str(row)


def test_late_tokens_are_removed_when_one_is_made(member):
    sign_in_token_create(user=member, now=NOW)
    sign_in_token_create(user=member, now=NOW + timedelta(hours=2))

    assert SignInToken.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_signed_in(member):
    token = sign_in_token_create(user=member, now=NOW)
    start = threading.Barrier(2, timeout=10)
    answers = []

    def redeem() -> None:
        try:
            start.wait()
            answers.append(sign_in_token_redeem(token=token, now=NOW))
        finally:
            connection.close()

    workers = [threading.Thread(target=redeem) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=20)

    assert sorted(answers, key=bool) == [None, member]


@pytest.mark.django_db(transaction=True)
def test_who_waited_for_the_other_to_commit_gets_nothing(member):
    """The race of the test above, forced: the second UPDATE begins while the first is not committed."""
    token = sign_in_token_create(user=member, now=NOW)
    answers = []
    with transaction.atomic(), connection.cursor() as cursor:
        answers.append(sign_in_token_redeem(token=token, now=NOW))
        waiting = threading.Thread(target=_redeem_in_own_connection, args=(token, answers))
        waiting.start()
        _await_lock_wait(cursor)
    waiting.join(timeout=20)

    assert answers == [member, None]


def _redeem_in_own_connection(token: str, answers: list) -> None:
    try:
        answers.append(sign_in_token_redeem(token=token, now=NOW))
    finally:
        connection.close()


def _await_lock_wait(cursor) -> None:
    """Return when somebody waits for this transaction to end; the query itself sleeps between looks."""
    for _ in range(200):
        cursor.execute(
            "SELECT count(*), pg_sleep(0.05) FROM pg_locks"
            " WHERE NOT granted AND transactionid = pg_current_xact_id()::xid"
        )
        if cursor.fetchone()[0]:
            return
    pytest.fail("nobody waited for the row")


def test_the_link_command_prints_an_address_that_works(member, settings, capsys):
    settings.LINESIDE_PUBLIC_URL = "https://lineside.example"

    call_command("sign_in_link", user="member")

    address = capsys.readouterr().out.strip()
    assert address.startswith("https://lineside.example/sign-in/")
    token = address.rstrip("/").rsplit("/", 1)[1]
    assert sign_in_token_redeem(token=token, now=datetime.now(UTC)) == member


@pytest.mark.django_db
def test_the_link_command_says_who_is_missing():
    with pytest.raises(CommandError, match="no active user “nobody”"):
        call_command("sign_in_link", user="nobody")
