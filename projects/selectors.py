"""Reads of projects, members and keys."""

import hashlib
from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.db.models import QuerySet

from projects.models import ApiKey, Membership, Project


@dataclass(frozen=True, slots=True)
class KeyGrant:
    """What a valid key allows: one project, and any of the scopes ingest, read and write."""

    key_id: int
    project_id: int
    scopes: frozenset[str]


def key_digest(key: str) -> bytes:
    """The 32 bytes under which a key is stored."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()


def key_grant_get(key: str) -> KeyGrant | None:
    """What this key allows, or None for an unknown or revoked one. One query."""
    row = (
        ApiKey.objects.filter(digest=key_digest(key), revoked_at=None)
        .values_list("id", "project_id", "can_ingest", "can_read", "can_write")
        .first()
    )
    if row is None:
        return None
    key_id, project_id, *allowed = row
    scopes = frozenset(
        scope for scope, is_allowed in zip(("ingest", "read", "write"), allowed, strict=True) if is_allowed
    )
    return KeyGrant(key_id=key_id, project_id=project_id, scopes=scopes)


def project_list(*, user: User | AbstractBaseUser | AnonymousUser) -> QuerySet[Project]:
    """The projects that this person may see: all for a superuser, else those of their memberships."""
    if not user.is_authenticated:
        return Project.objects.none()
    if getattr(user, "is_superuser", False):
        return Project.objects.all()
    return Project.objects.filter(memberships__user=user.pk)


def project_owned_list(*, user: User | AbstractBaseUser | AnonymousUser) -> QuerySet[Project]:
    """The projects that this person may change: all for an active superuser, else those that they own."""
    if not user.is_authenticated or not user.is_active:
        return Project.objects.none()
    if getattr(user, "is_superuser", False):
        return Project.objects.all()
    return Project.objects.filter(memberships__user=user.pk, memberships__role=Membership.Role.OWNER)


def project_patience() -> dict[int, int]:
    """Nanoseconds after which a silent open trace is lost, by project id. One query."""
    return dict(Project.objects.values_list("pk", "lost_after_ns"))
