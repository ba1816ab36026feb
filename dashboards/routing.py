"""Addresses of the live connections."""

from django.urls import path

from dashboards.consumers import LiveConsumer

websocket_urlpatterns = [
    path("live/<slug:slug>/", LiveConsumer.as_asgi(), name="live"),
]
