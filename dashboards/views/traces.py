"""The list of traces."""

from django.contrib.auth.decorators import login_required
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from core import clock
from core.identifiers import TRACE_ID_BYTES, parse_hex_id
from dashboards.access import get_project
from dashboards.forms import TraceFilterForm
from projects.models import Project
from traces.selectors.cursors import CursorError
from traces.selectors.rows import Page, TraceRow
from traces.selectors.traces import trace_choices, trace_get, trace_list

PAGE_SIZE = 50
MOST_NAMED = 20
"""Rows that a page may ask for by id at once."""

CHOICES_NS = 30 * clock.NS_PER_DAY
"""How far back the form looks for agents and models to offer."""

# What a request by htmx or traces.js wants back, by the element that it will fill.
_PARTIALS = {"trace-list": "dashboards/_trace_list.html", "older": "dashboards/_trace_rows.html"}

_TOO_SLOW = "This took longer than the store allows. Choose a shorter time, or filter by less text."


@login_required
@require_GET
@vary_on_headers("HX-Request", "HX-Target", "HX-Trigger")
def traces(request: HttpRequest, slug: str) -> HttpResponse:
    """The newest traces that fit the form, a page of them; as a whole page, as the list, or as more rows."""
    project = get_project(request, slug)
    now_ns = clock.now_ns()
    partial = _wanted_partial(request)
    choices = None if partial else trace_choices(project_id=project.pk, since_ns=now_ns - CHOICES_NS)
    form = TraceFilterForm(request.GET, choices=choices)
    try:
        page, problem = _find(project, form=form, cursor=request.GET.get("cursor"), now_ns=now_ns)
    except CursorError:
        return redirect(_address(project, form))
    context = {
        "project": project,
        "form": form,
        "page": page,
        "problem": problem,
        "is_partial": partial is not None,
        "older_url": _address(project, form, cursor=page.next_cursor or "") if page.next_cursor else "",
    }
    response = render(request, partial or "dashboards/traces.html", context)
    if request.headers.get("HX-Trigger") == "trace-filter":
        response["HX-Push-Url"] = _address(project, form)
    return response


@login_required
@require_GET
def trace_rows(request: HttpRequest, slug: str) -> HttpResponse:
    """The rows of the traces that `id` names, at most MOST_NAMED: what a page asks for when they changed."""
    project = get_project(request, slug)
    found = [
        row
        for text in request.GET.getlist("id")[:MOST_NAMED]
        if (row := _trace_by_hex(project, text)) is not None
    ]
    context = {"project": project, "page": Page(results=found, next_cursor=None)}
    return render(request, "dashboards/_trace_rows.html", context)


def _trace_by_hex(project: Project, text: str) -> TraceRow | None:
    try:
        trace_id = parse_hex_id(text, size=TRACE_ID_BYTES)
    except ValueError:
        return None
    return trace_get(project_id=project.pk, trace_id=trace_id)


def _wanted_partial(request: HttpRequest) -> str | None:
    """The template of the part that was asked for; None for the whole page."""
    if request.headers.get("HX-Request") != "true" or "HX-History-Restore-Request" in request.headers:
        return None
    return _PARTIALS.get(request.headers.get("HX-Target", ""))


def _find(
    project: Project, *, form: TraceFilterForm, cursor: str | None, now_ns: int
) -> tuple[Page[TraceRow], str]:
    """The page of traces, and in words why there is none. Raises CursorError."""
    nothing: Page[TraceRow] = Page(results=[], next_cursor=None)
    if not form.is_valid():
        return nothing, "Nothing is shown until the filter is right."
    try:
        return _page(project, form=form, cursor=cursor, now_ns=now_ns), ""
    except OperationalError:
        return nothing, _TOO_SLOW


def _page(project: Project, *, form: TraceFilterForm, cursor: str | None, now_ns: int) -> Page[TraceRow]:
    return trace_list(
        project_id=project.pk, query=form.trace_query(now_ns=now_ns), limit=PAGE_SIZE, cursor=cursor or None
    )


def _address(project: Project, form: TraceFilterForm, *, cursor: str = "") -> str:
    return reverse("traces", args=[project.slug]) + form.query_string(cursor=cursor)
