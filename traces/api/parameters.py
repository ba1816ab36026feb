"""Query strings to checked values."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request


def read_parameters(parameters: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """The validated parameters; of a repeated one the last counts, a blank one counts as not given.

    Raises ValidationError, parameter by parameter.
    """
    given = {name: value for name, value in request.query_params.items() if value != ""}
    checked = parameters(data=given)
    checked.is_valid(raise_exception=True)
    return dict(checked.validated_data)
