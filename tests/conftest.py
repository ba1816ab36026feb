"""The standing cast: one project, the people around it, and a program with a key."""

import secrets
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.db import connection
from hypothesis import settings

from core.clock import NS_PER_SECOND
from projects.models import Membership, Project
from projects.services import api_key_create

# Property tests try the same examples each time, and a machine that others use too may take its time.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")


@pytest.fixture
def project(db) -> Project:
    """The project that most tests are about."""
    return Project.objects.create(slug="signals", name="Signals")


@pytest.fixture
def promises(project) -> Project:
    """`project` with promises that thresholds have to come before: 30 s for the user, 300 dollars a month."""
    project.user_timeout_ns = 30 * NS_PER_SECOND
    project.monthly_budget_usd = Decimal(300)
    project.save()
    return project


@pytest.fixture
def other_project(db) -> Project:
    """A project of other people, whose rows must never be seen from `project`."""
    return Project.objects.create(slug="elsewhere", name="Elsewhere")


@pytest.fixture
def owner(project) -> User:
    """May change the project."""
    user = User.objects.create_user("owner", email="owner@example.com", password=secrets.token_urlsafe())
    Membership.objects.create(project=project, user=user, role=Membership.Role.OWNER)
    return user


@pytest.fixture
def member(project) -> User:
    """May read the project."""
    user = User.objects.create_user("member", email="member@example.com", password=secrets.token_urlsafe())
    Membership.objects.create(project=project, user=user)
    return user


@pytest.fixture
def stranger(other_project) -> User:
    """Is signed in, and belongs to another project only."""
    user = User.objects.create_user(
        "stranger", email="stranger@example.com", password=secrets.token_urlsafe()
    )
    Membership.objects.create(project=other_project, user=user)
    return user


@pytest.fixture
def api_key(project) -> str:
    """The plain text of a key of `project` with every scope."""
    _, key = api_key_create(project=project, name="Test key")
    return key


@pytest.fixture
def other_api_key(other_project) -> str:
    """The plain text of a key of the other project."""
    _, key = api_key_create(project=other_project, name="Other key")
    return key


@pytest.fixture
def span_tables(transactional_db) -> Iterator[None]:
    """Committed spans and marks are gone after the test; Django does not empty tables that it does not manage."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE traces_span, traces_mark")
