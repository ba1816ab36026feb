"""Forms of the admin: durations in seconds, people by their user name."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminTextInputWidget

from core.units import ns_from_seconds, seconds_from_ns
from projects.models import LOST_AFTER_NS, ApiKey, Membership, Project

MAX_SECONDS = 9_223_372_036
"""What 64 bits of nanoseconds can hold, cut to whole seconds."""


class SecondsField(forms.DecimalField):
    """A duration that people write in seconds and that is stored as integer nanoseconds, exactly."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{
                "max_digits": 19,
                "decimal_places": 9,
                "max_value": MAX_SECONDS,
                "widget": UnfoldAdminDecimalFieldWidget(attrs={"inputmode": "decimal", "step": "any"}),
                **options,
            }
        )

    def clean(self, value: Any) -> int | None:
        """Nanoseconds, or None for an optional field that was left empty."""
        seconds = super().clean(value)
        return None if seconds is None else ns_from_seconds(seconds)

    def prepare_value(self, value: Any) -> Any:
        """Stored nanoseconds as seconds; what a person just typed as they typed it."""
        return f"{seconds_from_ns(value):f}" if isinstance(value, int) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """By the value, so that 60 and 60.0 are the same."""
        try:
            return bool(self.clean(data) != initial)
        except forms.ValidationError:
            return True


class ProjectForm(forms.ModelForm):  # type: ignore[type-arg]
    """A project in the units that people think in."""

    user_timeout_ns = SecondsField(
        label="User-facing timeout",
        min_value=0.001,
        help_text="Seconds that the user's side waits for an answer. Latency alerts must fire before it.",
    )

    lost_after_ns = SecondsField(
        label="A silent trace is lost after",
        min_value=1,
        required=False,
        help_text="Seconds without a new span after which an open trace is closed as lost: its root will not come. "
        "Empty: half an hour.",
    )

    def clean_lost_after_ns(self) -> int:
        """An empty field means the usual silence."""
        given: int | None = self.cleaned_data["lost_after_ns"]
        return LOST_AFTER_NS if given is None else given

    class Meta:
        model = Project
        fields = (
            "name",
            "slug",
            "user_timeout_ns",
            "monthly_budget_usd",
            "estimate_usd",
            "counts_reported_cost",
            "estimates_unmetered",
            "lost_after_ns",
            "retention_days",
        )
        help_texts = {
            "slug": "Part of every address of the project. It stays as it is once chosen.",
            "monthly_budget_usd": "US dollars that all model calls of a calendar month (UTC) may cost.",
            "estimate_usd": "US dollars that one trace was expected to cost at design time.",
            "retention_days": "Days after which spans may be removed.",
        }


class MembershipForm(forms.ModelForm):  # type: ignore[type-arg]
    """A member, named by typing: a list to choose from would show every project's people to each owner."""

    user = forms.ModelChoiceField(
        label="User name",
        queryset=User.objects.all(),
        to_field_name="username",
        widget=UnfoldAdminTextInputWidget(attrs={"autocapitalize": "none", "autocomplete": "off"}),
        error_messages={"invalid_choice": "There is no user of this name."},
    )

    class Meta:
        model = Membership
        fields = ("project", "user", "role")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            self.initial["user"] = self.instance.user.get_username()


class ApiKeyForm(forms.ModelForm):  # type: ignore[type-arg]
    """Name and scopes of a key; the key itself is never entered."""

    class Meta:
        model = ApiKey
        fields = ("project", "name", "can_ingest", "can_read", "can_write")
        help_texts = {
            "name": "Which program uses it. Give each program its own, so that one can be revoked alone.",
            "can_ingest": "Send spans (OTLP).",
            "can_read": "Read traces and metrics (REST).",
            "can_write": "Change the project and its alerts (REST).",
        }

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if cleaned is not None and not any(
            cleaned.get(scope) for scope in ("can_ingest", "can_read", "can_write")
        ):
            raise forms.ValidationError("Choose at least one scope; a key without any opens nothing.")
        return cleaned
