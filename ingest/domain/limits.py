"""How much the receiver takes at once. Each number bounds memory or time; senders stay far below them."""

BODY_BYTES = 32 * 1024 * 1024
"""One request, after decompression. Exporters send 512 spans a request, about 0.6 MB; a batch with pictures in
its messages may be fifty times that. The Collector's own receivers take 4 MiB (gRPC) and 20 MiB (HTTP)."""

PARTS_PER_REQUEST = 100_000
"""Spans of one request, with the scopes and resources around them: bounds the time and memory that many tiny ones
would take. A span takes about 1 KB as a row, and an empty scope, two bytes in protobuf, three hundred times its own."""

DEPTH = 100
"""Messages within messages of a span, itself not counted: as deep as protobuf parses. A value in n arrays takes
2 + 2n of them. The same for JSON, so that what came in one encoding can be read again from the other."""

NAME_CHARS = 1_024
"""Characters of a name that its column keeps (the raw span keeps all)."""

MESSAGE_CHARS = 8_192
"""Likewise of the status message."""

TOKENS = 10**12
"""More tokens than this in one call is no report: it would break the sums, which are 64-bit."""

NAMED_OFFENDERS = 5
"""Rejected spans that an answer names; it counts all."""

REASON_CHARS = 300
"""Characters of the reason for one of them; paths into nested values may be very long."""
