"""REST routes, under /api/v1/."""

from django.urls import URLPattern, path

from traces.api import metrics, traces

urlpatterns: list[URLPattern] = [
    path("traces", traces.TraceListView.as_view(), name="api-traces"),
    path("traces/<str:trace_id>", traces.TraceView.as_view(), name="api-trace"),
    path("traces/<str:trace_id>/spans", traces.SpanListView.as_view(), name="api-trace-spans"),
    path("metrics/latency", metrics.LatencySeriesView.as_view(), name="api-metrics-latency"),
    path("metrics/cost", metrics.CostSeriesView.as_view(), name="api-metrics-cost"),
    path("metrics/tokens", metrics.TokenSeriesView.as_view(), name="api-metrics-tokens"),
    path("metrics/errors", metrics.ErrorSeriesView.as_view(), name="api-metrics-errors"),
    path("metrics/calls", metrics.CallSeriesView.as_view(), name="api-metrics-calls"),
]
