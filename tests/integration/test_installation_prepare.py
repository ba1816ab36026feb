"""`manage.py installation_prepare` makes a fresh database usable, and a used one no worse."""

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from projects.models import ApiKey, Membership, Project
from projects.selectors import key_grant_get

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _secrets(settings):
    settings.LINESIDE_API_KEY = "ls_first-key-of-the-tests"
    settings.LINESIDE_ADMIN_PASSWORD = "a long password"


def test_it_makes_the_project_its_key_and_the_admin():
    call_command("installation_prepare")

    project = Project.objects.get(slug="default")
    grant = key_grant_get("ls_first-key-of-the-tests")
    assert grant.project_id == project.pk
    assert grant.scopes == {"ingest", "read", "write"}
    admin = User.objects.get(username="admin")
    assert admin.is_superuser
    assert admin.check_password("a long password")
    assert Membership.objects.get(user=admin).role == Membership.Role.OWNER


def test_it_changes_nothing_the_second_time():
    call_command("installation_prepare")
    before = list(ApiKey.objects.values()), list(User.objects.values()), list(Project.objects.values())

    call_command("installation_prepare")

    assert before == (
        list(ApiKey.objects.values()),
        list(User.objects.values()),
        list(Project.objects.values()),
    )


def test_it_prints_no_secret(capsys):
    call_command("installation_prepare")

    output = capsys.readouterr()
    assert "ls_first" not in output.out + output.err
    assert "a long password" not in output.out + output.err


@pytest.mark.parametrize("name", ["LINESIDE_API_KEY", "LINESIDE_ADMIN_PASSWORD"])
def test_it_names_the_variable_that_is_missing(settings, name):
    setattr(settings, name, "")

    with pytest.raises(CommandError, match=f"Set {name}"):
        call_command("installation_prepare")
