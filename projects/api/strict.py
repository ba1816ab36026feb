"""Refusing what would be ignored."""

from typing import Any

from rest_framework import serializers


class RefusesUnknown:
    """Stands before a serializer's class: a misspelt name would otherwise seem to have been set.

    What cannot be changed may come back as it is, so that an answer of GET can be sent again.
    """

    fields: Any
    initial_data: Any
    instance: Any

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Raises ValidationError that names each field that there is not, and says which there are."""
        writable = [name for name, field in self.fields.items() if not field.read_only]
        done = "set" if self.instance is None else "changed"
        unknown = {
            name: [f"This cannot be {done} here; what can be is {', '.join(writable)}."]
            for name, value in self.initial_data.items()
            if name not in writable and not self._is_unchanged(name, value)
        }
        if unknown:
            raise serializers.ValidationError(unknown)
        return attrs

    def _is_unchanged(self, name: str, value: Any) -> bool:
        return name in self.fields and value == getattr(self.instance, name, None)
