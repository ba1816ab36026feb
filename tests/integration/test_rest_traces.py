"""GET traces, GET traces/TRACE_ID and GET traces/TRACE_ID/spans: every field, in its form."""

import json
from decimal import Decimal

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from projects.services import api_key_create
from tests.integration.factories import BASE_NS, SECOND, make_call, make_span, make_trace
from tests.integration.rest import Caller
from traces.serializers.spans import (
    EventSerializer,
    LinkSerializer,
    ResourceSerializer,
    ScopeSerializer,
    SpanSerializer,
)
from traces.serializers.traces import StateSerializer, TraceDetailSerializer, TraceSerializer

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(api_key):
    return Caller(api_key)


@pytest.fixture
def trace(project):
    return make_trace(
        project,
        trace_id=bytes.fromhex("00ab" + "cd" * 14),
        root_span_id=b"\x01" * 8,
        name="answer",
        session_id="s",
        user_id="u",
        agent_names=["planner"],
        model_names=["gpt-4o"],
        tool_names=["search"],
        service_names=["api"],
        service="api",
        environment="production",
        release="7",
        error_message="it broke",
        latency={"model_ns": 1_500_000_000, "tool_ns": 500_000_000},
        states=[
            {
                "state": "Planning",
                "start_time_unix_nano": str(BASE_NS),
                "end_time_unix_nano": str(BASE_NS + 1),
                "agent": "planner",
            }
        ],
        input_tokens=100,
        cache_read_input_tokens=10,
        cache_creation_input_tokens=5,
        output_tokens=20,
        reasoning_output_tokens=4,
        cost_usd=Decimal("0.0315"),
        cost_low_usd=Decimal("0.03"),
        unmetered_call_count=1,
        unpriced_call_count=2,
        llm_call_count=3,
        tool_call_count=4,
        error_count=5,
        span_count=6,
    )


EXPECTED_TRACE = {
    "trace_id": "00ab" + "cd" * 14,
    "root_span_id": "01" * 8,
    "name": "answer",
    "status": "ok",
    "session_id": "s",
    "user_id": "u",
    "agents": ["planner"],
    "models": ["gpt-4o"],
    "tools": ["search"],
    "services": ["api"],
    "service": "api",
    "environment": "production",
    "release": "7",
    "error_message": "it broke",
    "start_time_unix_nano": str(BASE_NS),
    "end_time_unix_nano": str(BASE_NS + 2 * SECOND),
    "duration_ns": 2 * SECOND,
    "latency": {"model_ns": 1_500_000_000, "tool_ns": 500_000_000},
    "span_count": 6,
    "error_count": 5,
    "llm_call_count": 3,
    "tool_call_count": 4,
    "retry_count": None,
    "retry_wait_ns": 0,
    "fallback_count": None,
    "loop_count": 0,
    "handoff_count": 0,
    "human_wait_count": 0,
    "context_peak_tokens": None,
    "context_window_tokens": None,
    "thread_id": None,
    "linked_trace_ids": [],
    "completeness": None,
    "gaps": [],
    "behaviour": {},
    "input_tokens": 100,
    "cache_read_input_tokens": 10,
    "cache_creation_input_tokens": 5,
    "output_tokens": 20,
    "reasoning_output_tokens": 4,
    "cost_usd": "0.0315",
    "cost_low_usd": "0.03",
    "reported_cost_usd": None,
    "saved_usd": None,
    "failed_call_count": 0,
    "maybe_billed_call_count": 0,
    "time_to_first_token_ns": None,
    "unmetered_call_count": 1,
    "unpriced_call_count": 2,
    "estimated_call_count": 0,
    "estimated_usd": None,
    "states": [
        {
            "state": "Planning",
            "start_time_unix_nano": str(BASE_NS),
            "end_time_unix_nano": str(BASE_NS + 1),
            "agent": "planner",
        }
    ],
}


