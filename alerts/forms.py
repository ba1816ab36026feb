"""Forms of the admin: rules in the units that people think in, channels with the settings of their kind.

What is refused is decided in alerts.services.rules, for REST as well; the forms only translate.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.html import format_html
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from alerts.channels import KINDS
from alerts.channels.kind import ConfigField, Kind, config_shown
from alerts.domain.human_units import UNIT_WORDS, stored_threshold, written_threshold
from alerts.domain.metrics import METRICS
from alerts.domain.scope import Scope, compose_scope, split_scope
from alerts.domain.wording import PLACEHOLDERS
from alerts.models import Channel, Rule
from alerts.services.rules import RuleDraft, channel_problems, rule_problems
from core.units import format_duration, format_usd
from projects.models import Project

_FIELD_OF_PROBLEM = {"filter": "rest"}
"""Where a problem of the stored field is shown in the form."""
MOST_NAMED_PROJECTS = 3
_TOLD = "Who is told. The alerts page and the top bar show every incident anyway."


class ChannelChoiceField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Channels by name and kind; by their project as well, where the choice goes over several."""

    is_named_by_project = False

    def label_from_instance(self, channel: Any) -> str:
        label = f"{channel.name} · {KINDS[channel.kind].label}"
        return f"{label} · {channel.project.name}" if self.is_named_by_project else label


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """A rule. `draft` is what it asks for, once the form is valid."""

    draft: RuleDraft

    metric = forms.ChoiceField(
        choices=[
            (metric.key, f"{metric.label}, in {UNIT_WORDS[metric.unit]}") for metric in METRICS.values()
        ],
        widget=UnfoldAdminSelectWidget,
    )
    threshold = forms.DecimalField(
        min_value=0,
        widget=UnfoldAdminDecimalFieldWidget(attrs={"inputmode": "decimal", "step": "any"}),
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
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            scope = split_scope(self.instance.filter)
            self.initial.update(
                threshold=written_threshold(self.instance.metric, stored=self.instance.threshold),
                agent=scope.agent,
                service=scope.service,
                rest=scope.rest,
            )
        projects = self._possible_projects()
        self.fields["threshold"].help_text = _threshold_help(projects)
        self._offer_channels(is_named_by_project=len(projects) != 1)

    def clean(self) -> dict[str, Any]:
        """Every field by itself is valid: now the rule as a whole, by the one function that knows."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return given
        try:
            threshold = stored_threshold(given["metric"], written=given["threshold"])
        except ValueError as error:
            self.add_error("threshold", str(error))
            return given
        self.draft = self._draft(given, threshold=threshold)
        for field, problem in rule_problems(self.draft, rule=self._stored_rule()).items():
            self.add_error(_FIELD_OF_PROBLEM.get(field, field), problem)
        # What becomes of the instance, on which the model's own checks follow.
        self.instance.filter = self.draft.filter or None
        return {**given, "threshold": threshold}

    def _possible_projects(self) -> list[Project]:
        """Its own; before it has one, those of the person, none where they are too many to name."""
        if self.instance.pk:
            return [self.instance.project]
        choice: Any = self.fields["project"]
        offered = list(choice.queryset[: MOST_NAMED_PROJECTS + 1])
        return offered if len(offered) <= MOST_NAMED_PROJECTS else []

    def _offer_channels(self, *, is_named_by_project: bool) -> None:
        """The channels of the rule's project; of all of the person's while the project can still be chosen."""
        field: Any = self.fields["channels"]
        # The list is chosen from; the theme's menu for making and changing what it lists stays away.
        field.widget = getattr(field.widget, "widget", field.widget)
        if self.instance.pk:
            field.queryset = field.queryset.filter(project=self.instance.project)
        field.queryset = field.queryset.select_related("project")
        field.is_named_by_project = is_named_by_project
        field.help_text = _TOLD if field.queryset.exists() else self._no_channel()

    def _no_channel(self) -> str:
        project_id = self.instance.project_id or self.initial.get("project") or ""
        return format_html(
            'There is no channel yet: <a class="admin-link" href="{}?project={}">add a mail address or a webhook</a> '
            "and choose it here afterwards. The alerts page and the top bar show every incident anyway.",
            reverse("admin:alerts_channel_add"),
            project_id,
        )

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


def _threshold_help(projects: Sequence[Project]) -> str:
    """What a threshold must stay below, with the figures of the projects that it can be for."""
    timeouts = _named(projects, lambda project: format_duration(project.user_timeout_ns))
    budgets = _named(projects, _budget_words)
    return (
        f"It fires when the value is above. A latency must be below the project's user-facing timeout{timeouts}, "
        f"an amount below its monthly budget{budgets}."
    )


def _named(projects: Sequence[Project], words: Callable[[Project], str]) -> str:
    """` (30 s)` for one project, ` (Default: 30 s, Night trains: 12 s)` for several."""
    if not projects:
        return ""
    if len(projects) == 1:
        return f" ({words(projects[0])})"
    return f" ({', '.join(f'{project.name}: {words(project)}' for project in projects)})"


def _budget_words(project: Project) -> str:
    return "none set" if project.monthly_budget_usd is None else format_usd(project.monthly_budget_usd)


def config_name(kind: Kind, field: ConfigField) -> str:
    """The form's name of a setting: every kind has its own, though only one kind's count."""
    return f"{kind.key}_{field.name}"


def config_field(field: ConfigField) -> forms.CharField:
    """The form field of a setting. None is required by itself: which are depends on the kind."""
    widget = UnfoldAdminTextareaWidget(attrs={"rows": 3}) if field.is_long else UnfoldAdminTextInputWidget()
    if field.is_secret:
        widget.attrs["autocomplete"] = "off"
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
