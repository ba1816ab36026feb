"""Makes spans for tests of the pure rooms."""

from traces.domain.span_row import SpanRow

_COLUMNS = dict.fromkeys(SpanRow._fields)


def make_span(name: str = "span", parent: str | None = None, **columns) -> SpanRow:
    """A span whose id is its name: `make_span("call", "agent", kind="llm", input_tokens=10)`.

    `scope` names the instrumentation. Starts at 0 and ends at 1 s where nothing else is said.
    """
    scope = columns.pop("scope", "app")
    return SpanRow(
        **{
            **_COLUMNS,
            "start_ns": 0,
            "end_ns": 1_000_000_000,
            "project_id": 1,
            "status": 0,
            "trace_id": b"t" * 16,
            "span_id": name.encode(),
            "parent_span_id": parent.encode() if parent else None,
            "name": name,
            "kind": "other",
            "resource_digest": b"r" * 16,
            "scope_digest": scope.encode(),
            "raw": b"",
            **columns,
        }
    )
