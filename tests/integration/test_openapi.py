"""The OpenAPI description: valid, complete, and about what the routes do."""

import io

import pytest
from django.core.management import call_command
from django.test import Client
from drf_spectacular.validation import validate_schema

pytestmark = pytest.mark.django_db


@pytest.fixture
def schema():
    return Client().get("/api/schema/", headers={"accept": "application/json"}).json()


def test_it_is_made_without_warnings():
    call_command("spectacular", "--fail-on-warn", "--validate", stdout=io.StringIO())


def test_it_is_served_and_valid(schema):
    validate_schema(schema)


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("traces", {"get"}),
        ("traces/{trace_id}", {"get"}),
        ("traces/{trace_id}/spans", {"get"}),
        ("metrics/latency", {"get"}),
        ("metrics/cost", {"get"}),
        ("metrics/tokens", {"get"}),
        ("metrics/errors", {"get"}),
        ("metrics/calls", {"get"}),
        ("project", {"get", "patch"}),
        ("alerts/channels", {"get", "post"}),
        ("alerts/channels/{channel_id}", {"get", "patch", "delete"}),
        ("alerts/rules", {"get", "post"}),
        ("alerts/rules/{rule_id}", {"get", "patch", "delete"}),
        ("alerts/incidents", {"get"}),
        ("alerts/incidents/{incident_id}", {"get"}),
    ],
)
def test_every_route_is_described_with_its_keys_and_errors(schema, path, methods):
    operations = schema["paths"][f"/api/v1/{path}"]

    assert set(operations) == methods
    for operation in operations.values():
        assert operation["security"] == [{"bearerKey": []}, {"headerKey": []}]
        assert {"401", "403"} <= set(operation["responses"])
        assert {"200", "201", "204"} & set(operation["responses"])
        assert "application/problem+json" in operation["responses"]["401"]["content"]


def test_parameters_say_their_defaults(schema):
    operation = schema["paths"]["/api/v1/metrics/latency"]["get"]
    described = {parameter["name"]: parameter for parameter in operation["parameters"]}

    assert set(described) == {"since", "until", "bucket", "by", "q"}
    assert "Default: a day before" in described["since"]["description"]
    assert described["by"]["schema"]["enum"] == ["agent", "service", "environment"]


def test_the_page_needs_no_key_and_keeps_the_policy():
    response = Client().get("/api/docs/")

    page = response.content.decode()
    assert response.status_code == 200
    assert "unsafe-inline" not in response.headers["content-security-policy"]
    assert "<style" not in page
    assert page.count("<script") == page.count("<script src=")
