"""What agents said, prepared for reading."""

import pytest

from dashboards.domain.content import (
    HEAD_CHARACTERS,
    HEAD_LINES,
    MOST_CHARACTERS,
    MOST_JSON_NODES,
    build_json,
    cut_text,
    read_content,
    scalar_text,
)


def test_a_short_text_is_shown_whole():
    assert cut_text("  two\nlines\n").head == "  two\nlines\n"


@pytest.mark.parametrize("text", ["x" * 10_000, "line\n" * 500, "a" * 1_000 + "\n" + "b" * 5_000, "\n" * 300])
def test_a_long_text_is_cut_and_nothing_of_it_is_lost(text):
    cut = cut_text(text)

    assert cut.rest
    assert len(cut.head) <= HEAD_CHARACTERS
    assert cut.head.count("\n") <= HEAD_LINES
    assert text in (cut.head + cut.rest, cut.head + "\n" + cut.rest)


def test_an_endless_text_says_how_much_is_missing():
    assert cut_text("x" * (MOST_CHARACTERS + 7)).missing_count == 7


def test_messages_keep_their_roles_and_parts():
    messages = read_content(
        [
            {"role": "user", "parts": [{"type": "text", "content": "Trip to Lille"}]},
            {
                "role": "assistant",
                "parts": [{"type": "tool_call", "id": "c1", "name": "find", "arguments": {"to": "Lille"}}],
            },
            {"role": "tool", "parts": [{"type": "tool_call_response", "id": "c1", "response": "07:14"}]},
            {"role": "assistant", "parts": [{"type": "reasoning", "content": "Too early?"}]},
        ]
    )

    assert [message.role for message in messages] == ["user", "assistant", "tool", "assistant"]
    assert [message.parts[0].kind for message in messages] == [
        "text",
        "tool_call",
        "tool_result",
        "reasoning",
    ]
    call = messages[1].parts[0]
    assert (call.title, call.call_id, call.json.children[0].key) == ("find", "c1", "to")


def test_openai_messages_with_content_and_tool_calls_are_read_too():
    (message,) = read_content(
        {
            "messages": [
                {
                    "role": "assistant",
                    "content": "On it",
                    "tool_calls": [
                        {
                            "id": "c2",
                            "type": "function",
                            "function": {"name": "find", "arguments": '{"to": "Lille"}'},
                        }
                    ],
                }
            ]
        }
    )

    text, call = message.parts
    assert text.text.head == "On it"
    assert (call.kind, call.title, call.json.children[0].text.head) == ("tool_call", "find", "Lille")


def test_json_in_a_text_is_folded_and_broken_json_stays_text():
    (folded,) = read_content('{"city": "Lille"}')
    (broken,) = read_content('{"city": ')

    assert folded.parts[0].json.children[0].key == "city"
    assert broken.parts[0].text.head == '{"city": '


@pytest.mark.parametrize(
    "value", ["plain", 0, False, 1.5, [], {}, [1, "two"], [{"no": "message"}], {"role": 5}]
)
def test_any_value_becomes_one_message_without_a_role(value):
    (message,) = read_content(value)

    assert message.role == ""
    assert message.parts[0].text or message.parts[0].json


@pytest.mark.parametrize(
    "part", [{}, {"type": None}, {"type": "image_url", "image_url": {}}, 5, None, "text", {"type": "text"}]
)
def test_parts_of_every_shape_are_read(part):
    (message,) = read_content([{"role": "user", "parts": [part]}])

    assert message.parts


def test_nothing_in_means_nothing_to_show():
    assert read_content(None) == ()


def test_a_document_of_many_values_is_bounded():
    def count(node):
        return 1 + sum(count(child) for child in node.children)

    document = {str(number): {"value": [1, 2, 3]} for number in range(400)}

    assert count(build_json(document)) <= MOST_JSON_NODES
    assert build_json(document).size == 400


def test_a_deep_document_is_bounded():
    document = []
    for _ in range(500):
        document = [document]

    assert build_json(document).is_branch


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (None, "null"),
        (1, "1"),
        (1.0, "1.0"),
        ("1", "1"),
        (b"\x00\xff", "2 bytes: 00 ff"),
        ({"a": b"\x01"}, '{"a": "1 bytes: 01"}'),
    ],
)
def test_values_are_told_apart_by_how_they_are_written(value, text):
    assert scalar_text(value) == text
