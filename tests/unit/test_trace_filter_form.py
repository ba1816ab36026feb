"""The form of the traces list writes the filter language."""

import pytest
from django.http import QueryDict

from core.clock import NS_PER_DAY
from dashboards.forms import TraceFilterForm
from traces.domain.filters import parse_filter
from traces.selectors.rows import TraceChoices

NOW_NS = 1_790_000_000_000_000_000


def ask(query=""):
    return TraceFilterForm(QueryDict(query))


def query_of(query):
    form = ask(query)
    assert form.is_valid(), form.errors
    return form.trace_query(now_ns=NOW_NS)


def test_an_empty_form_asks_for_everything():
    query = query_of("")

    assert (query.since_ns, query.until_ns, query.expression) == (None, None, None)
    assert not ask("").is_filtering


@pytest.mark.parametrize(
    ("fields", "filter_text"),
    [
        ("status=error", "status = error"),
        ("agent=planner", "agent = planner"),
        ("model=gpt-4o*", 'model = "gpt-4o*"'),
        ("min_duration=5s", "duration >= 5s"),
        ("min_duration=5", "duration >= 5s"),
        ("min_duration=1.5", "duration >= 1500ms"),
        ("min_duration=2min", "duration >= 2min"),
        ("min_cost=%240.10", "cost >= $0.10"),
        ("min_cost=0.10", "cost >= $0.10"),
        ("text=rate+limit", '"rate limit"'),
        ("q=tokens+>+12k", "tokens > 12k"),
        ("status=ok&agent=a&min_cost=1", "status = ok and agent = a and cost >= 1"),
    ],
)
def test_fields_say_what_the_filter_language_says(fields, filter_text):
    assert query_of(fields).expression == parse_filter(filter_text)


def test_the_filter_box_is_joined_with_the_fields():
    (status, box) = query_of("status=error&q=errors+>+1+or+calls+>+40").expression.operands

    assert status == parse_filter("status = error")
    assert box == parse_filter("errors > 1 or calls > 40")


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ("min_duration=soon", "min_duration", "no duration"),
        ("min_cost=cheap", "min_cost", "US dollars"),
        ("q=duraton+>+5s", "q", "Did you mean “duration”? "),
        ("q=status+=+red+", "q", "at character 10"),
        ("q=(", "q", "ends too early"),
        ("status=red", "status", "not one of the available choices"),
        ("range=ever", "range", "not one of the available choices"),
        ("text=a%00b", "text", "Null characters"),
        ("since=yesterday", "since", "valid date/time"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(fields, field, words):
    form = ask(fields)

    assert not form.is_valid()
    assert list(form.errors) == [field]
    assert words in form.errors[field][0]


def test_a_range_counts_back_from_now():
    assert query_of("range=7d").since_ns == NOW_NS - 7 * NS_PER_DAY


def test_exact_moments_are_utc():
    query = query_of("since=2026-09-21T14:13:20Z&until=2026-09-21T15:13:20Z")

    assert query.since_ns == NOW_NS
    assert query.until_ns == NOW_NS + 3_600_000_000_000


def test_the_address_names_only_what_was_filled_in():
    assert ask("agent=a%26b&status=&range=&q=").query_string() == "?agent=a%26b"
    assert ask("").query_string() == ""


def test_a_value_that_is_no_longer_offered_stays_chosen():
    form = TraceFilterForm(
        QueryDict("agent=retired"),
        choices=TraceChoices(agents=("planner",), models=(), services=(), environments=()),
    )

    assert 'value="retired" selected' in str(form["agent"])
    assert 'value="planner"' in str(form["agent"])
