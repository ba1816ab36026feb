"""What the alert routes share: checked bodies, refusals field by field."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from alerts.services.rules import DraftError
from traces.selectors.cursors import CursorError


def checked_body(
    serializer: type[serializers.Serializer[Any]], request: Request, *, instance: Any = None
) -> dict[str, Any]:
    """The validated fields of the body; with `instance` those that are given, without all of them."""
    body = serializer(instance, data=request.data, partial=instance is not None)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


@contextmanager
def refusals() -> Iterator[None]:
    """Draft and cursor errors as a 400 that says which field is wrong, and why."""
    try:
        yield
    except DraftError as error:
        raise ValidationError({field: [problem] for field, problem in error.problems.items()}) from error
    except CursorError as error:
        raise ValidationError({"cursor": [str(error)]}) from error
