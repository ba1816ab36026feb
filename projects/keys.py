"""How a key is sent: the two headers that carry it, in HTTP and as gRPC metadata alike."""


def key_from_headers(*, authorization: str | None, x_api_key: str | None) -> str | None:
    """The key of `authorization: Bearer KEY` or `x-api-key: KEY`; the former wins. None where there is neither."""
    scheme, _, key = (authorization or "").partition(" ")
    if scheme.lower() == "bearer" and key.strip():
        return key.strip()
    return (x_api_key or "").strip() or None
