"""Calls that report no usage may be estimated by their text: beside the total, never in it."""

from decimal import Decimal

import pytest

from tests.unit.spans import make_span
from traces.domain.pricing import PriceBook
from traces.domain.summary import summarise
from traces.semconv.resolver import resolve
from traces.semconv.text_size import TextSize, text_size

WITH_ESTIMATES = PriceBook(estimates_unmetered=True)


def silent(name="call", parent=None, *, text=(4_000_000, 400_000), **fields):
    fields = {"kind": "llm", "request_model": "gpt-4o", "details": {"text_bytes": list(text)}} | fields
    return make_span(name, parent, **fields)


def test_an_estimate_stands_beside_the_total():
    measured = make_span(
        "other",
        kind="llm",
        request_model="gpt-4o",
        input_tokens=1_000_000,
        output_tokens=0,
        cache_read_input_tokens=0,
    )
    summary = summarise([silent(), measured], book=WITH_ESTIMATES)
    assert (summary.cost_usd, summary.cost_low_usd) == (Decimal("2.5"), Decimal("2.5"))
    assert (summary.usage.input_tokens, summary.usage.output_tokens) == (1_000_000, 0)
    assert (summary.unmetered_call_count, summary.estimated_call_count) == (1, 1)
    assert summary.estimated_usd == Decimal("3.5")  # 1M in at 2.50 and 0.1M out at 10 a million


def test_there_is_none_unless_the_project_wants_it():
    summary = summarise([silent()])
    assert (summary.estimated_call_count, summary.estimated_usd) == (0, None)


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"details": {}}, id="it carried no text"),
        pytest.param({"request_model": "nobody-knows"}, id="its model has no price"),
        pytest.param({"status": 2}, id="it failed"),
        pytest.param({"input_tokens": 10, "output_tokens": 1}, id="it reports its usage"),
    ],
)
def test_there_is_none_where(fields):
    assert summarise([silent(**fields)], book=WITH_ESTIMATES).estimated_usd is None


def test_a_call_of_which_a_second_report_has_the_usage_is_measured():
    outer = silent("outer", start_ns=0, end_ns=10)
    inner = make_span(
        "inner",
        "outer",
        kind="llm",
        start_ns=1,
        end_ns=9,
        request_model="gpt-4o",
        scope="b",
        input_tokens=10,
        output_tokens=1,
    )
    summary = summarise([outer, inner], book=WITH_ESTIMATES)
    assert (summary.unmetered_call_count, summary.estimated_call_count) == (0, 0)


MESSAGES = '[{"role": "user", "parts": [{"type": "text", "content": "né?"}]}]'
ANSWER = (
    '[{"role": "assistant", "parts": [{"type": "text", "content": "ok"},'
    ' {"type": "tool_call", "id": "c1", "name": "find", "arguments": {"q": 1}}]}]'
)


def test_text_is_what_is_read_and_written_not_the_json_around_it():
    attributes = {"gen_ai.input.messages": MESSAGES, "gen_ai.output.messages": ANSWER}
    assert text_size(attributes=attributes, events=[]) == TextSize(
        4, len("ok") + len("find") + len('{"q":1}')
    )


def test_pictures_are_no_text():
    picture = '[{"role": "user", "parts": [{"type": "blob", "content": "' + "A" * 999 + '"}]}]'
    assert text_size(attributes={"gen_ai.input.messages": picture}, events=[]) is None


def test_plain_texts_count_as_they_are():
    attributes = {"input.value": "four", "output.value": "sixsix", "openinference.span.kind": "LLM"}
    assert text_size(attributes=attributes, events=[]) == TextSize(4, 6)


def test_what_is_nested_too_deep_has_no_size():
    deep = "[" * 5_000 + "]" * 5_000
    assert text_size(attributes={"gen_ai.input.messages": deep}, events=[]) == TextSize(len(deep), 0)


@pytest.mark.parametrize(
    ("more", "kept"),
    [
        ({}, (4, 0)),
        ({"gen_ai.usage.input_tokens": 3}, None),
        ({"gen_ai.operation.name": "execute_tool"}, None),
    ],
)
def test_the_size_is_kept_of_model_calls_that_report_no_usage(more, kept):
    attributes = {"gen_ai.operation.name": "chat", "gen_ai.input.messages": MESSAGES} | more
    details = resolve(name="x", attributes=attributes, events=[], resource={}, scope_name="s").details or {}
    assert details.get("text_bytes") == kept
