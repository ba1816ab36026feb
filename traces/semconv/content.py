"""What went into a span and what came out: messages, arguments and results, for people to read.

Where it stands each convention says; the first source that has something wins, in the order of
`traces.semconv.registry`. Content is read when a span is opened, never while spans are stored.
"""

from typing import Any, NamedTuple

from traces.semconv.convention import Attributes, Events
from traces.semconv.registry import PRECEDENCE

_INPUTS = tuple(reader for convention in PRECEDENCE for reader in convention.inputs)
_OUTPUTS = tuple(reader for convention in PRECEDENCE for reader in convention.outputs)


class SpanContent(NamedTuple):
    """Input and output as JSON-able values: a list of messages (traces.semconv.messages), any other JSON, a text,
    or None."""

    input: Any
    output: Any


def span_content(*, attributes: Attributes, events: Events) -> SpanContent:
    """The span's input and output. Never raises."""
    return SpanContent(
        input=next(_contents(_INPUTS, attributes, events), None),
        output=next(_contents(_OUTPUTS, attributes, events), None),
    )


def _contents(readers: Any, attributes: Attributes, events: Events) -> Any:
    return (value for reader in readers if (value := reader(attributes, events)) not in (None, "", []))
