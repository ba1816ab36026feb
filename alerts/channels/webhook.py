"""A POST of JSON to a web address."""

import asyncio
from typing import Any
from urllib.parse import urlsplit

import orjson
from django.conf import settings

from alerts.channels.kind import Config, ConfigError, ConfigField, DeliveryError, Kind
from alerts.channels.outgoing import (
    AddressRefusedError,
    OutgoingError,
    check_literal,
    parse_target,
    post_json,
)
from alerts.domain.notification import Notification, notification_json

MOST_ANSWER_CHARACTERS = 200


def clean(config: Config) -> dict[str, Any]:
    """{"url", "authorization"?}: a checked address, and a header's value of one line."""
    problems: dict[str, str] = {}
    url, authorization = config["url"], config.get("authorization") or ""
    try:
        check_literal(parse_target(_text(url)), allow=settings.LINESIDE_OUTGOING_ALLOW)
    except AddressRefusedError as error:
        problems["url"] = str(error)
    if not isinstance(authorization, str) or not authorization.isascii() or not authorization.isprintable():
        problems["authorization"] = "The Authorization header is one line of plain characters."
    if problems:
        raise ConfigError(problems)
    return {"url": url.strip(), **({"authorization": authorization.strip()} if authorization else {})}


def describe(config: Config) -> str:
    """The address as far as its host: many services keep their token in what follows."""
    url = urlsplit(str(config.get("url", "")))
    return f"{url.scheme}://{url.netloc}"


def send(config: Config, notification: Notification) -> str:
    """POST it. Any 2xx is taken as received; the idempotency key is the notification's."""
    headers = {"idempotency-key": notification.key}
    if config.get("authorization"):
        headers["authorization"] = config["authorization"]
    try:
        answer = asyncio.run(
            post_json(
                config["url"],
                body=orjson.dumps(notification_json(notification)),
                headers=headers,
                allow=settings.LINESIDE_OUTGOING_ALLOW,
            )
        )
    except (AddressRefusedError, OutgoingError) as error:
        raise DeliveryError(str(error)) from error
    words = f"HTTP {answer.status} {answer.text[:MOST_ANSWER_CHARACTERS]}".strip()
    if not answer.is_success:
        raise DeliveryError(words)
    return words


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


WEBHOOK = Kind(
    key="webhook",
    label="Webhook",
    fields=(
        ConfigField(
            name="url",
            label="Address",
            help="Gets a POST with a JSON body at every change. https://… is best. Private addresses are refused "
            "unless the operator allows them in LINESIDE_OUTGOING_ALLOW.",
            is_required=True,
        ),
        ConfigField(
            name="authorization",
            label="Authorization header",
            help="Sent as it stands, for example “Bearer …”. It is not shown again.",
            is_secret=True,
        ),
    ),
    clean=clean,
    describe=describe,
    send=send,
)
