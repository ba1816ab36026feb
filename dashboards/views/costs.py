"""What the model calls cost: by model, agent and service, and over time."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from core import clock
from dashboards.access import get_project
from dashboards.domain.breakdown import Breakdown, breakdown_of
from dashboards.domain.figures import spend_chart
from dashboards.domain.money import known_cost, unknown_calls
from dashboards.domain.ranges import RANGES, RangeError, Window, find_range, window_until
from dashboards.views.links import traces_href
from dashboards.views.problems import bad_filter
from projects.models import Project
from traces.selectors.series import CallGrouping, cost_breakdown, cost_series, spend_get
from traces.selectors.traces import has_traces

GROUPINGS: tuple[CallGrouping, ...] = ("model", "agent", "service")
MOST_SHARES = 20


@login_required
@require_GET
def costs(request: HttpRequest, slug: str) -> HttpResponse:
    """The page. Five queries besides those of the frame, and one more where there is nothing to draw."""
    project = get_project(request, slug)
    try:
        time_range = find_range(request.GET.get("range"))
    except RangeError as error:
        return bad_filter(request, message=str(error), href=reverse("costs", args=[slug]))
    window = window_until(clock.now_ns(), span_ns=time_range.span_ns, bucket_ns=time_range.bill_bucket_ns)
    points = cost_series(
        project_id=project.pk,
        since_ns=window.since_ns,
        until_ns=window.until_ns,
        bucket_ns=window.bucket_ns,
        by="model",
    )
    spend = spend_get(project_id=project.pk, since_ns=window.since_ns, until_ns=window.until_ns)
    context = {
        "project": project,
        "ranges": RANGES.values(),
        "range": time_range,
        "spend_words": known_cost(spend.cost_usd, unknown_call_count=spend.unknown.call_count),
        "spend_unknown": unknown_calls(spend.unknown),
        "chart": spend_chart(points, window=window, href=traces_href(project)),
        "has_traces": bool(points) or has_traces(project_id=project.pk),
        "breakdowns": [_breakdown(project, window, by=by) for by in GROUPINGS],
    }
    template = (
        "dashboards/_costs_body.html"
        if request.headers.get("HX-Target") == "costs-body"
        else "dashboards/costs.html"
    )
    return render(request, template, context)


def _breakdown(project: Project, window: Window, *, by: CallGrouping) -> Breakdown:
    shares = cost_breakdown(
        project_id=project.pk, since_ns=window.since_ns, until_ns=window.until_ns, by=by, limit=MOST_SHARES
    )
    return breakdown_of(shares, by=by)
