"""REST routes, under /api/v1/."""

from django.urls import URLPattern, path

from alerts.api import channels, incidents, rules

urlpatterns: list[URLPattern] = [
    path("alerts/channels", channels.ChannelListView.as_view(), name="api-alert-channels"),
    path("alerts/channels/<int:channel_id>", channels.ChannelView.as_view(), name="api-alert-channel"),
    path("alerts/rules", rules.RuleListView.as_view(), name="api-alert-rules"),
    path("alerts/rules/<int:rule_id>", rules.RuleView.as_view(), name="api-alert-rule"),
    path("alerts/incidents", incidents.IncidentListView.as_view(), name="api-alert-incidents"),
    path("alerts/incidents/<int:incident_id>", incidents.IncidentView.as_view(), name="api-alert-incident"),
]
