"""Pages that say what was wrong with a request."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def bad_filter(request: HttpRequest, *, message: str, href: str) -> HttpResponse:
    """400: the address asks for something that does not exist; `href` is where to go on."""
    return render(request, "dashboards/bad_filter.html", {"message": message, "href": href}, status=400)
