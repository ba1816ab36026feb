"""Filters as SQL: values never stand in the statement."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traces.domain.filters import FIELDS, FieldKind, compare, contains_text, is_one_of, parse_filter
from traces.selectors.filter_sql import compile_filter, like_pattern

HOSTILE = ["'; DROP TABLE traces_trace; --", "%(x)s", "%s", "{}", '"', "\\", "$$", "a' OR '1'='1"]
TEXT_FIELDS = [name for name, kind in FIELDS.items() if kind in (FieldKind.TEXT, FieldKind.TEXTS)]


def sql_of(expression):
    condition = compile_filter(expression)
    return condition.text.as_string(None), condition.parameters


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("field", TEXT_FIELDS)
def test_hostile_values_end_as_parameters(field, value):
    harmless, _ = sql_of(compare(field, "=", "x"))

    text, parameters = sql_of(compare(field, "=", value))

    assert text == harmless
    assert parameters == {"filter_0": value}


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_search_texts_end_as_parameters(text):
    statement, parameters = sql_of(contains_text(text))

    assert set(parameters) <= {"filter_0", "filter_1"}
    assert statement.count("%(filter_0)s") == 4
    assert statement.replace("%(filter_0)s", "").replace("%(filter_1)s", "").count("%") == 0


def test_every_value_of_a_list_is_in_one_parameter():
    _, parameters = sql_of(is_one_of("agent", HOSTILE))

    assert parameters == {"filter_0": HOSTILE}


def test_parameters_are_numbered_through_the_whole_expression():
    _, parameters = sql_of(parse_filter("status = error and (duration > 5s or not cost < $1) and agent ~ p*"))

    assert list(parameters) == ["filter_0", "filter_1", "filter_2", "filter_3"]


@pytest.mark.parametrize(
    ("glob", "pattern"),
    [
        ("gpt-4*", "gpt-4%"),
        ("?pt", "_pt"),
        ("100%", "100\\%"),
        ("a_b", "a\\_b"),
        ("a\\*b", "a*b"),
        ("a\\?b", "a?b"),
        ("a\\\\b", "a\\\\b"),
        ("a\\", "a\\\\"),
        ("", ""),
    ],
)
def test_globs_become_like_patterns(glob, pattern):
    assert like_pattern(glob) == pattern


@pytest.mark.parametrize(
    ("text", "is_searched"),
    [("00ff", True), ("ABCDEF", True), ("0ff", False), ("0xff", False), ("f" * 32, True), ("f" * 33, False)],
)
def test_hex_words_are_searched_among_trace_ids(text, is_searched):
    _, parameters = sql_of(contains_text(text))

    assert parameters.get("filter_1") == (f"{text.lower()}%" if is_searched else None)
