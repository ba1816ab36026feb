"""The content security policy of the admin's pages.

django-unfold, the admin's theme, is built on Alpine.js, which turns the expressions in its templates
(x-show="…", x-on:click="…") into functions with `new Function`. Alpine's build without eval knows no globals such
as localStorage, which those templates use. So these pages alone get 'unsafe-eval': text may become code there,
but only by a script that the policy let in already, since inline scripts and inline styles stay forbidden.
"""

from csp.constants import UNSAFE_EVAL
from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin


class AdminCSPMiddleware(MiddlewareMixin):
    """Widens the policy of the admin's answers; stands below CSPMiddleware, which writes the header."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        match = request.resolver_match
        if match is not None and "admin" in match.app_names:
            response._csp_update = {"script-src": [UNSAFE_EVAL]}  # type: ignore[attr-defined]  # noqa: SLF001
        return response
