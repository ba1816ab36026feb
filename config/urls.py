"""Every address of the web process."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from config import admin_access, health
from dashboards.views import session

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    # One way in and one way out, for the admin and the dashboard alike.
    path("admin/login/", admin_access.admin_sign_in),
    path("admin/logout/", session.SignOut.as_view()),
    path("admin/", admin.site.urls),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(), name="api-docs"),
    path("api/v1/", include("projects.urls")),
    path("api/v1/", include("traces.urls")),
    path("api/v1/", include("alerts.urls")),
    path("", include("dashboards.urls")),
]
