"""A mail through Django's backend (LINESIDE_MAIL_URL)."""

import smtplib
from typing import Any

from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email

from alerts.channels.kind import Config, ConfigError, ConfigField, DeliveryError, Kind
from alerts.domain.notification import Notification, notification_subject, notification_text

MOST_RECIPIENTS = 50


def clean(config: Config) -> dict[str, Any]:
    """{"to": [addresses]}; given as a list, or as text with one address a line or commas between."""
    recipients = _recipients(config["to"])
    wrong = [recipient for recipient in recipients if not _is_address(recipient)]
    if wrong:
        raise ConfigError({"to": f"“{wrong[0][:100]}” is not a mail address."})
    if not 0 < len(recipients) <= MOST_RECIPIENTS:
        raise ConfigError({"to": f"Name one to {MOST_RECIPIENTS} mail addresses."})
    return {"to": recipients}


def describe(config: Config) -> str:
    """The recipients."""
    return ", ".join(config.get("to", ()))


def send(config: Config, notification: Notification) -> str:
    """Hand it to the mail server. The Message-ID is made of the key, so that a repetition can be told."""
    message = EmailMessage(
        subject=notification_subject(notification),
        body=notification_text(notification),
        to=config["to"],
        headers={"Message-ID": f"<{notification.key}@lineside>", "Auto-Submitted": "auto-generated"},
    )
    try:
        message.send()
    except (smtplib.SMTPException, OSError) as error:
        raise DeliveryError(f"The mail server did not take it: {error}") from error
    count = len(config["to"])
    return f"handed to the mail server for {count} {'recipient' if count == 1 else 'recipients'}"


def _recipients(given: Any) -> list[str]:
    texts = given.replace("\n", ",").split(",") if isinstance(given, str) else given
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise ConfigError({"to": "Recipients are a list of mail addresses."})
    return list(dict.fromkeys(text.strip() for text in texts if text.strip()))


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


EMAIL = Kind(
    key="email",
    label="E-mail",
    fields=(
        ConfigField(
            name="to",
            label="Recipients",
            help="One mail address a line.",
            is_required=True,
            is_long=True,
        ),
    ),
    clean=clean,
    describe=describe,
    send=send,
)
