"""GET and PATCH project: the key's own project."""

from decimal import Decimal

import pytest

from projects.services import api_key_create
from tests.integration.rest import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(api_key):
    return Caller(api_key)


def test_it_shows_the_project_of_the_key(api, other_project):
    assert api.get("project").body == {
        "slug": "signals",
        "name": "Signals",
        "user_timeout_ns": 60_000_000_000,
        "monthly_budget_usd": None,
        "estimate_usd": None,
        "counts_reported_cost": False,
        "estimates_unmetered": False,
        "lost_after_ns": 1_800_000_000_000,
        "retention_days": 30,
    }


def test_it_changes_what_is_given_and_nothing_else(api, project, other_project):
    body = api.patch(
        "project", {"user_timeout_ns": 30_000_000_000, "monthly_budget_usd": "500.50", "estimate_usd": 0.02}
    ).body

    assert body["user_timeout_ns"] == 30_000_000_000
    assert (body["monthly_budget_usd"], body["estimate_usd"]) == ("500.5", "0.02")
    assert body["name"] == "Signals"
    project.refresh_from_db()
    other_project.refresh_from_db()
    assert project.monthly_budget_usd == Decimal("500.50")
    assert other_project.user_timeout_ns == 60_000_000_000


def test_null_takes_a_budget_away(api):
    api.patch("project", {"monthly_budget_usd": 5})

    assert api.patch("project", {"monthly_budget_usd": None}).body["monthly_budget_usd"] is None


def test_its_own_answer_can_be_sent_back(api):
    body = api.get("project").body

    assert api.patch("project", body).body == body


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("user_timeout_ns", 0, "write a positive number"),
        ("user_timeout_ns", -5, "write a positive number"),
        ("user_timeout_ns", None, "null"),
        ("user_timeout_ns", "soon", "whole number of nanoseconds"),
        ("user_timeout_ns", 1.5, "whole number of nanoseconds"),
        ("user_timeout_ns", 2**63, "less than or equal"),
        ("monthly_budget_usd", -1, "greater than or equal to 0"),
        ("monthly_budget_usd", "a lot", "valid number"),
        ("monthly_budget_usd", "1.005", "2 decimal places"),
        ("monthly_budget_usd", "NaN", "valid number"),
        ("estimate_usd", "-0.01", "greater than or equal to 0"),
        ("retention_days", 0, "greater than or equal to 1"),
        ("retention_days", 2**31, "less than or equal"),
        ("name", "", "blank"),
        ("name", "x" * 121, "120 characters"),
        ("name", "a\0b", "ull characters"),
        ("slug", "other", "cannot be changed here"),
        ("user_timout_ns", 5, "what can be is name, user_timeout_ns"),
    ],
)
def test_it_refuses_in_words(api, project, field, value, words):
    problem = api.patch("project", {field: value}).problem(400)

    assert list(problem["errors"]) == [field]
    assert words in problem["errors"][field][0]


@pytest.mark.parametrize("body", ["[]", '"x"', "{", ""])
def test_it_refuses_what_is_no_object(api, body):
    answer = api.patch("project", body)

    if body == "":
        assert answer.status == 200  # nothing given, nothing changed
    else:
        answer.problem(400)


def test_writing_needs_the_scope(project):
    _, key = api_key_create(project=project, name="reader", scopes=frozenset({"read"}))

    assert "no scope “write”" in Caller(key).patch("project", {"name": "x"}).problem(403)["detail"]
