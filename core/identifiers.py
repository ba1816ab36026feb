"""Trace and span identifiers: bytes inside, lower-case hex at every border."""

TRACE_ID_BYTES = 16
SPAN_ID_BYTES = 8


def parse_hex_id(text: str, *, size: int) -> bytes:
    """The bytes of a hex identifier of exactly `size` bytes, in either case.

    Raises ValueError that names what is wrong with it.
    """
    if len(text) != size * 2:
        raise ValueError(f"{text[:64]!r} is not {size * 2} hex digits long")
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise ValueError(f"{text[:64]!r} is not hexadecimal") from None
