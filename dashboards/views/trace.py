"""One trace: its tree with a timeline, and the panel of the chosen span."""

from collections.abc import Sequence
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
from dashboards.domain.error_context import ErrorContext, error_context
from dashboards.domain.price_facts import open_cost, reported_words
from dashboards.domain.span_facts import SpanFacts, describe_span
from dashboards.domain.timeline import Timeline, TimelineRow, build_timeline, deadline_position, unknown_rows
from ingest.domain.otlp_json import message_json
from projects.models import Project
from traces.domain.completeness import CHECKS_BY_CODE, grade
from traces.domain.filters import compare
from traces.domain.otlp import span_from_raw
from traces.selectors.rows import SpanNode, TraceRow
from traces.selectors.spans import MOST_SPANS, span_get, span_nodes, span_raw_get
from traces.selectors.traces import TraceQuery, trace_get, trace_list, traces_among

FIRST_ROWS = 1_000
"""Rows that a page is opened with; the others follow as the reader gets there."""

MORE_ROWS = 1_000
MOST_LOOKED_UP = 20
"""Linked traces whose presence is checked; a span that links more shows the rest as text."""

MOST_OF_THREAD = 20
"""Other runs of the same conversation that a page names."""

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
    context |= _behaviour(project, row=row, timeline=timeline)
    if target == "trace-live":
        return render(request, "dashboards/_trace_live.html", context)
    facts = _facts(project, row=row, span_id=context["requested"] or context["chosen_id"])
    context["facts"] = facts
    context["error"] = _error_context([line.span for line in timeline.rows], facts)
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
    nodes = span_nodes(project_id=project.pk, trace_id=row.trace_id) if facts and facts.node.is_error else []
    context = {
        "project": project,
        "trace_id": row.trace_id.hex(),
        "facts": facts,
        "error": _error_context(nodes, facts),
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
    is_running = row.is_running(now_ns=now_ns, lost_after_ns=project.lost_after_ns)
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


def _behaviour(project: Project, *, row: TraceRow, timeline: Timeline) -> dict[str, Any]:
    """What the agents did, the cost opened, and the runs that belong to this one. At most two queries."""
    thread = _same_thread(project, row)
    linked = [bytes.fromhex(trace_id) for trace_id in row.linked_trace_ids]
    others = traces_among(project_id=project.pk, trace_ids=linked) if linked else []
    return {
        "opened": open_cost([line.span for line in timeline.rows]),
        "reported": reported_words(cost_usd=row.cost_usd, reported_cost_usd=row.reported_cost_usd),
        "has_behaviour": bool(row.states or any(row.behaviour.values())),
        "thread": thread,
        "linked": others,
        "linked_count": len(others),
        "gaps": [CHECKS_BY_CODE[code] for code in row.gaps if code in CHECKS_BY_CODE],
        "grade": None if row.completeness is None else grade(row.completeness),
    }


def _same_thread(project: Project, row: TraceRow) -> list[TraceRow]:
    """The other runs of the same conversation, the nearest MOST_OF_THREAD by start."""
    if row.thread_id is None:
        return []
    query = TraceQuery(expression=compare("thread", "=", row.thread_id))
    page = trace_list(project_id=project.pk, query=query, limit=MOST_OF_THREAD + 1)
    others = [other for other in page.results if other.trace_id != row.trace_id]
    return sorted(others, key=lambda other: abs(other.start_ns - row.start_ns))[:MOST_OF_THREAD]


def _error_context(nodes: Sequence[SpanNode], facts: SpanFacts | None) -> ErrorContext | None:
    return error_context(nodes, span_id=facts.node.span_id) if facts and facts.node.is_error else None


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
