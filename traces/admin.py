"""The admin of what models cost: a project's own prices and aliases, and the record of repricings."""

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from kombu.exceptions import OperationalError

from core.units import format_usd
from projects.admin_scope import OwnedProjectFilter, OwnerScopedAdmin
from traces.models import ModelAlias, OwnPrice, Repricing
from traces.tasks import price_waiting


class PricedAdmin(OwnerScopedAdmin):
    """What changes costs says where the change is looked at and applied."""

    list_select_related = ("project",)
    list_filter = (OwnedProjectFilter,)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        return ("project",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001
        super().save_model(request, obj, form, change)
        wish = {
            "project_id": obj.project_id,
            "made_by": request.user.get_username(),
            "reason": str(obj),
        }
        transaction.on_commit(lambda: self._price_waiting(request, wish))
        messages.info(
            request,
            format_html(
                "New calls are priced by it from now on, and so are those that waited for a price. "
                '<a href="{}?compare=1">See what it changes</a> for calls that had one.',
                reverse("prices", args=[obj.project.slug]),
            ),
        )

    def _price_waiting(self, request: HttpRequest, wish: dict[str, Any]) -> None:
        try:
            price_waiting.apply_async(kwargs=wish, retry=False, ignore_result=True)
        except OperationalError:
            messages.warning(
                request,
                "The workers could not be told: calls that waited are priced when you compare and apply.",
            )


@admin.register(OwnPrice)
class OwnPriceAdmin(PricedAdmin):
    """Prices that a project set."""

    list_display = ("model", "provider", "project", "input_usd", "output_usd", "valid_from", "valid_until")
    list_display_links = ("model",)
    search_fields = ("model",)
    fieldsets = (
        (None, {"fields": ("project", "model", "provider")}),
        (
            "For a million tokens",
            {"fields": ("input_usd", "cache_read_usd", "cache_write_usd", "output_usd")},
        ),
        ("For each", {"fields": ("request_usd", "second_usd")}),
        ("Valid", {"fields": ("valid_from", "valid_until")}),
    )


@admin.register(ModelAlias)
class ModelAliasAdmin(PricedAdmin):
    """What a project's names for models stand for."""

    list_display = ("name", "model", "provider", "project")
    list_display_links = ("name",)
    search_fields = ("name", "model")
    fields = ("project", "name", "model", "provider")


@admin.register(Repricing)
class RepricingAdmin(OwnerScopedAdmin):
    """The record of repricings; nobody changes it."""

    list_display = ("made_at", "project", "made_by", "reason", "call_count", "trace_count", "before", "after")
    list_filter = (OwnedProjectFilter,)
    list_select_related = ("project",)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @admin.display(description="Before")
    def before(self, repricing: Repricing) -> str:
        return format_usd(repricing.before_usd)

    @admin.display(description="After")
    def after(self, repricing: Repricing) -> str:
        return format_usd(repricing.after_usd)
