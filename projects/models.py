"""Tenancy: what a team is (Project), who belongs to it (Membership) and which programs speak for it (ApiKey)."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from core.clock import NS_PER_SECOND

LOST_AFTER_NS = 30 * 60 * NS_PER_SECOND
"""Half an hour: longer than agents' tools usually take without a word, and short enough to be told the same day."""


class Project(models.Model):
    """One walled-off set of traces, with the promises that its alerts are measured against."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    user_timeout_ns = models.BigIntegerField(
        "user-facing timeout",
        default=60_000_000_000,
        validators=[MinValueValidator(1)],
        help_text="How long the user's side waits for an answer, in nanoseconds.",
    )
    monthly_budget_usd = models.DecimalField(
        "monthly budget",
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="What all model calls of a calendar month (UTC) may cost, in US dollars.",
    )
    estimate_usd = models.DecimalField(
        "design estimate per trace",
        max_digits=14,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="What one trace was expected to cost at design time, in US dollars; shown beside what it does cost.",
    )
    retention_days = models.PositiveIntegerField(
        default=30,
        validators=[MinValueValidator(1)],
        help_text="Spans older than this may be removed.",
    )
    lost_after_ns = models.BigIntegerField(
        "silence after which a trace is lost",
        default=LOST_AFTER_NS,
        db_default=LOST_AFTER_NS,
        validators=[MinValueValidator(1)],
        help_text="Nanoseconds without a new span after which an open trace is closed: its root will not come.",
    )
    counts_reported_cost = models.BooleanField(
        "count the exporter's cost",
        default=False,
        db_default=False,
        help_text="Where an exporter sends a cost of its own, it is counted instead of the one by price lists.",
    )
    estimates_unmetered = models.BooleanField(
        "estimate calls without usage",
        default=False,
        db_default=False,
        help_text="Model calls that report no usage get an estimate by their text. It stands beside the cost, marked, "
        "and is in no total.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(lost_after_ns__gt=0), name="project_lost_after_positive"),
            models.CheckConstraint(condition=Q(user_timeout_ns__gt=0), name="project_user_timeout_positive"),
            models.CheckConstraint(condition=Q(retention_days__gt=0), name="project_retention_positive"),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person's place in a project. Owners may change it; members may read it and handle its alerts."""

    class Role(models.TextChoices):
        OWNER = "owner"
        MEMBER = "member"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "user"], name="membership_once_per_project")
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.project} ({self.role})"


class ApiKey(models.Model):
    """A program's key. Only the SHA-256 of the key is stored: keys are long and random, so a slow hash adds
    nothing, and the receiver checks one on every call."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=120)
    prefix = models.CharField(max_length=16, help_text="The first characters, to tell keys apart.")
    digest = models.BinaryField(max_length=32, unique=True, editable=False)
    can_ingest = models.BooleanField("ingest", default=True)
    can_read = models.BooleanField("read", default=False)
    can_write = models.BooleanField("write", default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = "API key"
        verbose_name_plural = "API keys"

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class SignInToken(models.Model):
    """A link that signs one person in, once. Stored, like a key, as the SHA-256 of a long random text."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    digest = models.BinaryField(max_length=32, unique=True, editable=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "sign-in token"

    def __str__(self) -> str:
        return f"for {self.user}, until {self.expires_at:%Y-%m-%d %H:%M} UTC"