@pytest.fixture
def span(project, trace):
    otlp = Span(trace_state="a=b", flags=257, kind=3, dropped_attributes_count=1)
    otlp.attributes.add(key="big").value.int_value = 2**53 + 1
    otlp.attributes.add(key="blob").value.bytes_value = b"\x00\xff"
    otlp.attributes.add(key="nan").value.double_value = float("nan")
    otlp.attributes.add(
        key="gen_ai.input.messages"
    ).value.string_value = '[{"role": "user", "parts": [{"type": "text", "content": "hello"}]}]'
    otlp.events.add(name="exception", time_unix_nano=BASE_NS + 1).attributes.add(
        key="exception.stacktrace"
    ).value.string_value = "at line 1"
    otlp.links.add(trace_id=b"t" * 16, span_id=b"s" * 8, trace_state="x=y", flags=1)
    row = make_span(
        project,
        trace.trace_id,
        otlp=otlp,
        name="chat",
        status=2,
        kind="llm",
        parent_span_id=b"\x02" * 8,
        provider="openai",
        request_model="gpt-4o",
        agent="planner",
        prompt_name="greet",
        prompt_version="3",
        input_tokens=100,
        output_tokens=20,
        status_message="it broke",
        error_type="timeout",
        convention="genai",
    )
    make_call(trace, span_id=row.span_id, start_ns=row.start_ns, cost_usd=Decimal("0.0315"))
    return row


def test_a_trace_in_the_list_has_every_field(api, trace):
    answer = api.get("traces")

    assert answer.status == 200
    assert answer.body == {"results": [EXPECTED_TRACE], "next": None}


def test_a_trace_alone_has_its_spans_too(api, trace, span):
    body = api.get("traces/" + trace.trace_id.hex()).body

    assert body.pop("spans_next") is None
    assert [each["span_id"] for each in body.pop("spans")] == [span.span_id.hex()]
    assert body == EXPECTED_TRACE


def test_a_span_has_every_field(api, trace, span):
    (shown,) = api.get("traces/" + trace.trace_id.hex()).body["spans"]

    assert shown | {"input": None, "attributes": None} == {
        "span_id": span.span_id.hex(),
        "parent_span_id": "02" * 8,
        "name": "chat",
        "kind": "llm",
        "otlp_kind": "client",
        "status": "error",
        "status_message": "it broke",
        "error_type": "timeout",
        "start_time_unix_nano": str(BASE_NS),
        "end_time_unix_nano": str(BASE_NS + SECOND),
        "duration_ns": SECOND,
        "provider": "openai",
        "model": "gpt-4o",
        "agent": "planner",
        "tool": None,
        "prompt_name": "greet",
        "prompt_version": "3",
        "service": None,
        "session_id": None,
        "user_id": None,
        "state": None,
        "convention": "genai",
        "input_tokens": 100,
        "cache_read_input_tokens": None,
        "cache_creation_input_tokens": None,
        "output_tokens": 20,
        "reasoning_output_tokens": None,
        "cost_usd": "0.0315",
        "cost_low_usd": "0.0315",
        "reported_cost_usd": None,
        "estimated_usd": None,
        "price": None,
        "billing": None,
        "counted": True,
        "counted_reason": "call",
        "counted_with": None,
        "input": None,
        "output": None,
        "attributes": None,
        "resource": {"attributes": {}, "dropped_attributes_count": 0, "schema_url": ""},
        "scope": {
            "name": "",
            "version": "",
            "attributes": {},
            "dropped_attributes_count": 0,
            "schema_url": "",
        },
        "events": [
            {
                "name": "exception",
                "time_unix_nano": str(BASE_NS + 1),
                "attributes": {"exception.stacktrace": "at line 1"},
                "dropped_attributes_count": 0,
            }
        ],
        "links": [
            {
                "trace_id": (b"t" * 16).hex(),
                "span_id": (b"s" * 8).hex(),
                "trace_state": "x=y",
                "attributes": {},
                "dropped_attributes_count": 0,
                "flags": 1,
            }
        ],
        "trace_state": "a=b",
        "flags": 257,
        "dropped_attributes_count": 1,
        "dropped_events_count": 0,
        "dropped_links_count": 0,
    }
    assert "hello" in json.dumps(shown["input"])
    assert shown["attributes"]["big"] == 2**53 + 1
    assert shown["attributes"]["blob"] == {"bytesValue": "AP8="}
    assert shown["attributes"]["nan"] == {"doubleValue": "NaN"}


