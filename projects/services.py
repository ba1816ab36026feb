"""Changes to projects, members and keys."""

import secrets
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from projects.models import ApiKey, Membership, Project
from projects.selectors import key_digest

ALL_SCOPES = frozenset({"ingest", "read", "write"})


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
