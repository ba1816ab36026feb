"""Addresses that charts lead to."""

from urllib.parse import urlencode

from django.urls import reverse

from core.clock import datetime_from_ns
from dashboards.domain.figures import Href
from projects.models import Project


def traces_href(project: Project) -> Href:
    """Addresses of the list of the traces that began within a bucket."""
    base = reverse("traces", args=[project.slug])

    def href(since_ns: int, until_ns: int) -> str:
        moments = {"since": since_ns, "until": until_ns}
        return f"{base}?{urlencode({name: datetime_from_ns(ns).isoformat() for name, ns in moments.items()})}"

    return href
