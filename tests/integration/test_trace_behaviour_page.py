"""What the trace page tells of a run's behaviour, of an error's context and of the parts of a cost."""

import re

import pytest

from tests.integration.received import receive
from tests.unit.spans import make_span
from traces.domain.span_row import STATUS_ERROR

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("span_tables")]

SECOND = 1_000_000_000
TRACE = (b"t" * 16).hex()


def call(name: str, parent: str, *, at: float, **columns):
    """A model call of half a second."""
    columns = {"kind": "llm", "provider": "openai", "request_model": "gpt-4o", "agent": None} | columns
    start_ns = int(at * SECOND)
    return make_span(name, parent, start_ns=start_ns, end_ns=start_ns + SECOND // 2, **columns)


def spans():
    """A planner whose first attempts fail and whose writer calls one tool three times with the same arguments."""
    usage = {"input_tokens": 1_000_000, "cache_read_input_tokens": 400_000, "output_tokens": 100_000}
    return [
        make_span("run", kind="agent", agent="planner", end_ns=60 * SECOND),
        call("fail1", "run", at=1, status=STATUS_ERROR, error_type="RateLimitError"),
        call("fail2", "run", at=3, status=STATUS_ERROR, error_type="RateLimitError"),
        call("good", "run", at=7, response_model="gpt-4o", **usage),
        make_span("writer", "run", kind="agent", agent="writer", start_ns=8 * SECOND, end_ns=50 * SECOND),
        *(
            make_span(
                f"look{turn}",
                "writer",
                kind="tool",
                tool="search",
                start_ns=(10 + turn) * SECOND,
                end_ns=(11 + turn) * SECOND,
                details={"arguments_digest": "a" * 16},
            )
            for turn in range(3)
        ),
    ]


@pytest.fixture
def text(client, project, member):
    """The words of the run's page, or of one span's panel."""
    receive(project, spans())
    client.force_login(member)

    def text(span: str = "run") -> str:
        span_id = span.encode().ljust(8).hex()
        page = client.get(f"/p/signals/traces/{TRACE}/", {"span": span_id}).content.decode()
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))

    return text


def test_retries_are_told_with_their_wait(text):
    page = text()
    assert "Retries and fallbacks 2, 5 s of waiting" in page
    assert "gpt-4o of planner: 3 attempts, the last succeeded RateLimitError" in page


def test_a_loop_names_what_was_done_again(text):
    assert "search of writer with the same arguments 3 times" in text()


def test_a_handoff_names_both_agents(text):
    assert "planner called writer" in text()


def test_a_cost_opens_into_its_parts(text):
    # gpt-4o: $2.50 input, $1.25 cached, $10 output for a million tokens.
    panel = text("good")
    assert "tokens read from a cache 400,000 $1.25 per million $0.50" in panel
    assert "input tokens 600,000 $2.5 per million $1.50" in panel
    assert "output tokens 100,000 $10 per million $1.00" in panel


def test_an_error_is_told_with_what_was_around_it(text):
    panel = text("fail2")
    assert "Agents planner" in panel
    assert "Afterwards recovered: the attempt 3.5 s later succeeded" in panel
    assert "Attempt 1 RateLimitError, 1.5 s before" in panel


def test_what_succeeded_before_is_no_attempt(text):
    assert "Attempt 1" not in text("good")
