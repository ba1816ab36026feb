"""Who calls the REST API: the key, what it is granted, and the scope that a request needs."""

from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, NotFound
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from projects.keys import key_from_headers
from projects.models import Project
from projects.selectors import KeyGrant, key_grant_get


class ApiKeyAuthentication(BaseAuthentication):
    """Finds the key's grant and leaves it in `request.auth`; there is no user behind a key."""

    def authenticate(self, request: Request) -> tuple[None, KeyGrant] | None:
        key = key_from_headers(
            authorization=request.headers.get("authorization"),
            x_api_key=request.headers.get("x-api-key"),
        )
        if key is None:
            return None
        grant = key_grant_get(key)
        if grant is None:
            raise AuthenticationFailed("The API key is unknown or revoked.")
        return None, grant

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="lineside"'


class HasKeyScope(BasePermission):
    """Reading needs the scope `read`, anything else `write`."""

    def has_permission(self, request: Request, view: Any) -> bool:
        grant = request.auth
        if not isinstance(grant, KeyGrant):
            return False  # without a successful authenticator DRF answers 401, not 403
        scope = "read" if request.method in SAFE_METHODS else "write"
        self.message = f"This API key has no scope “{scope}”."
        return scope in grant.scopes


def granted_project_id(request: Request) -> int:
    """The project of the key behind this request: the one argument that no caller may choose."""
    grant = request.auth
    if not isinstance(grant, KeyGrant):
        raise NotAuthenticated
    return grant.project_id


def key_project(request: Request) -> Project:
    """The project of the key. Raises NotFound where it was removed meanwhile."""
    project = Project.objects.filter(pk=granted_project_id(request)).first()
    if project is None:
        raise NotFound("The project of this key was removed.")
    return project
