"""A trace, and whose it is."""

from typing import NamedTuple


class TraceKey(NamedTuple):
    """The key of everything that belongs to a trace."""

    project_id: int
    trace_id: bytes
