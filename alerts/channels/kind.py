"""What a kind of channel consists of. One file a kind; the registry is alerts.channels.KINDS."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from alerts.domain.notification import Notification

Config = Mapping[str, Any]

MASK = "********"
"""Stands for a secret that is set. Given back as a value, it leaves the secret as it is."""


class ConfigError(ValueError):
    """What is wrong with a channel's settings: field name to sentence."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(problems.values()))
        self.problems = problems


class DeliveryError(Exception):
    """The channel did not take the message; `str()` says what it answered. It may be tried again."""


@dataclass(frozen=True, slots=True)
class ConfigField:
    """One setting of a kind, enough to draw a form field and to describe it in REST."""

    name: str
    label: str
    help: str
    is_required: bool = False
    is_secret: bool = False
    is_long: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of channel.

    `clean` takes what a person set (unknown keys are refused before) and gives what is stored, or raises
    ConfigError. `describe` says in a line where messages go, without secrets. `send` delivers one notification
    and gives the answer in words, or raises DeliveryError; it may block for a few seconds.
    """

    key: str
    label: str
    fields: tuple[ConfigField, ...]
    clean: Callable[[Config], dict[str, Any]]
    describe: Callable[[Config], str]
    send: Callable[[Config, Notification], str]


def config_clean(kind: Kind, *, given: Config, stored: Config) -> dict[str, Any]:
    """The settings to store: what was given, with each secret that came back masked as it was stored.

    Raises ConfigError for unknown keys, missing or wrong values.
    """
    known = {field.name for field in kind.fields}
    unknown = [key for key in given if key not in known]
    if unknown:
        fields = ", ".join(field.name for field in kind.fields)
        raise ConfigError(dict.fromkeys(unknown, f"There is no such setting. Settings are {fields}."))
    values = dict(given)
    for field in kind.fields:
        if field.is_secret and values.get(field.name) == MASK:
            values[field.name] = stored.get(field.name, "")
    missing = [field for field in kind.fields if field.is_required and not values.get(field.name)]
    if missing:
        raise ConfigError({field.name: f"{field.label} is needed." for field in missing})
    return kind.clean(values)


def config_shown(kind: Kind, *, stored: Config) -> dict[str, Any]:
    """The settings as they may be shown: a secret that is set is MASK."""
    return {
        field.name: MASK if field.is_secret and stored.get(field.name) else stored.get(field.name)
        for field in kind.fields
        if field.name in stored
    }
