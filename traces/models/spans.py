"""Spans as they came, what they came from, and which traces they touched."""

from django.db import models


class Span(models.Model):
    """A stored span; columns as in traces.domain.span_row. The table is partitioned by day of start (sql/span_table.sql)
    and written by COPY only."""

    pk = models.CompositePrimaryKey("project_id", "trace_id", "span_id", "start_ns")
    start_ns = models.BigIntegerField()
    end_ns = models.BigIntegerField()
    input_tokens = models.BigIntegerField(null=True)
    cache_read_input_tokens = models.BigIntegerField(null=True)
    cache_creation_input_tokens = models.BigIntegerField(null=True)
    output_tokens = models.BigIntegerField(null=True)
    reasoning_output_tokens = models.BigIntegerField(null=True)
    project_id = models.IntegerField()
    status = models.SmallIntegerField()
    trace_id = models.BinaryField()
    span_id = models.BinaryField()
    parent_span_id = models.BinaryField(null=True)
    name = models.TextField()
    kind = models.TextField()
    convention = models.TextField(null=True)
    provider = models.TextField(null=True)
    request_model = models.TextField(null=True)
    response_model = models.TextField(null=True)
    response_id = models.TextField(null=True)
    agent = models.TextField(null=True)
    tool = models.TextField(null=True)
    tool_call_id = models.TextField(null=True)
    prompt_name = models.TextField(null=True)
    prompt_version = models.TextField(null=True)
    session_id = models.TextField(null=True)
    user_id = models.TextField(null=True)
    state = models.TextField(null=True)
    service = models.TextField(null=True)
    environment = models.TextField(null=True)
    release = models.TextField(null=True)
    status_message = models.TextField(null=True)
    error_type = models.TextField(null=True)
    resource_digest = models.BinaryField()
    scope_digest = models.BinaryField()
    details = models.JSONField(null=True)
    raw = models.BinaryField()

    class Meta:
        managed = False
        db_table = "traces_span"

    def __str__(self) -> str:
        return f"{self.name} {bytes(self.span_id).hex()}"


class Origin(models.Model):
    """A resource or a scope, stored once for all spans that came with it.

    `data` is a serialized ResourceSpans or ScopeSpans message without spans: the resource or scope itself
    and its schema_url. `digest` is the first 16 bytes of its BLAKE2b.
    """

    pk = models.CompositePrimaryKey("project_id", "digest")
    project_id = models.IntegerField()
    digest = models.BinaryField()
    data = models.BinaryField()

    def __str__(self) -> str:
        return bytes(self.digest).hex()


class Mark(models.Model):
    """«This trace has new spans»: written in the transaction that stores them, deleted in the one that
    summarises them. Append-only, so the receiver never waits for a worker.

    An echo says that another trace tells of the same model calls; it makes no further echoes."""

    pk = models.CompositePrimaryKey("project_id", "trace_id", "id")
    project_id = models.IntegerField()
    trace_id = models.BinaryField()
    id = models.BigIntegerField()
    slot = models.SmallIntegerField()
    marked_at = models.DateTimeField()
    is_echo = models.BooleanField(default=False)

    class Meta:
        managed = False
        db_table = "traces_mark"

    def __str__(self) -> str:
        return bytes(self.trace_id).hex()


class Remapping(models.Model):
    """Stored spans that are read again with a newer mapping: how far it is, and how many changed.

    The place is the key of the last span that was read; a run that was cut off goes on behind it.
    """

    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="remappings")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    seen_count = models.BigIntegerField(default=0)
    changed_count = models.BigIntegerField(default=0)
    trace_id = models.BinaryField(default=b"")
    span_id = models.BinaryField(default=b"")
    start_ns = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["project"], condition=models.Q(finished_at=None), name="one_remapping_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.changed_count} of {self.seen_count} spans, {self.started_at:%Y-%m-%d %H:%M} UTC"
