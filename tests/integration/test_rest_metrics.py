"""GET metrics/…: points, defaults, and words for what is not allowed."""

from decimal import Decimal

import pytest
from django.db import connection, transaction

from tests.integration.factories import BASE_NS, SECOND, make_call, make_trace
from tests.integration.rest import Caller
from traces.serializers import series as described

pytestmark = pytest.mark.django_db

ROUTES = {
    "latency": described.LatencyPointSerializer,
    "cost": described.CostPointSerializer,
    "tokens": described.TokenPointSerializer,
    "errors": described.ErrorPointSerializer,
    "calls": described.CallPointSerializer,
}
RANGE = {"since": BASE_NS, "until": BASE_NS + 60 * SECOND, "bucket": "1m"}


@pytest.fixture
def api(api_key):
    return Caller(api_key)


@pytest.fixture
def trace(project):
    trace = make_trace(project, agent_names=["planner"], service="api", cost_usd=Decimal("0.10"))
    make_call(trace, agent="planner", model="gpt-4o", cost_usd=Decimal("0.10"))
    return trace


@pytest.mark.parametrize("route", ROUTES)
def test_points_have_exactly_the_fields_that_are_described(api, trace, route):
    body = api.get(f"metrics/{route}", **RANGE).body

    (point,) = body.pop("results")
    assert set(point) == set(ROUTES[route]().fields)
    assert point["group"] is None
    assert body == {
        "since": str(BASE_NS),
        "until": str(BASE_NS + 60 * SECOND),
        "bucket_ns": 60 * SECOND,
        "next": None,
    }


def test_latency_has_percentiles_in_nanoseconds(api, trace):
    (point,) = api.get("metrics/latency", **RANGE).body["results"]

    assert point == {
        "start_time_unix_nano": str(BASE_NS // (60 * SECOND) * 60 * SECOND),
        "group": None,
        "count": 1,
        "p50": 2 * SECOND,
        "p90": 2 * SECOND,
        "p95": 2 * SECOND,
        "p99": 2 * SECOND,
    }


def test_cost_is_a_decimal_string_or_null(api, project, trace):
    (point,) = api.get("metrics/cost", **RANGE).body["results"]
    assert (point["cost_usd"], point["mean_usd"], point["p95_usd"]) == ("0.1", "0.1", "0.1")

    make_trace(project, user_id="u")
    (point,) = api.get("metrics/cost", q="user = u", **RANGE).body["results"]
    assert (point["trace_count"], point["cost_usd"], point["mean_usd"]) == (1, None, None)


@pytest.mark.parametrize(
    ("route", "by", "group"),
    [
        ("latency", "agent", "planner"),
        ("errors", "service", "api"),
        ("cost", "model", "gpt-4o"),
        ("tokens", "agent", "planner"),
        ("calls", "model", "gpt-4o"),
    ],
)
def test_points_are_grouped(api, trace, route, by, group):
    (point,) = api.get(f"metrics/{route}", by=by, **RANGE).body["results"]

    assert point["group"] == group


@pytest.mark.parametrize(
    ("hours", "bucket_s"),
    [(1, 60), (24, 300), (24 * 30, 3600), (24 * 365, 86_400), (24 * 365 * 3, 2 * 86_400)],
)
def test_the_default_bucket_suits_the_range(api, project, hours, bucket_s):
    body = api.get("metrics/cost", since=BASE_NS, until=BASE_NS + hours * 3600 * SECOND).body

    assert body["bucket_ns"] == bucket_s * SECOND


def test_the_default_range_is_the_last_day(api, project):
    body = api.get("metrics/cost").body

    assert int(body["until"]) - int(body["since"]) == 86_400 * SECOND


@pytest.mark.parametrize(
    ("text", "bucket_ns"), [("90000000000", 90 * SECOND), ("30s", 30 * SECOND), ("1d", 86_400 * SECOND)]
)
def test_buckets_are_nanoseconds_or_have_a_unit(api, project, text, bucket_ns):
    assert api.get("metrics/cost", **RANGE | {"bucket": text}).body["bucket_ns"] == bucket_ns


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(
    ("parameter", "value", "words"),
    [
        ("bucket", "week", "a number with a unit"),
        ("bucket", "0", "a number with a unit"),
        ("bucket", "99999999999d", "a number with a unit"),
        ("bucket", "1000", "longer bucket or a shorter range"),
        ("since", BASE_NS + 60 * SECOND, "must be before"),
        ("by", "colour", "“colour” is not one of"),
        ("q", "cost >", "ends too early"),
    ],
)
def test_bad_parameters_are_named_with_what_is_allowed(api, route, parameter, value, words):
    problem = api.get(f"metrics/{route}", **RANGE | {parameter: value}).problem(400)

    assert list(problem["errors"]) == [parameter]
    assert words in problem["errors"][parameter][0]


@pytest.mark.parametrize("route", ["latency", "errors"])
def test_traces_are_not_grouped_by_model(api, route):
    problem = api.get(f"metrics/{route}", by="model", **RANGE).problem(400)

    assert problem["errors"]["by"] == ["“model” is not one of agent, service, environment."]


@pytest.mark.parametrize("route", ROUTES)
def test_strangers_see_nothing(trace, other_api_key, route):
    assert Caller(other_api_key).get(f"metrics/{route}", **RANGE).body["results"] == []


@pytest.mark.parametrize("route", ROUTES)
def test_a_series_takes_one_query_and_one_for_the_key(api, trace, route, django_assert_num_queries):
    with django_assert_num_queries(2):
        api.get(f"metrics/{route}", **RANGE)


def test_a_read_that_takes_too_long_is_answered_so(api, monkeypatch):
    def slow_series(**_):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '20ms'")
            cursor.execute("SELECT pg_sleep(5)")

    monkeypatch.setattr("traces.selectors.series.cost_series", slow_series)

    assert "shorter range" in api.get("metrics/cost", **RANGE).problem(503)["detail"]
