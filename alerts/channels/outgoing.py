"""Requests to addresses that somebody typed in: resolved once, checked, pinned, bounded, never redirected."""

import asyncio
import re
import socket
import ssl
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache

import httpx

from alerts.domain.addresses import closed_reason, parse_address

TOTAL_SECONDS = 5.0
"""From the look-up of the name to the last byte read."""
CONNECT_SECONDS = 2.0
"""For one address, so that one that swallows packets leaves time for the next."""
MOST_BYTES = 16 * 1024
"""Read of an answer; what follows is not waited for."""
MOST_ADDRESSES = 3
"""Of a name's addresses these many are tried, in the resolver's order."""
DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9._:-]+")


class AddressRefusedError(Exception):
    """This address may not be reached, or is none; `str()` says why, to the person who typed it."""


class OutgoingError(Exception):
    """The request was tried and came to nothing; `str()` says how."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart: where to connect, and what to ask for."""

    url: httpx.URL
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `text` is the beginning of the body."""

    status: int
    text: str

    @property
    def is_success(self) -> bool:
        """A 2xx. A redirect is none: it is not followed."""
        return 200 <= self.status < 300


def parse_target(address: str) -> Target:
    """The parts of a web address. Raises AddressRefusedError for anything but http(s)://host[:port][/path][?query]."""
    try:
        url = httpx.URL(address.strip())
    except (httpx.InvalidURL, ValueError):
        raise AddressRefusedError("This is not a web address.") from None
    if url.scheme not in DEFAULT_PORTS:
        raise AddressRefusedError("A web address begins with https:// or http://.")
    if url.userinfo:
        raise AddressRefusedError("A web address with a user name or password in it is not accepted.")
    host = url.raw_host.decode("ascii").lower().rstrip(".")
    if not host:
        raise AddressRefusedError("The web address names no host.")
    if not _HOST.fullmatch(host):
        raise AddressRefusedError("This is not a web address: its host has characters that no host has.")
    port = DEFAULT_PORTS[url.scheme] if url.port is None else url.port
    if not 0 < port < 65_536:
        raise AddressRefusedError("This is not a web address: ports go from 1 to 65535.")
    return Target(url=url, host=host, port=port)


def check_literal(target: Target, *, allow: Collection[str]) -> None:
    """Refuse a closed address that is written as a number, before anything is sent. Raises AddressRefusedError.

    Names are looked up at every request; an answer of today says nothing of tomorrow's.
    """
    try:
        parse_address(target.host)
    except ValueError:
        return
    _check_addresses(target, addresses=[target.host], allow=allow)


async def post_json(
    address: str, *, body: bytes, headers: Mapping[str, str], allow: Collection[str]
) -> Answer:
    """POST a JSON body and read the beginning of the answer, all within TOTAL_SECONDS.

    `allow` holds host:port pairs that may be reached although they are closed. The name is resolved once; the
    connection goes to an address that was checked, while Host, SNI and the certificate's name stay those of the
    URL. Raises AddressRefusedError and OutgoingError.
    """
    target = parse_target(address)
    try:
        async with asyncio.timeout(TOTAL_SECONDS):
            addresses = await _resolve(target)
            _check_addresses(target, addresses=addresses, allow=allow)
            return await _post_to_first(target, addresses=addresses, body=body, headers=headers)
    except TimeoutError:
        raise OutgoingError(f"No full answer within {TOTAL_SECONDS:g} s.") from None


def _check_addresses(target: Target, *, addresses: list[str], allow: Collection[str]) -> None:
    """One closed address closes the name: which one is reached must not be left to chance."""
    if _host_port(target.host, target.port) in allow:
        return
    for address in addresses:
        words = closed_reason(parse_address(address))
        if words is not None and _host_port(address, target.port) not in allow:
            raise AddressRefusedError(
                f"{target.host} is {words} ({address}), which alerts may not reach. "
                f"An operator can allow {_host_port(target.host, target.port)} in LINESIDE_OUTGOING_ALLOW."
            )


async def _resolve(target: Target) -> list[str]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(
            target.host, target.port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
        )
    except (socket.gaierror, UnicodeError):
        raise OutgoingError(f"The name {target.host} could not be found.") from None
    return list(dict.fromkeys(str(place[4][0]) for place in found))


async def _post_to_first(
    target: Target, *, addresses: list[str], body: bytes, headers: Mapping[str, str]
) -> Answer:
    """To the first address that takes the connection; after that there is no second try."""
    for address in addresses[:MOST_ADDRESSES]:
        try:
            return await _post(target, address=address, body=body, headers=headers)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            failure = f"{target.host} could not be reached: {_words(error)}."
        except httpx.HTTPError as error:
            raise OutgoingError(f"{target.host} broke the connection off: {_words(error)}.") from None
    raise OutgoingError(failure)


async def _post(target: Target, *, address: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    # No proxy and no .netrc of the environment: either would undo the pinning.
    transport = httpx.AsyncHTTPTransport(verify=_tls(), trust_env=False, retries=0)
    patience = httpx.Timeout(None, connect=CONNECT_SECONDS)  # post_json bounds the whole
    async with httpx.AsyncClient(transport=transport, timeout=patience, trust_env=False) as client:
        request = client.build_request(
            "POST",
            target.url.copy_with(host=address),
            content=body,
            headers={
                **headers,
                "host": _host_header(target),
                "content-type": "application/json",
                "user-agent": "lineside-alerts/1",
                "accept-encoding": "identity",
            },
            extensions={"sni_hostname": target.host},
        )
        response = await client.send(request, stream=True, follow_redirects=False)
        try:
            return Answer(status=response.status_code, text=await _beginning(response))
        finally:
            await response.aclose()


@cache
def _tls() -> ssl.SSLContext:
    """Reading the authorities' certificates takes longer than most requests."""
    return httpx.create_ssl_context(trust_env=False)


async def _beginning(response: httpx.Response) -> str:
    """At most MOST_BYTES, as they came: a packed answer is not unpacked."""
    read = bytearray()
    async for chunk in response.aiter_raw():
        read += chunk
        if len(read) >= MOST_BYTES:
            break
    return bytes(read[:MOST_BYTES]).decode("utf-8", "replace")


def _host_header(target: Target) -> str:
    return target.url.netloc.decode("ascii")


def _host_port(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _words(error: Exception) -> str:
    return str(error).strip().rstrip(".") or type(error).__name__
