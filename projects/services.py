"""Changes to projects, members and keys."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from projects.models import ApiKey, Membership, Project, SignInToken
from projects.selectors import key_digest

ALL_SCOPES = frozenset({"ingest", "read", "write"})

SIGN_IN_TOKEN_LIFETIME = timedelta(hours=1)
"""Long enough to walk from the terminal to the browser, short enough that an old terminal log opens nothing."""


def key_generate() -> str:
    """A new key of 192 random bits, recognisable by secret scanners through its prefix."""
    return f"ls_{secrets.token_urlsafe(24)}"


def api_key_create(
    *,
    project: Project,
    name: str,
    scopes: frozenset[str] = ALL_SCOPES,
    key: str | None = None,
) -> tuple[ApiKey, str]:
    """Store a key's digest and return the record with the key itself, which can never be read again.

    `key` sets the key instead of generating one (the default project's, from the environment).
    """
    plain = key or key_generate()
    record = ApiKey.objects.create(
        project=project,
        name=name,
        prefix=plain[:8],
        digest=key_digest(plain),
        can_ingest="ingest" in scopes,
        can_read="read" in scopes,
        can_write="write" in scopes,
    )
    return record, plain


def api_key_revoke(*, key: ApiKey, at: datetime) -> bool:
    """Revoke a key; False when it already was."""
    return ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=at) == 1


def project_update(*, project: Project, **changes: Any) -> Project:
    """Write these fields, already validated, and nothing else: who changes others at the same time keeps theirs.

    Returns the project as it then stands.
    """
    if changes:
        Project.objects.filter(pk=project.pk).update(**changes)
    project.refresh_from_db()
    return project


@transaction.atomic
def installation_prepare(*, api_key: str, admin_password: str) -> Project:
    """Make the default project, its first key and the user `admin`; safe to run at every start.

    The key and the password given here are valid afterwards. Keys made by people stay as they are.
    """
    project, _ = Project.objects.get_or_create(slug="default", defaults={"name": "Default"})
    digest = key_digest(api_key)
    if not ApiKey.objects.filter(digest=digest).exists():
        api_key_create(project=project, name="First key", key=api_key)
    admin, is_new = User.objects.get_or_create(
        username="admin",
        defaults={"is_staff": True, "is_superuser": True, "email": "admin@localhost"},
    )
    if is_new or not admin.check_password(admin_password):
        admin.set_password(admin_password)
        admin.save(update_fields=["password"])
    Membership.objects.get_or_create(project=project, user=admin, defaults={"role": Membership.Role.OWNER})
    return project


def sign_in_token_create(*, user: User, now: datetime) -> str:
    """A token that signs this person in once within the next hour. Only its digest is stored.

    Tokens that are past their time are removed on this occasion, so the table never grows.
    """
    SignInToken.objects.filter(expires_at__lte=now).delete()
    token = secrets.token_urlsafe(24)
    SignInToken.objects.create(user=user, digest=key_digest(token), expires_at=now + SIGN_IN_TOKEN_LIFETIME)
    return token


def sign_in_token_redeem(*, token: str, now: datetime) -> User | None:
    """The active person whom this token signs in, or None where it is unknown, spent, late, or they are inactive.

    The conditional UPDATE decides: of two browsers that come with the same token at once, one gets the person.
    Its condition names columns of the token's own row only. With a join it would become a subquery, which
    Postgres reads again as it was before the wait for the other's commit, and both would win.
    """
    tokens = SignInToken.objects.filter(digest=key_digest(token))
    if tokens.filter(used_at=None, expires_at__gt=now).update(used_at=now) != 1:
        return None
    return User.objects.filter(pk__in=tokens.values("user_id"), is_active=True).first()
