"""Fields that traces and spans have in common, and ids as JSON has them."""

from rest_framework import serializers

from projects.api.fields import MoneyField


def money_field(help_text: str) -> MoneyField:
    return MoneyField(max_digits=None, decimal_places=None, allow_null=True, help_text=help_text)


def text_field(help_text: str | None = None) -> serializers.CharField:
    return serializers.CharField(allow_null=True, help_text=help_text)


def texts_field(help_text: str | None = None) -> serializers.ListField:
    return serializers.ListField(child=serializers.CharField(), help_text=help_text)


def count_field(help_text: str | None = None, *, allow_null: bool = False) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=0, allow_null=allow_null, help_text=help_text)


def hex_text(identifier: bytes | None) -> str | None:
    """An id in lower-case hexadecimal; None for none."""
    return identifier.hex() if identifier else None