def test_the_description_names_exactly_the_fields_that_are_sent(api, trace, span):
    body = api.get("traces/" + trace.trace_id.hex()).body
    (shown,) = body["spans"]

    for sent, described in (
        (body, TraceDetailSerializer),
        (api.get("traces").body["results"][0], TraceSerializer),
        (body["states"][0], StateSerializer),
        (shown, SpanSerializer),
        (shown["resource"], ResourceSerializer),
        (shown["scope"], ScopeSerializer),
        (shown["events"][0], EventSerializer),
        (shown["links"][0], LinkSerializer),
    ):
        assert set(sent) == set(described().fields)


@pytest.mark.parametrize(
    ("call", "counted", "cost"),
    [
        (None, False, None),
        ({"is_counted": False, "reason": "same_response", "cost_usd": None}, False, None),
        ({"cost_usd": None}, True, None),
        ({"cost_usd": Decimal("0.10")}, True, "0.1"),
    ],
)
def test_counted_and_cost_follow_what_was_decided(api, project, trace, call, counted, cost):
    row = make_span(project, trace.trace_id)
    if call is not None:
        make_call(trace, span_id=row.span_id, start_ns=row.start_ns, **call)

    (shown,) = api.get("traces/" + trace.trace_id.hex()).body["spans"]

    assert (shown["counted"], shown["cost_usd"]) == (counted, cost)


def test_an_unknown_cost_and_an_open_trace_are_null(api, project):
    make_trace(project, status="open")

    (shown,) = api.get("traces").body["results"]

    assert (shown["cost_usd"], shown["latency"], shown["root_span_id"]) == (None, None, None)
    assert (shown["agents"], shown["session_id"]) == ([], None)


def test_the_list_takes_filter_range_order_limit_and_cursor(api, project):
    for number in range(4):
        make_trace(project, name=f"t{number}", start_ns=BASE_NS + number, duration_ns=number)
    since = {"since": str(BASE_NS + 1), "until": BASE_NS + 4}

    first = api.get("traces", q="name ~ t*", order="start", limit=2, **since).body
    rest = api.get("traces", q="name ~ t*", order="start", limit=2, cursor=first["next"], **since).body

    assert [row["name"] for row in first["results"]] == ["t1", "t2"]
    assert [row["name"] for row in rest["results"]] == ["t3"]
    assert rest["next"] is None
    assert [row["name"] for row in api.get("traces", order="-duration").body["results"]] == [
        "t3",
        "t2",
        "t1",
        "t0",
    ]


@pytest.mark.parametrize(
    "moment",
    ["2026-09-21T13:46:40Z", "2026-09-21T15:46:40+02:00", "2026-09-21T15:46:40 02:00", "1789998400000000000"],
)
def test_moments_may_be_nanoseconds_or_iso_8601(api, project, moment):
    make_trace(project, name="before", start_ns=1_789_998_399_999_999_999)
    make_trace(project, name="at", start_ns=1_789_998_400_000_000_000)

    assert [row["name"] for row in api.get("traces", since=moment).body["results"]] == ["at"]


def test_fifty_traces_are_the_default(api, project):
    for number in range(51):
        make_trace(project, start_ns=BASE_NS + number)

    body = api.get("traces").body

    assert len(body["results"]) == 50
    assert body["next"]


def test_blank_and_unknown_parameters_are_ignored(api, trace):
    assert len(api.get("traces", q="", since="", cursor="", colour="red").body["results"]) == 1


