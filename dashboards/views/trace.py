"""One trace: its tree with a timeline, and the panel of the chosen span."""

from typing import Any

import orjson
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from core import clock
from core.identifiers import SPAN_ID_BYTES, TRACE_ID_BYTES, parse_hex_id
from dashboards.access import get_project
from dashboards.domain.span_facts import SpanFacts, describe_span
from dashboards.domain.timeline import Timeline, TimelineRow, build_timeline, deadline_position, unknown_rows
from dashboards.views.traces import STALE_AFTER_NS
from ingest.domain.otlp_json import message_json
from projects.models import Project
from traces.domain.otlp import span_from_raw
from traces.selectors.rows import TraceRow
from traces.selectors.spans import MOST_SPANS, span_get, span_nodes, span_raw_get
from traces.selectors.traces import trace_get

FIRST_ROWS = 1_000
"""Rows that a page is opened with; the others follow as the reader gets there."""

MORE_ROWS = 1_000
MOST_LOOKED_UP = 20
"""Linked traces whose presence is checked; a span that links more shows the rest as text."""

AROUND_CHOSEN = 100
"""Rows drawn beyond the chosen span, where it lies further down than FIRST_ROWS."""


@login_required
@require_GET
@vary_on_headers("HX-Request", "HX-Target")
def trace(request: HttpRequest, slug: str, trace_id: str) -> HttpResponse:
    """The page of a trace. htmx may ask for a part: the head and tree (a refresh), or the rows after `after`."""
    project = get_project(request, slug)
    row = _trace_get(project, trace_id)
    if row is None:
        return _not_found(request, project=project, trace_id=trace_id)
    timeline = build_timeline(
        span_nodes(project_id=project.pk, trace_id=row.trace_id), start_ns=row.start_ns, end_ns=row.end_ns
    )
    target = request.headers.get("HX-Target", "") if request.headers.get("HX-Request") == "true" else ""
    context = _trace_context(request, project=project, row=row, timeline=timeline)
    if target == "span-tree":
        return render(request, "dashboards/_span_rows_more.html", context)
    if target == "trace-live":
        return render(request, "dashboards/_trace_live.html", context)
    context["facts"] = _facts(project, row=row, span_id=context["requested"] or context["chosen_id"])
    context["linked_here"] = _linked_here(project, context["facts"])
    return render(request, "dashboards/trace.html", context)


@login_required
@require_GET
def trace_span(request: HttpRequest, slug: str, trace_id: str, span_id: str) -> HttpResponse:
    """The panel of one span. Opened as a page of its own it leads to the trace with the span chosen."""
    project = get_project(request, slug)
    if request.headers.get("HX-Request") != "true":
        return redirect(f"{reverse('trace', args=[project.slug, trace_id])}?span={span_id}")
    row = _trace_get(project, trace_id)
    if row is None:
        raise Http404("No such trace.")
    facts = _facts(project, row=row, span_id=span_id)
    context = {
        "project": project,
        "trace_id": row.trace_id.hex(),
        "facts": facts,
        "linked_here": _linked_here(project, facts),
        "span_id": span_id,
    }
    return render(request, "dashboards/_span_panel.html", context)


@login_required
@require_GET
def trace_span_raw(request: HttpRequest, slug: str, trace_id: str, span_id: str) -> HttpResponse:
    """The span as it came, as OTLP JSON: a document of its own, or text for the panel."""
    project = get_project(request, slug)
    try:
        raw = span_raw_get(
            project_id=project.pk,
            trace_id=parse_hex_id(trace_id, size=TRACE_ID_BYTES),
            span_id=parse_hex_id(span_id, size=SPAN_ID_BYTES),
        )
    except ValueError:
        raw = None
    if raw is None:
        raise Http404("No such span.")
    document = orjson.dumps(message_json(span_from_raw(raw)), option=orjson.OPT_INDENT_2)
    if request.headers.get("HX-Request") == "true":
        return render(request, "dashboards/_span_raw.html", {"document": document.decode()})
    return HttpResponse(document, content_type="application/json")


def _trace_get(project: Project, trace_id: str) -> TraceRow | None:
    try:
        return trace_get(project_id=project.pk, trace_id=parse_hex_id(trace_id, size=TRACE_ID_BYTES))
    except ValueError:
        return None


def _not_found(request: HttpRequest, *, project: Project, trace_id: str) -> HttpResponse:
    """404, kindly: the spans of a trace that somebody just started may be a second away."""
    try:
        parse_hex_id(trace_id, size=TRACE_ID_BYTES)
        is_id = True
    except ValueError:
        is_id = False
    context = {"project": project, "trace_id": trace_id.lower(), "is_id": is_id}
    return render(request, "dashboards/trace_missing.html", context, status=404)


def _trace_context(
    request: HttpRequest, *, project: Project, row: TraceRow, timeline: Timeline
) -> dict[str, Any]:
    requested = request.GET.get("span", "").lower()
    index = _index_of(timeline.rows, requested)
    start = _whole_number(request.GET.get("after"))
    most = max(
        FIRST_ROWS, _whole_number(request.GET.get("rows")), 0 if index is None else index + AROUND_CHOSEN
    )
    rows = timeline.rows[start : start + (MORE_ROWS if start else most)]
    now_ns = clock.now_ns()
    is_running = row.is_open and row.end_ns >= now_ns - STALE_AFTER_NS
    duration_ns = now_ns - row.start_ns if is_running else row.duration_ns
    chosen = timeline.rows[index] if index is not None else None
    return {
        "project": project,
        "trace": row,
        "trace_id": row.trace_id.hex(),
        "timeline": timeline,
        "rows": rows,
        "drawn_count": start + len(rows),
        "loaded_count": len(timeline.rows),
        "is_cut": row.span_count > MOST_SPANS,
        "requested": requested,
        "chosen": chosen,
        "chosen_id": chosen.span_id if chosen else (timeline.rows[0].span_id if timeline.rows else ""),
        "unknown": unknown_rows(timeline.rows),
        "is_running": is_running,
        "timeout_share": duration_ns / project.user_timeout_ns,
        "deadline": deadline_position(timeline.window, moment_ns=row.start_ns + project.user_timeout_ns),
    }


def _facts(project: Project, *, row: TraceRow, span_id: str) -> SpanFacts | None:
    try:
        detail = span_get(
            project_id=project.pk,
            trace_id=row.trace_id,
            span_id=parse_hex_id(span_id, size=SPAN_ID_BYTES),
        )
    except ValueError:
        return None
    return describe_span(detail) if detail else None


def _linked_here(project: Project, facts: SpanFacts | None) -> frozenset[str]:
    """Which of the linked traces are in the project; of the first MOST_LOOKED_UP, a query each."""
    linked = list(dict.fromkeys(link.trace_id for link in facts.links))[:MOST_LOOKED_UP] if facts else []
    return frozenset(trace_id for trace_id in linked if _trace_get(project, trace_id) is not None)


def _index_of(rows: list[TimelineRow], span_id: str) -> int | None:
    return (
        next((index for index, row in enumerate(rows) if row.span_id == span_id), None) if span_id else None
    )


def _whole_number(text: str | None) -> int:
    """A number of rows from the address; nonsense counts as none."""
    return min(int(text), MOST_SPANS) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0
