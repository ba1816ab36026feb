"""The span store. No other app names these tables.

Every key begins with the project and carries the trace id, the column by which Citus would distribute
the tables: no unique key and no query of the hot path needs more than one shard.
"""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Value
from django.db.models.functions import Lower, Now


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


class Trace(models.Model):
    """The summary of one trace: a pure function of its stored spans, recomputed whenever spans arrive."""

    class Status(models.TextChoices):
        OPEN = "open"
        OK = "ok"
        ERROR = "error"
        LOST = "lost"

    pk = models.CompositePrimaryKey("project_id", "trace_id")
    project_id = models.IntegerField()
    trace_id = models.BinaryField()
    root_span_id = models.BinaryField(null=True)
    start_ns = models.BigIntegerField()
    end_ns = models.BigIntegerField()
    duration_ns = models.BigIntegerField()
    status = models.CharField(max_length=5, choices=Status)
    name = models.TextField()
    session_id = models.TextField(null=True)
    user_id = models.TextField(null=True)
    service = models.TextField(null=True)
    environment = models.TextField(null=True)
    release = models.TextField(null=True)
    agent_names = ArrayField(models.TextField())
    model_names = ArrayField(models.TextField())
    tool_names = ArrayField(models.TextField())
    service_names = ArrayField(models.TextField())
    error_message = models.TextField(null=True)
    span_count = models.IntegerField()
    error_count = models.IntegerField()
    llm_call_count = models.IntegerField()
    tool_call_count = models.IntegerField()
    retry_count = models.IntegerField(null=True)
    retry_wait_ns = models.BigIntegerField(db_default=0)
    fallback_count = models.IntegerField(null=True)
    loop_count = models.IntegerField(db_default=0)
    handoff_count = models.IntegerField(db_default=0)
    human_wait_count = models.IntegerField(db_default=0)
    context_peak_tokens = models.BigIntegerField(null=True)
    context_window_tokens = models.BigIntegerField(null=True)
    thread_id = models.TextField(null=True)
    linked_trace_ids = ArrayField(
        models.TextField(), db_default=Value([], output_field=ArrayField(models.TextField()))
    )
    behaviour = models.JSONField(
        null=True, help_text="traces.domain.behaviour.summary, without what has a column."
    )
    input_tokens = models.BigIntegerField()
    cache_read_input_tokens = models.BigIntegerField()
    cache_creation_input_tokens = models.BigIntegerField()
    output_tokens = models.BigIntegerField()
    reasoning_output_tokens = models.BigIntegerField()
    cost_usd = models.DecimalField(max_digits=38, decimal_places=18, null=True)
    cost_low_usd = models.DecimalField(max_digits=38, decimal_places=18, null=True)
    reported_cost_usd = models.DecimalField(max_digits=38, decimal_places=18, null=True)
    saved_usd = models.DecimalField(max_digits=38, decimal_places=18, null=True)
    failed_call_count = models.IntegerField(db_default=0)
    maybe_billed_call_count = models.IntegerField(db_default=0)
    time_to_first_token_ns = models.BigIntegerField(null=True)
    unmetered_call_count = models.IntegerField()
    unpriced_call_count = models.IntegerField()
    estimated_call_count = models.IntegerField(db_default=0)
    estimated_usd = models.DecimalField(
        max_digits=38,
        decimal_places=18,
        null=True,
        help_text="Of unmetered calls, by their text; in no total.",
    )
    completeness = models.SmallIntegerField(
        null=True, help_text="How much the spans tell, in percent: traces.domain.completeness."
    )
    gaps = ArrayField(
        models.TextField(),
        db_default=Value([], output_field=ArrayField(models.TextField())),
        help_text="Codes of the checks that found something missing.",
    )
    latency = models.JSONField(null=True)
    states = models.JSONField(default=list)
    summarised_at = models.DateTimeField()
    last_seen_at = models.DateTimeField(db_default=Now(), help_text="When the last span arrived.")

    class Meta:
        indexes = [
            # The list: newest first, by keyset (start_ns, trace_id).
            models.Index(fields=["project_id", "-start_ns", "-trace_id"], name="trace_newest"),
            # Alerts: what was summarised since the last look.
            models.Index(fields=["summarised_at"], name="trace_summarised"),
            # The overview's "running now"; most traces are closed, so the index stays tiny.
            models.Index(
                fields=["project_id", "-start_ns"],
                name="trace_open",
                condition=models.Q(status="open"),
            ),
            # The other runs of a conversation.
            models.Index(
                fields=["project_id", "thread_id", "start_ns"],
                name="trace_thread",
                condition=models.Q(thread_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {bytes(self.trace_id).hex()}"


class Call(models.Model):
    """A span that reports a model call, and what was decided about it: counted, or a second report.

    Rewritten with the trace's summary; a trace's totals are the sums of its counted calls.
    """

    pk = models.CompositePrimaryKey("project_id", "trace_id", "span_id", "start_ns")
    project_id = models.IntegerField()
    trace_id = models.BinaryField()
    span_id = models.BinaryField()
    start_ns = models.BigIntegerField()
    duration_ns = models.BigIntegerField()
    kind = models.TextField()
    provider = models.TextField(null=True)
    model = models.TextField(null=True)
    agent = models.TextField(null=True)
    service = models.TextField(null=True)
    environment = models.TextField(null=True)
    is_error = models.BooleanField()
    is_counted = models.BooleanField()
    reason = models.TextField(
        help_text="Why it is counted or not; a word of traces.domain.call_reports.Reason."
    )
    is_lone = models.BooleanField(
        db_default=False, help_text="Its whole tree is a model call: nobody says who called."
    )
    response_id = models.TextField(null=True)
    same_as_trace_id = models.BinaryField(null=True)
    same_as_span_id = models.BinaryField(null=True)
    input_tokens = models.BigIntegerField(null=True)
    cache_read_input_tokens = models.BigIntegerField(null=True)
    cache_creation_input_tokens = models.BigIntegerField(null=True)
    output_tokens = models.BigIntegerField(null=True)
    reasoning_output_tokens = models.BigIntegerField(null=True)
    cost_usd = models.DecimalField(max_digits=38, decimal_places=18, null=True)
    cost_low_usd = models.DecimalField(max_digits=38, decimal_places=18, null=True)
    reported_cost_usd = models.DecimalField(max_digits=38, decimal_places=18, null=True)
    estimated_usd = models.DecimalField(max_digits=38, decimal_places=18, null=True)
    price = models.JSONField(
        null=True,
        help_text="How the cost or the estimate came about: traces.services.summary_rows.price_json.",
    )
    terms = models.JSONField(
        null=True, help_text="What else its price depends on: traces.domain.pricing.price_terms."
    )
    billing = models.TextField(
        null=True, help_text="Of a failed call: a word of traces.domain.failures.Billing."
    )
    running_total_of = models.TextField(
        null=True, help_text="The agent object over all of whose turns the span's own usage is a total."
    )

    class Meta:
        indexes = [
            # Costs by model, agent, service and day: a range of time of one project.
            models.Index(
                fields=["project_id", "start_ns"],
                name="call_in_time",
            ),
            # What waits for a price, or has an estimate at best: few calls, looked for whenever a price is given.
            models.Index(
                fields=["project_id", "trace_id", "span_id", "start_ns"],
                name="call_without_cost",
                condition=models.Q(cost_usd=None)
                & (models.Q(is_counted=True) | models.Q(reason="unmetered")),
            ),
            # Reports of one call in several traces: by the provider's id of the answer,
            models.Index(
                fields=["project_id", "response_id"],
                name="call_response",
                condition=models.Q(response_id__isnull=False),
            ),
            # and by equal usage at about the same time: a call that stands alone among all of them, the others among the
            # few that do.
            models.Index(
                fields=["project_id", "input_tokens", "output_tokens", "start_ns"],
                name="call_usage",
                condition=models.Q(input_tokens__isnull=False),
            ),
            models.Index(
                fields=["project_id", "input_tokens", "output_tokens", "start_ns"],
                name="call_usage_lone",
                condition=models.Q(is_lone=True),
            ),
            # The totals of one agent object, by when they were told.
            models.Index(
                models.F("project_id"),
                models.F("running_total_of"),
                models.F("start_ns") + models.F("duration_ns"),
                models.F("span_id"),
                name="call_total",
                condition=models.Q(running_total_of__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model} {bytes(self.span_id).hex()}"


def _rate(what: str, help_text: str) -> "models.DecimalField[Decimal | None, Decimal | None]":
    return models.DecimalField(
        what,
        max_digits=20,
        decimal_places=10,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=help_text,
    )


class OwnPrice(models.Model):
    """A price that a project set, asked before the price lists."""

    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="own_prices")
    model = models.CharField(
        max_length=200, help_text="The model's name as spans give it, or a pattern: gpt-4o*, our-deployment."
    )
    provider = models.CharField(
        max_length=100,
        blank=True,
        help_text="Only of this provider, in the GenAI convention's name; empty: of any.",
    )
    valid_from = models.DateTimeField(
        null=True, blank=True, help_text="For calls from then on; empty: from ever."
    )
    valid_until = models.DateTimeField(
        null=True, blank=True, help_text="For calls before then; empty: for good."
    )
    input_usd = _rate("input", "US dollars for a million tokens.")
    cache_read_usd = _rate(
        "cached input", "US dollars for a million tokens read from a cache; empty: as input."
    )
    cache_write_usd = _rate("input written to a cache", "US dollars for a million tokens; empty: as input.")
    output_usd = _rate("output", "US dollars for a million tokens.")
    request_usd = _rate("request", "US dollars for each request.")
    second_usd = _rate("second", "US dollars for each second begun.")

    class Meta:
        ordering = ["project", "model", "-valid_from"]
        verbose_name = "own price"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_from=None)
                | models.Q(valid_until=None)
                | models.Q(valid_until__gt=models.F("valid_from")),
                name="own_price_validity",
                violation_error_message="The price must become valid before it ends.",
            ),
        ]

    def __str__(self) -> str:
        return f"own price of {self.model}"


class ModelAlias(models.Model):
    """What a project's name for a model stands for: an Azure deployment, a gateway's route."""

    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="model_aliases")
    name = models.CharField(max_length=200, help_text="The name that spans give.")
    model = models.CharField(
        max_length=200, help_text="The model that it stands for, as its provider calls it: gpt-4o."
    )
    provider = models.CharField(
        max_length=100,
        blank=True,
        help_text="Who serves it, in the GenAI convention's name: azure.ai.openai.",
    )

    class Meta:
        ordering = ["project", "name"]
        verbose_name = "model alias"
        verbose_name_plural = "model aliases"
        constraints = [
            models.UniqueConstraint(Lower("name"), "project", name="model_alias_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} is {self.model}"


class Repricing(models.Model):
    """Calls that were priced anew: who did it, when, why, and what changed."""

    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="repricings")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=150)
    reason = models.CharField(max_length=300)
    call_count = models.IntegerField(help_text="Calls whose cost changed.")
    trace_count = models.IntegerField(help_text="Traces whose cost changed.")
    before_usd = models.DecimalField(max_digits=38, decimal_places=18)
    after_usd = models.DecimalField(max_digits=38, decimal_places=18)

    class Meta:
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return f"{self.reason}, {self.made_at:%Y-%m-%d %H:%M} UTC"


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
