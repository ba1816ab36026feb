"""Errors of the REST API as problem details (RFC 9457)."""

from http import HTTPStatus
from typing import Any

from django.db import OperationalError
from psycopg.errors import QueryCanceled
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler


class TookTooLong(APIException):
    """A read that met the statement timeout."""

    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_detail = "This took too long. Ask for less: a shorter range, a narrower filter, another order."


def problem_details(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: the error as application/problem+json, validation errors field by field."""
    if isinstance(error, OperationalError) and isinstance(error.__cause__, QueryCanceled):
        error = TookTooLong()
    response = exception_handler(error, context)
    if response is None or not isinstance(response.data, dict | list):
        return response
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(response.status_code).phrase,
        "status": response.status_code,
    }
    if isinstance(error, ValidationError):
        body["detail"] = "The request is not valid."
        body["errors"] = response.data
    elif isinstance(response.data, dict):
        body["detail"] = str(
            response.data.get("detail", error.detail if isinstance(error, APIException) else error)
        )
    response.data = body
    response.content_type = "application/problem+json"
    return response
