"""The overview: the two primary metrics, then what runs, fails, costs most and takes longest."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from alerts.domain.months import month_start
from alerts.selectors import latency_thresholds
from core import clock
from core.clock import NS_PER_DAY, datetime_from_ns, ns_from_datetime
from dashboards.access import get_project
from dashboards.domain.breakdown import svg_percent
from dashboards.domain.figures import Limit, latency_chart, trace_cost_chart
from dashboards.domain.money import known_cost, unknown_calls
from dashboards.domain.ranges import RANGES, RangeError, TimeRange, Window, find_range, window_until
from dashboards.views.links import traces_href
from dashboards.views.problems import bad_filter
from projects.models import Project
from traces.domain.filters import compare
from traces.selectors.rows import CostPoint, LatencyPoint
from traces.selectors.series import cost_series, latency_series, spend_get
from traces.selectors.traces import TraceQuery, has_traces, trace_list

MOST_LISTED = 6
MOST_RUNNING = 12
RUNNING_NS = NS_PER_DAY
"""An open trace that began longer ago lost its root; it stays in the traces list and is not "running now"."""

WHOLE_RANGE_NS = 2**62
"""One bucket from 1970 to 2116: the figures of the range as a whole."""


@login_required
@require_GET
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """The page, or where nothing ever arrived, what to do about it."""
    project = get_project(request, slug)
    try:
        time_range = find_range(request.GET.get("range"))
    except RangeError as error:
        return bad_filter(request, message=str(error), href=reverse("overview", args=[slug]))
    context: dict[str, Any] = {"project": project, "ranges": RANGES.values(), "range": time_range}
    if not has_traces(project_id=project.pk):
        return render(request, "dashboards/overview_empty.html", context)
    now_ns = clock.now_ns()
    for build, _ in PARTS.values():
        context |= build(project, time_range, now_ns)
    return render(request, "dashboards/overview.html", context)


@login_required
@require_GET
def overview_part(request: HttpRequest, slug: str, part: str) -> HttpResponse:
    """One region of the page again, after traces changed."""
    project = get_project(request, slug)
    try:
        build, template = PARTS[part]
        time_range = find_range(request.GET.get("range"))
    except (KeyError, RangeError):
        raise Http404("No such part.") from None
    context = build(project, time_range, clock.now_ns())
    return render(request, template, {"project": project, "range": time_range, **context})


def _metrics(project: Project, time_range: TimeRange, now_ns: int) -> dict[str, Any]:
    """Five queries: each metric over time and as a whole, and the month's spend."""
    window = window_until(now_ns, span_ns=time_range.span_ns, bucket_ns=time_range.bucket_ns)
    return _latency(project, window) | _cost(project, window) | _spend(project, now_ns)


def _latency(project: Project, window: Window) -> dict[str, Any]:
    ask = partial(latency_series, project_id=project.pk, since_ns=window.since_ns, until_ns=window.until_ns)
    points = ask(bucket_ns=window.bucket_ns)
    whole: LatencyPoint | None = next(iter(ask(bucket_ns=WHOLE_RANGE_NS)), None)
    thresholds = latency_thresholds(project_id=project.pk)
    limits = [Limit(words=f"alert: {name}", value=value, colour="--warning") for name, value in thresholds]
    limits.append(Limit(words="user timeout", value=project.user_timeout_ns, colour="--danger"))
    return {
        "latency": whole,
        "is_latency_over": whole is not None and whole.p95_ns >= project.user_timeout_ns,
        "latency_chart": latency_chart(points, window=window, limits=limits, href=traces_href(project)),
    }


def _cost(project: Project, window: Window) -> dict[str, Any]:
    ask = partial(cost_series, project_id=project.pk, since_ns=window.since_ns, until_ns=window.until_ns)
    points = ask(bucket_ns=window.bucket_ns)
    whole: CostPoint | None = next(iter(ask(bucket_ns=WHOLE_RANGE_NS)), None)
    estimate = project.estimate_usd
    limits = [Limit(words="design estimate", value=estimate, colour="--text-muted")] if estimate else []
    mean = whole.mean_usd if whole else None
    return {
        "cost": whole,
        "cost_unknown_count": whole.unknown.call_count if whole else 0,
        "estimate_factor": mean / estimate if mean and estimate else None,
        "cost_chart": trace_cost_chart(points, window=window, limits=limits, href=traces_href(project)),
    }


def _spend(project: Project, now_ns: int) -> dict[str, Any]:
    since_ns = ns_from_datetime(month_start(datetime_from_ns(now_ns)))
    spend = spend_get(project_id=project.pk, since_ns=since_ns, until_ns=now_ns + 1)
    budget = project.monthly_budget_usd
    share = spend.cost_usd / budget if budget else None
    return {
        "spend_words": known_cost(spend.cost_usd, unknown_call_count=spend.unknown.call_count),
        "spend_unknown": unknown_calls(spend.unknown),
        "budget_share": share,
        "budget_width": None if share is None else svg_percent(share),
    }


def _running(project: Project, time_range: TimeRange, now_ns: int) -> dict[str, Any]:
    """Open traces, the newest first. One query."""
    query = TraceQuery(since_ns=now_ns - RUNNING_NS, expression=compare("status", "=", "open"))
    page = trace_list(project_id=project.pk, query=query, limit=MOST_RUNNING)
    late_before_ns = now_ns - project.user_timeout_ns
    return {
        "running": page.results,
        "has_more_running": page.next_cursor is not None,
        "late_before_ns": late_before_ns,
    }


def _notable(project: Project, time_range: TimeRange, now_ns: int) -> dict[str, Any]:
    """Recent errors, the dearest and the slowest traces of the range. Three queries."""
    since_ns = now_ns - time_range.span_ns
    failed = TraceQuery(since_ns=since_ns, expression=compare("status", "=", "error"))
    dearest = TraceQuery(since_ns=since_ns, order="-cost", expression=compare("cost", ">", Decimal(0)))
    slowest = TraceQuery(since_ns=since_ns, order="-duration", expression=compare("status", "!=", "open"))
    return {
        name: trace_list(project_id=project.pk, query=query, limit=MOST_LISTED).results
        for name, query in (("failed", failed), ("dearest", dearest), ("slowest", slowest))
    }


Build = Callable[[Project, TimeRange, int], dict[str, Any]]

PARTS: dict[str, tuple[Build, str]] = {
    "metrics": (_metrics, "dashboards/_overview_metrics.html"),
    "running": (_running, "dashboards/_overview_running.html"),
    "notable": (_notable, "dashboards/_overview_notable.html"),
}
"""The regions that are refreshed on their own: what they need and the partial that draws them."""
