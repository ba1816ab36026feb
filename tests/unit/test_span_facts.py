"""What the panel of a span shows."""

from decimal import Decimal

from dashboards.domain.span_facts import attribute_rows, describe_span
from tests.unit.nodes import make_node
from traces.selectors.rows import SpanDetail


def make_detail(node=None, **values):
    given = {
        "attributes": {},
        "resource": {"attributes": {}, "dropped_attributes_count": 0, "schema_url": ""},
        "scope": {
            "name": "",
            "version": "",
            "attributes": {},
            "dropped_attributes_count": 0,
            "schema_url": "",
        },
        "events": [],
        "links": [],
        "input": None,
        "output": None,
        "trace_state": "",
        "flags": 0,
        "dropped_attributes_count": 0,
        "dropped_events_count": 0,
        "dropped_links_count": 0,
        "otlp_kind": 1,
        "raw_size": 1,
    }
    return SpanDetail(node=node or make_node(1), **given | values)


def call_facts(**values):
    node = make_node(1, kind="llm", reason="call", is_counted=True, **values)
    return {fact.name: (fact.value, fact.note) for fact in describe_span(make_detail(node)).call}


def test_the_served_model_stands_beside_the_requested_one_where_they_differ():
    facts = call_facts(model="gpt-4o-2024-08-06", request_model="gpt-4o")

    assert facts["Model"] == ("gpt-4o-2024-08-06", "as served")
    assert facts["Requested"] == ("gpt-4o", "")


def test_one_model_is_named_once():
    facts = call_facts(model="gpt-4o", request_model="gpt-4o")

    assert facts["Model"] == ("gpt-4o", "")
    assert "Requested" not in facts


def test_tokens_that_were_not_reported_are_not_shown_as_zero():
    facts = call_facts(input_tokens=1_200, cache_read_input_tokens=0, output_tokens=None)

    assert facts["Input tokens"] == ("1,200", "")
    assert facts["of these cache reads"] == ("0", "")
    assert "Output tokens" not in facts


def test_an_unknown_price_is_called_unknown():
    assert call_facts(input_tokens=5, cost_usd=None)["Cost"] == ("unknown", "no known price for this model")


def test_a_cost_that_depends_on_an_unreported_cache_names_its_lower_bound():
    value, note = call_facts(cost_usd=Decimal("0.02"), cost_low_usd=Decimal("0.01"))["Cost"]

    assert value == "$0.020"
    assert "at least $0.010" in note


def test_exceptions_come_with_type_message_and_stack():
    event = {
        "name": "exception",
        "time_ns": 5,
        "attributes": {
            "exception.type": "RateLimitError",
            "exception.message": "429",
            "exception.stacktrace": "Traceback\n  line 1",
        },
        "dropped_attributes_count": 0,
    }

    (exception,) = describe_span(make_detail(events=[event])).exceptions

    assert (exception.type, exception.message.head) == ("RateLimitError", "429")
    assert exception.stacktrace.head == "Traceback\n  line 1"


def test_settings_and_finish_reasons_are_found():
    attributes = {
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.request.temperature": 0.2,
        "gen_ai.response.finish_reasons": ["stop", "length"],
        "llm.invocation_parameters": '{"max_tokens": 50}',
    }

    facts = describe_span(make_detail(attributes=attributes))

    assert [(row.key, row.text.head) for row in facts.settings] == [
        ("max_tokens", "50"),
        ("temperature", "0.2"),
    ]
    assert facts.call[-1].value == "stop, length"


def test_attributes_are_sorted_and_their_types_told_apart():
    rows = attribute_rows(
        {"b": 1, "a": "1", "c": 1.0, "d": True, "e": b"\x01", "f": [1], "g": '{"x": 1}', "h": {}}
    )

    assert [(row.key, row.type) for row in rows] == [
        ("a", ""),
        ("b", "integer"),
        ("c", "double"),
        ("d", "boolean"),
        ("e", "bytes"),
        ("f", "array"),
        ("g", "JSON text"),
        ("h", "map"),
    ]


def test_links_are_named_in_hex():
    link = {
        "trace_id": b"\x01" * 16,
        "span_id": b"\x02" * 8,
        "trace_state": "",
        "attributes": {},
        "dropped_attributes_count": 0,
        "flags": 0,
    }

    (row,) = describe_span(make_detail(links=[link])).links

    assert (row.trace_id, row.span_id) == ("01" * 16, "02" * 8)


def test_what_the_sender_left_out_is_said():
    assert describe_span(make_detail(dropped_events_count=3)).dropped == "3 events"