@pytest.mark.parametrize(
    ("parameter", "value", "words"),
    [
        ("q", "statsu = error", "At character 1: There is no field “statsu”. Did you mean “status”"),
        ("q", "duration > 5", "At character 12:"),
        ("since", "yesterday", "ISO 8601 with a zone"),
        ("since", "2026-09-21T13:46:40", "has no zone"),
        ("until", "9" * 19, "outside the years"),
        ("until", "1969-01-01T00:00:00Z", "outside the years"),
        ("order", "-size", "“-size” is not one of -start, start, -duration, -cost, -tokens."),
        ("limit", "0", "from 1 to 1000"),
        ("limit", "1001", "from 1 to 1000"),
        ("limit", "many", "from 1 to 1000"),
        ("cursor", "abc", "does not belong to this list"),
        ("cursor", "a\0b", "ull characters"),
    ],
)
def test_bad_parameters_are_named_with_what_is_allowed(api, parameter, value, words):
    problem = api.get("traces", **{parameter: value}).problem(400)

    assert list(problem["errors"]) == [parameter]
    assert words in problem["errors"][parameter][0]


def test_spans_come_in_pages(api, project, trace):
    for number in range(3):
        make_span(project, trace.trace_id, name=f"s{number}", start_ns=BASE_NS + number)
    path = f"traces/{trace.trace_id.hex()}/spans"

    first = api.get(path, limit=2).body
    rest = api.get(path, limit=2, cursor=first["next"]).body

    assert [row["name"] for row in first["results"] + rest["results"]] == ["s0", "s1", "s2"]
    assert rest["next"] is None
    assert set(first["results"][0]) == set(SpanSerializer().fields)
    assert "cursor" in api.get(path, cursor="x").problem(400)["errors"]
    assert "limit" in api.get(path, limit=-3).problem(400)["errors"]


def test_the_rest_of_a_long_trace_is_behind_the_cursor(api, project, trace, monkeypatch):
    monkeypatch.setattr("traces.api.traces.MOST_DETAILS", 2)
    for number in range(3):
        make_span(project, trace.trace_id, name=f"s{number}", start_ns=BASE_NS + number)

    body = api.get(f"traces/{trace.trace_id.hex()}").body
    rest = api.get(f"traces/{trace.trace_id.hex()}/spans", cursor=body["spans_next"]).body

    assert [row["name"] for row in body["spans"] + rest["results"]] == ["s0", "s1", "s2"]


def test_ids_are_read_in_either_case(api, trace):
    assert api.get("traces/" + trace.trace_id.hex().upper()).body["trace_id"] == trace.trace_id.hex()


@pytest.mark.parametrize("suffix", ["", "/spans"])
@pytest.mark.parametrize(
    ("trace_id", "words"),
    [("ff" * 16, "has no trace ffff"), ("abc", "not 32 hex digits long"), ("z" * 32, "not hexadecimal")],
)
def test_an_unknown_or_malformed_id_is_not_found(api, trace, trace_id, words, suffix):
    assert words in api.get(f"traces/{trace_id}{suffix}").problem(404)["detail"]


def test_strangers_see_nothing(trace, other_api_key):
    stranger = Caller(other_api_key)

    assert stranger.get("traces").body == {"results": [], "next": None}
    stranger.get(f"traces/{trace.trace_id.hex()}").problem(404)
    stranger.get(f"traces/{trace.trace_id.hex()}/spans").problem(404)


@pytest.mark.parametrize("path", ["traces", "traces/" + "0" * 32, "metrics/cost", "project"])
def test_without_a_key_nothing_is_answered(db, path):
    for key in (None, "wrong"):
        answer = Caller(key).get(path)
        answer.problem(401)
        assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("path", ["traces", "traces/" + "0" * 32, "metrics/cost", "project"])
def test_a_key_without_the_scope_is_refused_in_words(project, path):
    _, key = api_key_create(project=project, name="sender", scopes=frozenset({"ingest"}))

    assert "no scope “read”" in Caller(key).get(path).problem(403)["detail"]


def test_the_number_of_queries_does_not_grow(api, project, trace, django_assert_num_queries):
    for _ in range(3):
        make_trace(project)
        make_span(project, trace.trace_id)

    with django_assert_num_queries(2):  # the key, the page
        api.get("traces")
    with django_assert_num_queries(5):  # the key, the trace, its spans' sizes, its spans, their origins
        api.get("traces/" + trace.trace_id.hex())
