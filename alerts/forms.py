"""Forms of the admin: rules in the units that people think in, channels with the settings of their kind.

What is refused is decided in alerts.services.rules, for REST as well; the forms only translate.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from alerts.channels import KINDS
from alerts.channels.kind import ConfigField, Kind, config_shown
from alerts.domain.metrics import METRICS, Unit
from alerts.domain.scope import Scope, compose_scope, split_scope
from alerts.domain.wording import PLACEHOLDERS
from alerts.models import Channel, Rule
from alerts.services.rules import RuleDraft, channel_problems, rule_problems
from core.units import decimal_text, ns_from_seconds, seconds_from_ns
from projects.models import Project

_FIELD_OF_PROBLEM = {"filter": "rest"}
"""Where a problem of the stored field is shown in the form."""


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """A rule. `draft` is what it asks for, once the form is valid."""

    draft: RuleDraft

    metric = forms.ChoiceField(
        choices=[(metric.key, metric.label) for metric in METRICS.values()],
        widget=UnfoldAdminSelectWidget,
    )
    threshold = forms.DecimalField(
        min_value=0,
        widget=UnfoldAdminDecimalFieldWidget(attrs={"inputmode": "decimal", "step": "any"}),
        help_text=(
            "Seconds for Trace Latency, US dollars for the others. It fires when the value is above. A latency must "
            "be below the project's user-facing timeout, an amount below its monthly budget."
        ),
    )
    agent = forms.CharField(
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="Only runs of this agent. Blank: every agent.",
    )
    service = forms.CharField(
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="Only runs of this service. Blank: every service.",
    )
    rest = forms.CharField(
        label="Further conditions",
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text='In the language of the traces list: environment = "production" and not user ~ "test-*".',
    )

    class Meta:
        model = Rule
        fields = (
            "project",
            "name",
            "enabled",
            "metric",
            "threshold",
            "for_seconds",
            "keep_firing_seconds",
            "severity",
            "message",
            "channels",
        )
        widgets = {"message": UnfoldAdminTextareaWidget(attrs={"rows": 3})}
        help_texts = {
            "message": "What people are told. Blank: the figures. These can be filled in: "
            + ", ".join(f"{{{name}}} ({words})" for name, words in PLACEHOLDERS.items())
            + ".",
            "channels": "Who is told. The alerts page and the top bar show every incident anyway.",
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            scope = split_scope(self.instance.filter)
            self.initial.update(
                threshold=shown_threshold(self.instance.metric, self.instance.threshold),
                agent=scope.agent,
                service=scope.service,
                rest=scope.rest,
            )

    def clean(self) -> dict[str, Any]:
        """Every field by itself is valid: now the rule as a whole, by the one function that knows."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return given
        try:
            threshold = stored_threshold(given["metric"], given["threshold"])
        except ValueError as error:
            self.add_error("threshold", str(error))
            return given
        self.draft = self._draft(given, threshold=threshold)
        for field, problem in rule_problems(self.draft, rule=self._stored_rule()).items():
            self.add_error(_FIELD_OF_PROBLEM.get(field, field), problem)
        # What becomes of the instance, on which the model's own checks follow.
        self.instance.filter = self.draft.filter or None
        return {**given, "threshold": threshold}

    def _draft(self, given: Mapping[str, Any], *, threshold: Decimal) -> RuleDraft:
        project: Project = given.get("project") or self.instance.project
        return RuleDraft(
            project=project,
            name=given["name"],
            metric=given["metric"],
            threshold=threshold,
            for_seconds=given["for_seconds"],
            keep_firing_seconds=given["keep_firing_seconds"],
            filter=compose_scope(Scope(agent=given["agent"], service=given["service"], rest=given["rest"])),
            severity=given["severity"],
            message=given["message"],
            channels=list(given["channels"]),
            enabled=given["enabled"],
        )

    def _stored_rule(self) -> Rule | None:
        rule: Rule = self.instance
        return rule if rule.pk else None


def stored_threshold(metric: str, shown: Decimal) -> Decimal:
    """What a person wrote, in the metric's unit: seconds become nanoseconds. ValueError where they do not exactly."""
    if METRICS[metric].unit is Unit.NANOSECONDS:
        return Decimal(ns_from_seconds(shown))
    return shown


def shown_threshold(metric: str, stored: Decimal) -> str:
    """A stored threshold as a person would write it."""
    if METRICS[metric].unit is Unit.NANOSECONDS:
        return f"{seconds_from_ns(int(stored)):f}"
    return decimal_text(stored) or ""


def config_name(kind: Kind, field: ConfigField) -> str:
    """The form's name of a setting: every kind has its own, though only one kind's count."""
    return f"{kind.key}_{field.name}"


def config_field(field: ConfigField) -> forms.CharField:
    """The form field of a setting. None is required by itself: which are depends on the kind."""
    widget = UnfoldAdminTextareaWidget(attrs={"rows": 3}) if field.is_long else UnfoldAdminTextInputWidget()
    return forms.CharField(label=field.label, help_text=field.help, required=False, widget=widget)


ConfigForm = type(
    "ConfigForm",
    (forms.Form,),
    {config_name(kind, field): config_field(field) for kind in KINDS.values() for field in kind.fields},
)
"""The settings of all kinds. The page shows those of the kind that is chosen (static/js/channel-kind.js)."""


class ChannelForm(forms.ModelForm, ConfigForm):  # type: ignore[type-arg, misc, valid-type]
    """A channel with the settings of its kind; `config` is what is stored of them, once the form is valid."""

    kind = forms.ChoiceField(
        choices=[(kind.key, kind.label) for kind in KINDS.values()],
        widget=UnfoldAdminSelectWidget(attrs={"data-channel-kind": ""}),
    )

    class Meta:
        model = Channel
        fields = ("project", "name", "kind")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            del self.fields["kind"]  # a channel keeps its kind
            kind = KINDS[self.instance.kind]
            shown = config_shown(kind, stored=self.instance.config)
            for field in kind.fields:
                self.initial[config_name(kind, field)] = _shown_setting(shown.get(field.name))

    def clean(self) -> dict[str, Any]:
        """Name, kind and settings together, by the one function that knows."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return given
        kind = KINDS[given.get("kind") or self.instance.kind]
        problems, self.config = channel_problems(
            project=given.get("project") or self.instance.project,
            name=given["name"],
            kind=kind.key,
            config={field.name: given[config_name(kind, field)] for field in kind.fields},
            channel=self.instance if self.instance.pk else None,
        )
        for field, problem in problems.items():
            self.add_error(field.replace("config.", f"{kind.key}_"), problem)
        return given


def _shown_setting(value: Any) -> str:
    return "\n".join(value) if isinstance(value, list) else value or ""
