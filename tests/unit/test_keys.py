"""Where a request carries its key."""

import pytest

from projects.keys import key_from_headers


@pytest.mark.parametrize(
    ("authorization", "x_api_key", "expected"),
    [
        ("Bearer ls_a", None, "ls_a"),
        ("bearer   ls_a  ", None, "ls_a"),
        (None, " ls_b ", "ls_b"),
        ("Bearer ls_a", "ls_b", "ls_a"),
        ("Bearer ", "ls_b", "ls_b"),
        ("Basic dXNlcg==", "ls_b", "ls_b"),
        ("ls_a", None, None),
        ("Basic dXNlcg==", None, None),
        ("", "", None),
        (None, None, None),
    ],
)
def test_the_key_stands_in_either_header(authorization, x_api_key, expected):
    assert key_from_headers(authorization=authorization, x_api_key=x_api_key) == expected
