"""Slots split the touched traces among workers: all marks of a trace lie in one slot, and one worker at a time
holds a slot, so that two workers never summarise one trace at once."""

MARK_SLOTS = 4


def slot_of(trace_id: bytes) -> int:
    """The slot of a trace, from its last byte: W3C Trace Context keeps the randomness on the right."""
    return trace_id[15] % MARK_SLOTS
