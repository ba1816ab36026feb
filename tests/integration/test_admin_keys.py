"""A key is shown once, by the page that answers its creation, and is stored as a digest alone."""

import logging
import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session

from projects.models import ApiKey
from projects.selectors import key_grant_get

KEY = re.compile(r"ls_[\w-]{32}")


@pytest.fixture
def root(client, db) -> User:
    user = User.objects.create_superuser("root")
    client.force_login(user)
    return user


@pytest.fixture
def made(client, root, project, caplog):
    """The answer to the form that makes a key."""
    with caplog.at_level(logging.DEBUG):
        return client.post(
            "/admin/projects/apikey/add/",
            {"project": project.pk, "name": "Collector", "can_ingest": "on", "can_read": "on"},
        )


def _shown_key(response) -> str:
    [key] = set(KEY.findall(response.content.decode()))
    return key


def test_the_answer_shows_a_key_that_works(made, project):
    grant = key_grant_get(_shown_key(made))

    assert grant.project_id == project.pk
    assert grant.scopes == {"ingest", "read"}


def test_the_answer_shows_the_lines_for_an_exporter(made, settings):
    page = made.content.decode()

    assert f'OTEL_EXPORTER_OTLP_ENDPOINT="http://localhost:{settings.LINESIDE_OTLP_GRPC_PORT}"' in page
    assert f'OTEL_EXPORTER_OTLP_HEADERS="x-api-key={_shown_key(made)}"' in page
    assert 'OTEL_EXPORTER_OTLP_PROTOCOL="grpc"' in page


def test_the_answer_is_kept_by_no_cache(made):
    assert "no-store" in made["cache-control"]


def test_nothing_that_is_stored_or_logged_holds_the_key(made, caplog):
    key = _shown_key(made)

    stored = [ApiKey, LogEntry]
    rows = [str(list(model.objects.values())) for model in stored]
    sessions = [str(session.get_decoded()) for session in Session.objects.all()]
    assert all(key not in text for text in (*rows, *sessions, caplog.text))


def test_no_later_page_shows_it(made, client):
    key = ApiKey.objects.get()

    for address in ("/admin/", "/admin/projects/apikey/", f"/admin/projects/apikey/{key.pk}/change/"):
        assert not KEY.search(client.get(address).content.decode())


def test_changing_a_key_keeps_what_it_opens(made, client):
    shown = _shown_key(made)
    key = ApiKey.objects.get()

    client.post(
        f"/admin/projects/apikey/{key.pk}/change/",
        {"name": "Renamed", "can_read": "on", "digest": "00", "prefix": "other", "project": "0"},
    )

    grant = key_grant_get(shown)
    assert grant.scopes == {"read"}
    changed = ApiKey.objects.get()
    assert (changed.name, changed.prefix, changed.project) == ("Renamed", shown[:8], key.project)


def test_a_key_without_a_scope_is_refused(client, root, project):
    response = client.post("/admin/projects/apikey/add/", {"project": project.pk, "name": "Nothing"})

    assert "at least one scope" in response.content.decode()
    assert not ApiKey.objects.exists()


def test_a_revoked_key_opens_nothing_and_stays_in_the_list(made, client):
    key = ApiKey.objects.get()

    response = client.post(f"/admin/projects/apikey/{key.pk}/revoke/", {"_form_submitted": "on"})

    assert response["hx-redirect"] == f"/admin/projects/apikey/{key.pk}/change/"
    assert key_grant_get(_shown_key(made)) is None
    assert "Collector" in client.get("/admin/projects/apikey/").content.decode()


def test_revoking_asks_first(made, client):
    key = ApiKey.objects.get()

    response = client.get(f"/admin/projects/apikey/{key.pk}/revoke/")

    assert "cannot be undone" in response.content.decode()
    assert key_grant_get(_shown_key(made)) is not None


def test_a_revoked_key_is_not_revoked_again(made, client):
    key = ApiKey.objects.get()
    client.post(f"/admin/projects/apikey/{key.pk}/revoke/", {"_form_submitted": "on"})
    key.refresh_from_db()
    first = key.revoked_at

    assert (
        client.post(f"/admin/projects/apikey/{key.pk}/revoke/", {"_form_submitted": "on"}).status_code == 403
    )
    key.refresh_from_db()
    assert key.revoked_at == first
