"""What no other convention can say is said by our own two attributes."""

import pytest

from traces.semconv.content import span_content
from traces.semconv.resolver import resolve


def fields(attributes):
    return resolve(name="step", attributes=attributes, events=(), resource={}, scope_name="test")


@pytest.mark.parametrize("kind", ["state", "human", "guardrail", "evaluation"])
def test_it_tells_the_kind(kind):
    found = fields({"lineside.span.kind": kind})
    assert (found.kind, found.convention) == (kind, "lineside")


def test_it_is_believed_before_the_others():
    assert fields({"gen_ai.operation.name": "chat", "lineside.span.kind": "evaluation"}).kind == "evaluation"


def test_a_kind_that_it_does_not_know_is_left_to_the_others():
    assert fields({"gen_ai.operation.name": "chat", "lineside.span.kind": "llm"}).kind == "llm"


def test_it_names_the_state():
    assert fields({"lineside.span.kind": "state", "lineside.state": "Planning"}).state == "Planning"


def test_a_retrieval_shows_its_query_and_its_documents():
    content = span_content(
        attributes={
            "gen_ai.retrieval.query.text": "refund policy",
            "gen_ai.retrieval.documents": '[{"id": "kb-12", "score": 0.82}]',
        },
        events=(),
    )
    assert content == ("refund policy", [{"id": "kb-12", "score": 0.82}])
