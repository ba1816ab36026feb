"""What models cost in a project: models without a price, own prices and aliases, and pricing again what is stored."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from core import clock
from dashboards.access import get_project, is_owner, may_edit
from traces.domain.price_list import VERSION
from traces.selectors.prices import alias_list, own_price_list, repricing_list, unpriced_models
from traces.services.repricing import repricing_apply, repricing_preview

MOST_COMPARED = 200_000
"""Calls that a page prices again while somebody waits; `manage.py reprice` looks at more."""


@login_required
@require_GET
def prices(request: HttpRequest, slug: str) -> HttpResponse:
    """The page. Four queries; with `compare` the dry run of pricing the stored calls again."""
    project = get_project(request, slug)
    context: dict[str, Any] = {
        "project": project,
        "can_edit": may_edit(request, project),
        "list_version": VERSION,
        "unpriced": unpriced_models(project_id=project.pk),
        "own_prices": own_price_list(project_id=project.pk),
        "aliases": alias_list(project_id=project.pk),
        "repricings": repricing_list(project_id=project.pk),
    }
    if request.GET.get("compare"):
        context["preview"] = repricing_preview(project_id=project.pk, most_calls=MOST_COMPARED)
    return render(request, "dashboards/prices.html", context)


@login_required
@require_POST
def prices_apply(request: HttpRequest, slug: str) -> HttpResponse:
    """Apply what the dry run showed; owners only."""
    project = get_project(request, slug)
    if not is_owner(request, project):
        raise PermissionDenied
    made = repricing_apply(
        project_id=project.pk,
        made_by=request.user.get_username(),
        reason=request.POST.get("reason", "").strip() or "by the prices page",
        now=clock.now(),
    )
    if made is None:
        messages.info(request, "Every stored call costs what its price says; nothing was changed.")
    else:
        messages.success(
            request, f"{made.call_count:,} calls are priced again; their traces follow in seconds."
        )
    return redirect("prices", slug)
