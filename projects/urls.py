"""REST routes, under /api/v1/."""

from django.urls import URLPattern, path

from projects.api.project import ProjectView

urlpatterns: list[URLPattern] = [
    path("project", ProjectView.as_view(), name="api-project"),
]
