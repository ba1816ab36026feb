"""How people get into the admin: through the product's one sign-in page."""

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.urls import reverse


def admin_sign_in(request: HttpRequest) -> HttpResponse:
    """Stands in for the admin's own sign-in page.

    Who is signed in already and comes here has no right to enter: sending them to the sign-in page would send
    them back at once, for ever.
    """
    if request.user.is_authenticated:
        raise PermissionDenied("The admin is for superusers and for project owners with the staff flag.")
    target = request.GET.get("next", reverse("admin:index"))
    return redirect(f"{resolve_url('login')}?{urlencode({'next': target})}")
