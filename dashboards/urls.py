"""Addresses of the pages."""

from django.urls import path

from dashboards.views import (
    alerts,
    connect,
    costs,
    doctor,
    home,
    overview,
    prices,
    session,
    shell,
    trace,
    traces,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in/", session.SignIn.as_view(), name="login"),
    path("sign-in/<str:token>/", session.sign_in_link, name="sign-in-link"),
    path("sign-out/", session.SignOut.as_view(), name="logout"),
    path("p/<slug:slug>/", overview.overview, name="overview"),
    path("p/<slug:slug>/traces/", traces.traces, name="traces"),
    path("p/<slug:slug>/traces/rows/", traces.trace_rows, name="trace-rows"),
    path("p/<slug:slug>/traces/<str:trace_id>/", trace.trace, name="trace"),
    path("p/<slug:slug>/traces/<str:trace_id>/spans/<str:span_id>/", trace.trace_span, name="trace-span"),
    path(
        "p/<slug:slug>/traces/<str:trace_id>/spans/<str:span_id>/raw/",
        trace.trace_span_raw,
        name="trace-span-raw",
    ),
    path("p/<slug:slug>/parts/<str:part>/", overview.overview_part, name="overview-part"),
    path("p/<slug:slug>/costs/", costs.costs, name="costs"),
    path("p/<slug:slug>/prices/", prices.prices, name="prices"),
    path("p/<slug:slug>/prices/apply/", prices.prices_apply, name="prices-apply"),
    path("p/<slug:slug>/alerts/", alerts.alerts, name="alerts"),
    path("p/<slug:slug>/alerts/<int:incident_id>/", alerts.incident, name="incident"),
    path("p/<slug:slug>/connect/", connect.connect, name="connect"),
    path("p/<slug:slug>/doctor/", doctor.doctor, name="doctor"),
    path("p/<slug:slug>/firing/", shell.firing, name="firing"),
]
