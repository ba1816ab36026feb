"""The admin of thresholds, of the channels that they speak through, and of what they found."""

import uuid
from typing import Any

from django.contrib import admin, messages
from django.db.models import ManyToManyField, Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from alerts.channels import KINDS
from alerts.domain.metrics import METRICS, figure_from_decimal
from alerts.domain.thresholds import promise_gap
from alerts.domain.wording import figure_text, pair_text, whole_scope_text
from alerts.forms import ChannelChoiceField, ChannelForm, RuleForm, config_name
from alerts.models import Channel, Incident, Rule
from alerts.selectors import project_promises, rule_problem
from alerts.services.deliveries import channel_test
from alerts.services.rules import channel_save, rule_save
from core import clock
from core.units import at_least
from projects.admin_scope import OwnedProjectFilter, OwnerScopedAdmin, owned_project_ids


@admin.register(Rule)
class RuleAdmin(OwnerScopedAdmin):
    """Thresholds. What one would come too late for is refused by the form; the list says where a promise of the
    project has moved under a threshold since."""

    form = RuleForm
    list_display = ("name", "project", "condition", "scope", "severity", "enabled", "in_time")
    list_display_links = ("name",)
    list_select_related = ("project",)
    list_filter = (OwnedProjectFilter, "enabled", "severity")
    search_fields = ("name",)
    fieldsets = (
        (None, {"fields": ("project", "name", "enabled")}),
        ("Threshold", {"fields": ("metric", "threshold")}),
        ("What it watches", {"fields": ("agent", "service", "rest")}),
        ("Who hears of it", {"fields": ("severity", "channels", "message")}),
        ("Patience", {"fields": ("for_seconds", "keep_firing_seconds")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        return ("project",) if obj else ()

    def formfield_for_manytomany(
        self, db_field: "ManyToManyField[Any, Any]", request: HttpRequest, **options: Any
    ) -> Any:
        """The channels on offer, and accepted, are those of the person's own projects."""
        if db_field.related_model is Channel:
            options["queryset"] = Channel.objects.filter(project__in=owned_project_ids(request))
            options["widget"] = UnfoldAdminCheckboxSelectMultipleWidget
            options["form_class"] = ChannelChoiceField
        return super().formfield_for_manytomany(db_field, request, **options)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """A rule takes its incidents with it, though nobody removes an incident by itself."""
        listed, counts, forbidden, protected = super().get_deleted_objects(objs, request)
        return listed, counts, forbidden - {"incident"}, protected

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, obj: Rule | None = None, **options: Any
    ) -> HttpResponse:
        """A rule that a lowered promise has overtaken says so when it is opened."""
        problem = rule_problem(obj) if obj and request.method == "GET" else None
        if problem:
            messages.warning(request, problem)
        page: HttpResponse = super().render_change_form(request, context, *args, obj=obj, **options)
        return page

    def save_model(self, request: HttpRequest, obj: Rule, form: Any, change: bool) -> None:  # noqa: FBT001
        saved = rule_save(form.draft, rule=obj if change else None, now=clock.now())
        obj.__dict__.update(saved.__dict__)
        gap = promise_gap(metric=METRICS[saved.metric], promises=project_promises(saved.project))
        if gap:
            messages.warning(request, gap)

    @admin.display(description="Fires when")
    def condition(self, rule: Rule) -> str:
        metric = METRICS[rule.metric]
        threshold = figure_from_decimal(metric=metric, amount=rule.threshold)
        return f"{metric.label} > {figure_text(metric=metric, figure=threshold)}"

    @admin.display(description="Watches")
    def scope(self, rule: Rule) -> str:
        return rule.filter or whole_scope_text(METRICS[rule.metric])

    @admin.display(description="In time", boolean=True)
    def in_time(self, rule: Rule) -> bool:
        return rule_problem(rule) is None


@admin.register(Channel)
class ChannelAdmin(OwnerScopedAdmin):
    """Ways to reach people. A secret is never shown again."""

    form = ChannelForm
    list_display = ("name", "project", "kind_label", "target")
    list_display_links = ("name",)
    list_select_related = ("project",)
    list_filter = (OwnedProjectFilter, "kind")
    search_fields = ("name",)
    actions_detail = ("test",)

    class Media:
        js = ("js/channel-kind.js",)

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """The settings of the channel's kind; of every kind while it can still be chosen."""
        kinds = [KINDS[obj.kind]] if isinstance(obj, Channel) else KINDS.values()
        return (
            (None, {"fields": ("project", "name", "kind_label" if obj else "kind")}),
            *(
                (
                    kind.label,
                    {
                        "fields": tuple(config_name(kind, field) for field in kind.fields),
                        "classes": (f"channel-kind-{kind.key}",),
                    },
                )
                for kind in kinds
            ),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        return ("project", "kind_label") if obj else ()

    def save_model(self, request: HttpRequest, obj: Channel, form: Any, change: bool) -> None:  # noqa: FBT001
        saved = channel_save(
            project=obj.project,
            name=obj.name,
            kind=obj.kind,
            config=form.config,
            channel=obj if change else None,
        )
        obj.__dict__.update(saved.__dict__)

    def has_test_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Whether the button is shown, and works: for a channel of one's own project."""
        return object_id is not None and self._own_channel(request, object_id) is not None

    @admin.display(description="Kind")
    def kind_label(self, channel: Channel) -> str:
        return KINDS[channel.kind].label

    @admin.display(description="Goes to")
    def target(self, channel: Channel) -> str:
        return KINDS[channel.kind].describe(channel.config)

    @action(  # type: ignore[untyped-decorator]
        description="Send a test message",
        url_path="test",
        permissions=["test"],
        icon="send",
        dialog={
            "title": "Send a test message now?",
            "description": "It says that it is a test.",
            "form_class": None,
            "form_submit_text": "Send",
        },
    )
    def test(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        """Answers the dialog; htmx follows the header to the page with the channel's answer."""
        channel = self._own_channel(request, object_id)
        if channel is not None:
            outcome = channel_test(channel=channel, key=str(uuid.uuid4()), now=clock.now())
            if outcome.is_delivered:
                messages.success(request, f"The test message was sent. The answer: {outcome.answer}")
            else:
                messages.error(request, f"The test message did not arrive. {outcome.answer}")
        page = reverse("admin:alerts_channel_change", args=[object_id])
        return HttpResponse(headers={"HX-Redirect": page})

    def _own_channel(self, request: HttpRequest, object_id: str) -> Channel | None:
        channels: QuerySet[Channel] = self.get_queryset(request)
        own = channels.filter(pk=object_id) if object_id.isdecimal() else channels.none()
        return own.select_related("project").first()


@admin.register(Incident)
class IncidentAdmin(OwnerScopedAdmin):
    """What rules found, to be read over all projects. The page of the dashboard tells the rest."""

    list_display = ("rule", "project", "state_label", "seen", "subject_name", "started_at", "resolved_at")
    list_select_related = ("rule", "project")
    list_filter = (OwnedProjectFilter, "state", "rule__severity")
    search_fields = ("rule__name", "trace_name", "subject")
    ordering = ("-started_at", "-pk")
    actions = None
    fields = (
        "rule",
        "project",
        "state",
        "severity",
        "seen",
        "message",
        "subject_name",
        "trace",
        "started_at",
        "resolved_at",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Incident]:
        """What is only watched, and never fired, is nobody's news."""
        rows: QuerySet[Incident] = super().get_queryset(request)
        return rows.filter(started_at__isnull=False)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def view_on_site(self, incident: Incident) -> str:
        return reverse("incident", args=[incident.project.slug, incident.pk])

    @display(  # type: ignore[untyped-decorator]
        description="State", ordering="state", label={"firing": "danger", "resolved": "success"}
    )
    def state_label(self, incident: Incident) -> tuple[str, str]:
        return incident.state, incident.get_state_display()

    @admin.display(description="Severity")
    def severity(self, incident: Incident) -> str:
        return incident.rule.get_severity_display()

    @admin.display(description="Value against threshold")
    def seen(self, incident: Incident) -> str:
        metric = METRICS[incident.rule.metric]
        threshold = figure_from_decimal(metric=metric, amount=incident.threshold)
        if incident.value is None:
            return f"unknown against {figure_text(metric=metric, figure=threshold)}"
        value = figure_from_decimal(metric=metric, amount=incident.value)
        value_text, threshold_text = pair_text(metric=metric, value=value, threshold=threshold)
        return f"{at_least(value_text, incident.unknown_call_count)} against {threshold_text}"

    @admin.display(description="Run or month")
    def subject_name(self, incident: Incident) -> str:
        return incident.trace_name or incident.subject

    @admin.display(description="Trace")
    def trace(self, incident: Incident) -> str | None:
        if not incident.trace_id:
            return None
        trace_id = bytes(incident.trace_id).hex()
        address = reverse("trace", args=[incident.project.slug, trace_id])
        return format_html('<a class="admin-link" href="{}">{}</a>', address, trace_id)
