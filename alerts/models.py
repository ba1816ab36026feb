"""Rules, the channels that they speak through, and the record of all that they said."""

import uuid

from django.db import models
from django.db.models import Q

from projects.models import Project


class Channel(models.Model):
    """A way to reach people. What `config` holds is up to the kind: alerts.channels.<kind> cleans it."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="alert_channels")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)
    config = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="channel_name_once_per_project"),
        ]

    def __str__(self) -> str:
        return self.name


class Rule(models.Model):
    """A threshold on a metric, and who hears of it.

    `threshold` is in the metric's unit (whole nanoseconds, or US dollars); `filter` is an expression of the
    filter language, null or blank for every run.
    """

    class Severity(models.TextChoices):
        INFO = "info"
        WARNING = "warning"
        CRITICAL = "critical"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="alert_rules")
    name = models.CharField(max_length=120)
    metric = models.CharField(max_length=40, help_text="A key of alerts.domain.metrics.METRICS.")
    operator = models.CharField(max_length=2, default=">")
    threshold = models.DecimalField(max_digits=38, decimal_places=18)
    for_seconds = models.PositiveIntegerField(
        "for",
        default=0,
        help_text="How many seconds a breach must last before it fires; 0: it fires at once.",
    )
    keep_firing_seconds = models.PositiveIntegerField(
        "keep firing",
        default=300,
        help_text="How many seconds an incident shows as firing at least, also when its run ended meanwhile.",
    )
    filter = models.TextField(null=True, blank=True)
    severity = models.CharField(max_length=10, choices=Severity, default=Severity.WARNING)
    message = models.TextField(blank=True, max_length=2_000)
    channels = models.ManyToManyField(Channel, blank=True, related_name="rules")
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "threshold"  # what people call it; programs say rule
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="rule_name_once_per_project"),
            models.CheckConstraint(condition=Q(threshold__gte=0), name="rule_threshold_not_negative"),
            models.CheckConstraint(condition=Q(operator=">"), name="rule_operator_known"),
        ]

    def __str__(self) -> str:
        return self.name


class Incident(models.Model):
    """What a rule found, once for each subject: a trace (its id in hex) or a month (`2025-11`).

    `value` and `threshold` are the latest that were seen; each Transition keeps those of its moment.
    """

    class State(models.TextChoices):
        INACTIVE = "inactive"
        PENDING = "pending"
        FIRING = "firing"
        RESOLVED = "resolved"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="incidents")
    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="incidents")
    subject = models.CharField(max_length=64)
    trace_id = models.BinaryField(null=True, max_length=16)
    trace_name = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.INACTIVE)
    state_since = models.DateTimeField()
    reason = models.CharField(max_length=20, null=True)
    value = models.DecimalField(max_digits=38, decimal_places=18, null=True)
    unknown_call_count = models.PositiveIntegerField(
        default=0, help_text="Model calls whose cost is not in the value: it is a lower bound."
    )
    threshold = models.DecimalField(max_digits=38, decimal_places=18)
    message = models.TextField(blank=True)
    transition_count = models.PositiveIntegerField(default=0)
    next_look_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True, help_text="When it last began to fire.")
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # The subject is recorded once, whoever evaluates, and however often.
            models.UniqueConstraint(fields=["rule", "subject"], name="incident_once_per_subject"),
            models.CheckConstraint(
                condition=Q(state__in=["inactive", "pending", "firing", "resolved"]),
                name="incident_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="firing") | Q(started_at__isnull=False), name="incident_firing_has_start"
            ),
        ]
        indexes = [
            # The list of what fired, newest first, by keyset.
            models.Index(
                fields=["project", "-started_at", "-id"],
                name="incident_newest",
                condition=Q(started_at__isnull=False),
            ),
            # The top bar's count, and what fires at the top of the page; few rows at any time.
            models.Index(fields=["project"], name="incident_firing", condition=Q(state="firing")),
            # What must be looked at again by the clock.
            models.Index(
                fields=["next_look_at"], name="incident_due", condition=Q(state__in=["pending", "firing"])
            ),
        ]

    def __str__(self) -> str:
        return self.message or self.subject


class Transition(models.Model):
    """A change of an incident's state, with what was seen at that moment. Never changed."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="transitions")
    number = models.PositiveIntegerField()
    from_state = models.CharField(max_length=10)
    to_state = models.CharField(max_length=10)
    reason = models.CharField(max_length=20)
    value = models.DecimalField(max_digits=38, decimal_places=18, null=True)
    unknown_call_count = models.PositiveIntegerField(
        default=0, help_text="Model calls whose cost is not in the value: it is a lower bound."
    )
    threshold = models.DecimalField(max_digits=38, decimal_places=18)
    message = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["incident", "number"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "number"], name="transition_numbered_once"),
        ]

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"


class Delivery(models.Model):
    """One transition on its way to one channel. `key` is the idempotency key that the channel is sent."""

    class State(models.TextChoices):
        PENDING = "pending"
        DELIVERED = "delivered"
        FAILED = "failed", "failed, to be tried again"
        DEAD = "dead", "given up"

    transition = models.ForeignKey(Transition, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="deliveries")
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True, help_text="What the channel answered last, in words.")

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["transition", "channel"], name="delivery_once_per_channel"),
            models.UniqueConstraint(fields=["key"], name="delivery_key_unique"),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                name="delivery_due",
                condition=Q(state__in=["pending", "failed"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.transition} to {self.channel}: {self.state}"


class Watermark(models.Model):
    """How far the evaluation has read, and when it last took its longer looks. One row.

    `summarised_until` is the latest `summarised_at` that was looked at.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    summarised_until = models.DateTimeField()
    spend_looked_at = models.DateTimeField()
    swept_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="watermark_single")]

    def __str__(self) -> str:
        return f"summarised until {self.summarised_until}"
