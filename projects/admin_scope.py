"""Who may do what in the admin: superusers everything, project owners what belongs to their projects.

Django's own permission tables are not asked. Entering the admin takes the staff flag, which a superuser sets;
inside it, ownership (Membership.role) decides, so that nobody has to be granted a dozen permissions, and a
person who stops being an owner loses them all at once.
"""

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.contrib.auth.models import User
from django.db.models import ForeignKey, Model, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from projects.models import Project
from projects.selectors import project_owned_list


def is_project_owner(request: HttpRequest) -> bool:
    """Whether this person owns any project; superusers own all, also while there is none. One query a request."""
    return is_superuser(request) or bool(owned_project_ids(request))


def is_superuser(request: HttpRequest) -> bool:
    """Whether this person may do everything."""
    return isinstance(request.user, User) and request.user.is_active and request.user.is_superuser


def owned_project_ids(request: HttpRequest) -> frozenset[int]:
    """The ids of the projects that this person may change. Read once a request: each link of the sidebar asks."""
    known: frozenset[int] | None = getattr(request, "_owned_project_ids", None)
    if known is None:
        known = frozenset(project_owned_list(user=request.user).values_list("pk", flat=True))
        request._owned_project_ids = known  # type: ignore[attr-defined]  # noqa: SLF001
    return known


class OwnerScope:
    """Permissions of an admin whose objects belong to a project; stands before the admin's class.

    `project_lookup` leads from the object to its project's id.
    """

    project_lookup = "project_id"

    def project_id_of(self, obj: Model) -> int | None:
        """The id of the project that the object belongs to."""
        value: Any = obj
        for name in self.project_lookup.split("__"):
            value = getattr(value, name)
        return value if value is None else int(value)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)  # type: ignore[misc]
        return rows.filter(**{f"{self.project_lookup}__in": owned_project_ids(request)})

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_project_owner(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._owns(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._owns(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._owns(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._owns(request, obj)

    def _owns(self, request: HttpRequest, obj: Model | None) -> bool:
        """Any project where no object is given; an inline is given its page's object, here the project itself."""
        if obj is None:
            return is_project_owner(request)
        project_id = obj.pk if isinstance(obj, Project) else self.project_id_of(obj)
        return project_id in owned_project_ids(request)

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **options: Any
    ) -> Any:
        """A choice of projects offers, and accepts, the person's own."""
        if db_field.related_model is Project:
            options["queryset"] = project_owned_list(user=request.user)
        return super().formfield_for_foreignkey(db_field, request, **options)  # type: ignore[misc]


class OwnedProjectFilter(SimpleListFilter):
    """Filters by project and names only the person's own; Django's filter would name them all."""

    title = "project"
    parameter_name = "project"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(project.slug, project.name) for project in project_owned_list(user=request.user)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(project__slug=self.value()) if self.value() else queryset


class OwnerScopedAdmin(OwnerScope, ModelAdmin):  # type: ignore[misc]
    """The admin of a model with a project."""

    # The page that was filtered is where one returns to; half-filled forms are not left by accident.
    warn_unsaved_form = True
    list_filter_submit = False

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Who owns one project need not choose it."""
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        owned = owned_project_ids(request)
        if len(owned) == 1:
            initial.setdefault("project", next(iter(owned)))
        return initial
