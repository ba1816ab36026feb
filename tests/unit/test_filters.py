"""The filter language: what it reads, and what it says about what it cannot read."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traces.domain.filters import (
    FIELDS,
    MAX_DEPTH,
    MAX_LENGTH,
    OPERATORS,
    AllOf,
    AnyOf,
    Comparison,
    FieldKind,
    FilterError,
    Membership,
    Negation,
    Text,
    all_of,
    compare,
    contains_text,
    is_one_of,
    parse_filter,
)

LITERALS = {
    FieldKind.TEXT: ("planner", "planner"),
    FieldKind.TEXTS: ("gpt-4o", "gpt-4o"),
    FieldKind.STATUS: ("Error", "error"),
    FieldKind.DURATION: ("1.5s", 1_500_000_000),
    FieldKind.MONEY: ("$0.10", Decimal("0.10")),
    FieldKind.COUNT: ("12k", 12_000),
}


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_takes_its_operators_and_no_others(field):
    literal, value = LITERALS[FIELDS[field]]
    allowed = OPERATORS[FIELDS[field]]

    for operator in ("=", "!=", ">", ">=", "<", "<=", "~"):
        text = f"{field} {operator} {literal}"
        if operator in allowed:
            assert parse_filter(text) == Comparison(field, operator, value)
        else:
            with pytest.raises(FilterError, match="cannot be compared with"):
                parse_filter(text)


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_takes_a_list(field):
    literal, value = LITERALS[FIELDS[field]]

    assert parse_filter(f"{field} in ({literal}, {literal})") == Membership(field, (value, value))


@pytest.mark.parametrize(
    ("literal", "duration_ns"),
    [
        ("7ns", 7),
        ("7us", 7_000),
        ("7µs", 7_000),
        ("200ms", 200_000_000),
        ("5s", 5_000_000_000),
        (".5s", 500_000_000),
        ("2min", 120_000_000_000),
        ("2m", 120_000_000_000),
        ('"2 min"', 120_000_000_000),
        ("1h", 3_600_000_000_000),
        ("1d", 86_400_000_000_000),
        ("0", 0),
    ],
)
def test_durations_have_units(literal, duration_ns):
    assert parse_filter(f"duration > {literal}") == Comparison("duration", ">", duration_ns)


@pytest.mark.parametrize(
    ("literal", "count"), [("500", 500), ("12k", 12_000), ("1.5k", 1_500), ("2M", 2_000_000)]
)
def test_counts_may_be_abbreviated(literal, count):
    assert parse_filter(f"tokens >= {literal}") == Comparison("tokens", ">=", count)


@pytest.mark.parametrize(("literal", "usd"), [("$0.10", "0.10"), ("0.10", "0.10"), ("$3", "3")])
def test_money_is_decimal(literal, usd):
    assert parse_filter(f"cost < {literal}") == Comparison("cost", "<", Decimal(usd))


def test_and_binds_tighter_than_or_and_not_tightest():
    ok, slow, dear = (
        Comparison("status", "=", "ok"),
        Comparison("spans", ">", 3),
        Comparison("cost", ">", Decimal(1)),
    )

    assert parse_filter("status=ok or spans>3 and cost>1") == AnyOf((ok, AllOf((slow, dear))))
    assert parse_filter("(status=ok OR spans>3) AND cost>1") == AllOf((AnyOf((ok, slow)), dear))
    assert parse_filter("not status=ok and spans>3") == AllOf((Negation(ok), slow))
    assert parse_filter("not (status=ok or spans>3)") == Negation(AnyOf((ok, slow)))


def test_terms_side_by_side_must_all_hold():
    assert parse_filter('status=error rate "hit the limit"') == AllOf(
        (Comparison("status", "=", "error"), Text("rate"), Text("hit the limit"))
    )


@pytest.mark.parametrize("word", ["in", "order", "andy", "nothing", "gpt-4o*", "50%", "a.b/c:d"])
def test_words_that_resemble_the_language_are_searched_for(word):
    assert parse_filter(word) == Text(word)


def test_field_names_may_be_written_in_any_case():
    assert parse_filter("Model = gpt-4o") == Comparison("model", "=", "gpt-4o")


def test_quotes_keep_what_the_language_would_read():
    assert parse_filter(r'name = "a \"b\" and (c)"') == Comparison("name", "=", 'a "b" and (c)')
    assert parse_filter('"or"') == Text("or")


@pytest.mark.parametrize("text", ["", "  ", "\n\t"])
def test_blank_text_holds_of_every_trace(text):
    assert parse_filter(text) == AllOf(())


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("statsu = error", 0, "Did you mean “status”"),
        ("status=ok and modle = x", 14, "Did you mean “model”"),
        ("xyzzy = 1", 0, "There is no field “xyzzy”. Fields are status, name"),
        ("duration > 5", 11, "write a number with a unit"),
        ("duration > 5 s", 11, "write a number with a unit"),
        ("cost > cheap", 7, "write US dollars"),
        ("errors > 1.5", 9, "write a whole number"),
        ("errors > 99999999999G", 9, "too large"),
        ("cost > 99999999999999999999", 7, "too large"),
        ("status = done", 9, "a trace is open, ok, error"),
        ("status in (ok, done)", 15, "a trace is open, ok, error"),
        ("status ~ err*", 7, "only with =, !="),
        ('name = "x', 7, "never closed"),
        ("(status=ok", 10, "ends too early"),
        ("status =", 8, "ends too early"),
        ("status=ok)", 9, "was not expected"),
        ("or status=ok", 0, "was not expected"),
        ("name in ()", 9, "was not expected"),
        ("name = a = b", 9, "was not expected"),
        ('name = "a\0b"', 9, "U\\+0000"),
        ("x" * (MAX_LENGTH + 1), MAX_LENGTH, "longer than"),
        ("(" * (MAX_DEPTH + 1) + "x" + ")" * (MAX_DEPTH + 1), MAX_DEPTH, "nests deeper"),
        ("not " * (MAX_DEPTH + 1) + "x", 4 * MAX_DEPTH, "nests deeper"),
    ],
)
def test_it_says_what_is_wrong_and_where(text, position, words):
    with pytest.raises(FilterError, match=words) as caught:
        parse_filter(text)

    assert caught.value.position == position
    assert caught.value.message == str(caught.value)


def test_depth_is_measured_where_it_nests_not_where_it_repeats():
    flat = " and ".join(["not (name = x)"] * (MAX_DEPTH + 5))

    assert isinstance(parse_filter(flat), AllOf)


_language = st.lists(
    st.sampled_from([
        *FIELDS, "=", "!=", ">=", "<", "~", "in", "(", ")", ",", "and", "or", "not", "5s", "$0.1", "12k", '"', "\\", "x*", "ok", "\0", "\ud800",
    ])
).map(" ".join)  # fmt: skip


def position_of_error(text):
    """Where the parser finds fault; 0 where it finds none."""
    try:
        parse_filter(text)
    except FilterError as error:
        return error.position
    return 0


@given(st.one_of(st.text(), _language))
def test_no_text_raises_anything_but_a_filter_error(text):
    assert 0 <= position_of_error(text) <= len(text)


def test_forms_compose_the_same_expression_as_text():
    composed = all_of([
        compare("status", "=", "error"),
        compare("duration", ">=", 5_000_000_000),
        compare("cost", ">", "$0.10"),
        is_one_of("agent", ["planner", "critic"]),
        contains_text("rate limit"),
    ])  # fmt: skip

    assert composed == parse_filter(
        'status = error and duration >= 5s and cost > $0.10 and agent in (planner, critic) and "rate limit"'
    )


def test_a_single_condition_stays_itself():
    assert all_of([contains_text("x")]) == Text("x")


@pytest.mark.parametrize(
    "compose",
    [
        lambda: compare("nonsense", "=", "x"),
        lambda: compare("name", "=", 5),
        lambda: compare("duration", "=", 1.5),
        lambda: compare("duration", "=", True),
        lambda: compare("duration", "=", 2**63),
        lambda: compare("name", "=", "a\0b"),
        lambda: is_one_of("agent", []),
        lambda: contains_text("\ud800"),
    ],
)
def test_forms_cannot_compose_what_no_text_says(compose):
    with pytest.raises(FilterError):
        compose()
