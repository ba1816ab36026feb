"""What models cost in a project, and the record of pricing again."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Lower


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
