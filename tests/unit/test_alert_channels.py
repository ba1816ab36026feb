"""What a kind of channel accepts as its settings, and what of them may be shown."""

import pytest

from alerts.channels import KINDS
from alerts.channels.email import MOST_RECIPIENTS
from alerts.channels.kind import MASK, ConfigError, config_clean, config_shown

EMAIL, WEBHOOK = KINDS["email"], KINDS["webhook"]
SECRET = {"url": "https://hooks.example.com/T0/B1/token?key=k", "authorization": "Bearer hush"}


def problems(kind, given, *, stored=None):
    with pytest.raises(ConfigError) as refused:
        config_clean(kind, given=given, stored=stored or {})
    return refused.value.problems


@pytest.mark.parametrize(
    "given",
    ["a@example.com, b@example.com", "a@example.com\nb@example.com\n", ["a@example.com", "b@example.com"]],
)
def test_recipients_are_a_list_or_text(given):
    cleaned = config_clean(EMAIL, given={"to": given}, stored={})
    assert cleaned == {"to": ["a@example.com", "b@example.com"]}
    assert EMAIL.describe(cleaned) == "a@example.com, b@example.com"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("nobody", "“nobody” is not a mail address"),
        (["a@example.com\nbcc: b@example.com"], "is not a mail address"),
        ([f"a{n}@example.com" for n in range(MOST_RECIPIENTS + 1)], f"one to {MOST_RECIPIENTS}"),
        (" , ", "one to"),
        ([1], "a list of mail addresses"),
        ("", "Recipients is needed"),
    ],
)
def test_recipients_that_cannot_be_are_refused(given, words):
    assert words in problems(EMAIL, {"to": given})["to"]


def test_a_setting_that_there_is_not_is_refused_by_name():
    found = problems(WEBHOOK, {"url": "https://example.com", "uri": "x"})
    assert "Settings are url, authorization" in found["uri"]


@pytest.mark.parametrize("value", ["two\nlines", "tab\there", "ü"])
def test_a_header_is_one_line_of_plain_characters(value):
    found = problems(WEBHOOK, {"url": "https://example.com/", "authorization": value})
    assert list(found) == ["authorization"]


def test_a_secret_is_masked_and_one_that_comes_back_masked_stays():
    shown = config_shown(WEBHOOK, stored=SECRET)
    assert shown["authorization"] == MASK
    assert config_clean(WEBHOOK, given=shown, stored=SECRET) == SECRET
    assert config_clean(WEBHOOK, given=shown | {"authorization": ""}, stored=SECRET) == {"url": SECRET["url"]}


def test_a_webhook_is_described_without_what_may_be_a_token():
    assert WEBHOOK.describe(SECRET) == "https://hooks.example.com"
