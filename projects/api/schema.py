"""What the OpenAPI description says about every route: the keys, and the form of errors."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # registers itself
    """A key goes into either of two headers."""

    target_class = "projects.api.authentication.ApiKeyAuthentication"
    name = ["bearerKey", "headerKey"]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, Any]]:
        """The security schemes, in the order of `name`."""
        return [
            {"type": "http", "scheme": "bearer", "description": "`authorization: Bearer KEY`"},
            {"type": "apiKey", "in": "header", "name": "x-api-key", "description": "`x-api-key: KEY`"},
        ]

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[Any]]]:
        """One of the two headers is enough."""
        return [{name: []} for name in self.name]


class ProblemSerializer(serializers.Serializer[Any]):
    """An error: RFC 9457 problem details."""

    type = serializers.CharField(help_text="`about:blank`: the title says it.")
    title = serializers.CharField(help_text="The HTTP status in words.")
    status = serializers.IntegerField()
    detail = serializers.CharField(required=False, help_text="What is wrong, in a sentence.")
    errors = serializers.DictField(  # type: ignore[assignment]  # the field of this name, not the property
        required=False,
        child=serializers.ListField(child=serializers.CharField()),
        help_text="For a request that is not valid: what is wrong with each parameter or field.",
    )


_PROBLEMS = {
    400: "A parameter or field is not valid; `errors` names it and says what is allowed.",
    401: "No API key, or one that is unknown or revoked.",
    403: "The key lacks the scope: `read` for GET, `write` for everything else.",
    404: "The key's project has no such thing.",
    503: "The answer took too long; ask for less, or again later.",
}


def problems(*statuses: int) -> dict[tuple[int, str], OpenApiResponse]:
    """Responses for extend_schema: 401 and 403, which every route has, and these."""
    return {
        (status, "application/problem+json"): OpenApiResponse(
            ProblemSerializer, description=_PROBLEMS[status]
        )
        for status in sorted({401, 403, *statuses})
    }
