"""What is computed of the spans: a row for each trace, and one for each report of a model call."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Value
from django.db.models.functions import Now


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
