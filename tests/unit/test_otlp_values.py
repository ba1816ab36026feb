"""OTLP attribute values as Python and as JSON."""

import math

import pytest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

from tests.otlp_requests import attributes, to_any_value
from traces.domain.otlp import any_value, attributes_dict, json_value

VALUES = [
    "text",
    "",
    True,
    False,
    0,
    -(2**63),
    2**63 - 1,
    0.0,
    1.5,
    math.inf,
    b"\x00\xff",
    b"",
    [],
    [1, "a", [True]],
    {},
    {"a": {"b": [1.5, b"x"]}},
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_value_keeps_its_type(value):
    read = any_value(to_any_value(value))
    assert read == value
    assert type(read) is type(value)


def test_a_value_that_is_not_set_is_none():
    assert any_value(AnyValue()) is None


def test_of_a_repeated_key_the_last_value_wins():
    repeated = [*attributes({"k": 1}), *attributes({"k": 2}), KeyValue(key="empty")]
    assert attributes_dict(repeated) == {"k": 2, "empty": None}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, 1),
        (1.0, 1.0),
        (2**63 - 1, 2**63 - 1),
        (True, True),
        (None, None),
        ("a", "a"),
        (b"\xff\x00", {"bytesValue": "/wA="}),
        (math.nan, {"doubleValue": "NaN"}),
        (math.inf, {"doubleValue": "Infinity"}),
        (-math.inf, {"doubleValue": "-Infinity"}),
        ([b"a", {"k": math.nan}], [{"bytesValue": "YQ=="}, {"k": {"doubleValue": "NaN"}}]),
    ],
    ids=repr,
)
def test_json_keeps_every_type_apart(value, expected):
    written = json_value(value)
    assert written == expected
    assert type(written) is type(expected)
