"""Decompressing a request body without trusting it."""

import zlib

_GZIP = 16 + zlib.MAX_WBITS


class GzipError(ValueError):
    """These bytes are not gzip, or end too early."""


class BodyTooLargeError(ValueError):
    """The body grows beyond the limit."""


def gunzip(data: bytes, *, limit: int) -> bytes:
    """The decompressed bytes, members joined. Never holds more than `limit` + 1 of them.

    Raises GzipError or BodyTooLargeError.
    """
    parts: list[bytes] = []
    room = limit
    while data:
        member = zlib.decompressobj(_GZIP)
        try:
            part = member.decompress(data, room + 1)
        except zlib.error as error:
            raise GzipError(f"the body is not gzip: {error}") from None
        if len(part) > room:
            raise BodyTooLargeError(f"the body is more than {limit:,} bytes")
        if not member.eof:
            raise GzipError("the gzip body is cut short")
        parts.append(part)
        room -= len(part)
        data = member.unused_data
    return b"".join(parts)
