"""The admin of projects, their members, their keys, and of the people of the installation."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action
from unfold.enums import ActionVariant
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from core import clock
from core.units import format_duration, format_usd
from projects.admin_scope import OwnedProjectFilter, OwnerScope, OwnerScopedAdmin, is_superuser
from projects.exporter import exporter_environment
from projects.forms import ApiKeyForm, MembershipForm, ProjectForm
from projects.models import ApiKey, Membership, Project
from projects.promises import promise_conflicts
from projects.services import api_key_create, api_key_revoke

# Permissions of projects are ownership, not Django's tables; groups would promise something that nothing reads.
admin.site.unregister(Group)
admin.site.unregister(User)


class MembershipInline(OwnerScope, TabularInline):  # type: ignore[misc]
    """The people of a project, on its page."""

    model = Membership
    form = MembershipForm
    fields = ("user", "role")
    extra = 0
    verbose_name_plural = "members"


@admin.register(Project)
class ProjectAdmin(OwnerScopedAdmin):
    """Projects. Made by superusers, changed by their owners, deleted by nobody here: their spans are not rows
    of this table, and would stay behind without an owner."""

    project_lookup = "pk"
    form = ProjectForm
    list_display = ("name", "slug", "timeout", "budget", "retention")
    search_fields = ("name", "slug")
    inlines = (MembershipInline,)
    fieldsets = (
        (None, {"fields": ("name", "slug")}),
        ("Promises", {"fields": ("user_timeout_ns", "monthly_budget_usd", "estimate_usd")}),
        ("Money", {"fields": ("counts_reported_cost", "estimates_unmetered")}),
        ("Traces", {"fields": ("lost_after_ns", "retention_days")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        return ("slug",) if obj else ()

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> dict[str, tuple[str, ...]]:
        return {} if obj else {"slug": ("name",)}

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Project, form: Any, change: bool) -> None:  # noqa: FBT001
        super().save_model(request, obj, form, change)
        for sentence in promise_conflicts(obj):
            messages.warning(request, sentence)

    @admin.display(description="User-facing timeout", ordering="user_timeout_ns")
    def timeout(self, project: Project) -> str:
        return format_duration(project.user_timeout_ns)

    @admin.display(description="Monthly budget", ordering="monthly_budget_usd")
    def budget(self, project: Project) -> str | None:
        return None if project.monthly_budget_usd is None else format_usd(project.monthly_budget_usd)

    @admin.display(description="Retention", ordering="retention_days")
    def retention(self, project: Project) -> str:
        return f"{project.retention_days} d"


@admin.register(Membership)
class MembershipAdmin(OwnerScopedAdmin):
    """Who belongs to which project."""

    form = MembershipForm
    list_display = ("user", "project", "role")
    list_select_related = ("user", "project")
    list_filter = (OwnedProjectFilter, "role")
    search_fields = ("user__username", "user__email")
    ordering = ("project__name", "user__username")


@admin.register(ApiKey)
class ApiKeyAdmin(OwnerScopedAdmin):
    """Keys. One is shown once, on the page that answers its creation; afterwards only its beginning is known.

    Keys are revoked, not deleted, so that the list tells what could write when.
    """

    form = ApiKeyForm
    list_display = ("name", "project", "beginning", "scopes", "created_at", "revoked_at")
    list_display_links = ("name",)
    list_select_related = ("project",)
    list_filter = (OwnedProjectFilter,)
    search_fields = ("name", "prefix")
    actions = None
    actions_detail = ("revoke",)
    fieldsets = (
        (None, {"fields": ("project", "name")}),
        ("What it may do", {"fields": ("can_ingest", "can_read", "can_write")}),
    )
    known_fieldset = ("What is known of it", {"fields": ("beginning", "created_at", "revoked_at")})

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return (*self.fieldsets, self.known_fieldset) if obj else self.fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        return ("project", "beginning", "created_at", "revoked_at") if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """A revoked key stays as it was."""
        is_revoked = isinstance(obj, ApiKey) and obj.revoked_at is not None
        return not is_revoked and super().has_change_permission(request, obj)

    def has_revoke_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Whether the button is shown, and works: for a key of one's own project that is not revoked yet."""
        return object_id is not None and self._revocable(request, object_id) is not None

    @admin.display(description="Key")
    def beginning(self, key: ApiKey) -> str:
        return f"{key.prefix}…"

    @admin.display(description="Scopes")
    def scopes(self, key: ApiKey) -> str:
        allowed = {"ingest": key.can_ingest, "read": key.can_read, "write": key.can_write}
        return ", ".join(scope for scope, is_allowed in allowed.items() if is_allowed)

    @action(  # type: ignore[untyped-decorator]
        description="Revoke",
        url_path="revoke",
        permissions=["revoke"],
        icon="key_off",
        variant=ActionVariant.DANGER,
        dialog={
            "title": "Revoke this key?",
            "description": "Programs that use it are refused from now on. This cannot be undone.",
            "form_class": None,
            "form_submit_text": "Revoke",
        },
    )
    def revoke(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        """Answers the dialog; htmx follows the header to the page with the news."""
        key = self._revocable(request, object_id)
        if key is not None and api_key_revoke(key=key, at=clock.now()):
            self.log_change(request, key, "Revoked.")
            messages.success(request, f"The key “{key}” is revoked.")
        page = reverse("admin:projects_apikey_change", args=[object_id])
        return HttpResponse(headers={"HX-Redirect": page})

    def _revocable(self, request: HttpRequest, object_id: str) -> ApiKey | None:
        keys: QuerySet[ApiKey] = self.get_queryset(request)
        return keys.filter(pk=object_id, revoked_at=None).first() if object_id.isdecimal() else None

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        one_button = {"show_save_and_add_another": False, "show_save_and_continue": False}
        answer: HttpResponse = super().add_view(request, form_url, {**one_button, **(extra_context or {})})
        return answer

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:  # noqa: FBT001
        if change:
            super().save_model(request, obj, form, change)
            return
        scopes = {"ingest": obj.can_ingest, "read": obj.can_read, "write": obj.can_write}
        record, request.plain_key = api_key_create(  # type: ignore[attr-defined]
            project=obj.project,
            name=obj.name,
            scopes=frozenset(scope for scope, is_allowed in scopes.items() if is_allowed),
        )
        obj.__dict__.update(record.__dict__)

    def response_add(
        self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None
    ) -> HttpResponse:
        """The page that shows the key is the answer to the POST itself, so that the key need not wait anywhere
        (session, message, cache) for a next request. static/js/shown-once.js keeps a reload from posting again;
        the admin's views forbid every cache by themselves."""
        key: str = request.plain_key  # type: ignore[attr-defined]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"The key “{obj.name}”",
            "key": key,
            "exporter_environment": exporter_environment(key=key) if obj.can_ingest else {},
            "key_list_url": reverse("admin:projects_apikey_changelist"),
            "project": obj.project,
        }
        return TemplateResponse(request, "admin/projects/apikey/shown_once.html", context)


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):  # type: ignore[misc, type-arg]
    """The people of the installation; superusers only."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "email", "is_active", "is_staff", "is_superuser", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser")
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email")}),
        ("Rights", {"fields": ("is_active", "is_staff", "is_superuser")}),
        ("Times", {"fields": ("last_login", "date_joined")}),
    )
    filter_horizontal = ()

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_superuser(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return is_superuser(request)

    has_add_permission = has_view_permission
    has_change_permission = has_view_permission
    has_delete_permission = has_view_permission
