"""Signing in and out."""

from django.contrib.auth import login
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from core import clock
from projects import services

PASSWORD_BACKEND = "django.contrib.auth.backends.ModelBackend"  # noqa: S105


class SignIn(LoginView):
    """User name and password."""

    template_name = "dashboards/sign_in.html"
    redirect_authenticated_user = True


class SignOut(LogoutView):
    """POST only, so that no foreign page signs anybody out by a link."""


@never_cache
@require_GET
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """The one-time link of the terminal: signs in and goes home, or says that the link is spent.

    A browser that only guesses that somebody will follow the link gets nothing, and the link stays good.
    """
    if "prefetch" in request.headers.get("sec-purpose", ""):
        return HttpResponse(status=503)
    user = services.sign_in_token_redeem(token=token, now=clock.now())
    if user is None:
        return render(request, "dashboards/sign_in_link.html", status=403)
    login(request, user, backend=PASSWORD_BACKEND)
    return redirect("home")
