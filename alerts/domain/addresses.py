"""Which addresses an outgoing request may reach: the public internet, and nothing beside it.

Somebody who may set a webhook must not reach through it what only this machine can reach: the cloud's metadata
service, the database, a router. The rules are a table, checked after resolution, on the very address that is
then connected to.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_CLOSED: tuple[tuple[str, str], ...] = (
    # Registries: IANA special-purpose IPv4 and IPv6 addresses; the clouds' metadata services first, by name.
    ("169.254.169.254/32", "a cloud's metadata service"),
    ("169.254.170.2/32", "a cloud's metadata service"),
    ("168.63.129.16/32", "a cloud's metadata service"),  # Azure's, a public address by its number
    ("100.100.100.200/32", "a cloud's metadata service"),  # Alibaba's
    ("192.0.0.192/32", "a cloud's metadata service"),  # Oracle's
    ("fd00:ec2::254/128", "a cloud's metadata service"),
    ("fd20:ce::254/128", "a cloud's metadata service"),
    ("0.0.0.0/8", "this host"),
    ("127.0.0.0/8", "a loopback address"),
    ("::1/128", "a loopback address"),
    ("::/128", "this host"),
    ("10.0.0.0/8", "a private address"),
    ("172.16.0.0/12", "a private address"),
    ("192.168.0.0/16", "a private address"),
    ("fc00::/7", "a private address"),
    ("fec0::/10", "a private address"),
    ("100.64.0.0/10", "a carrier's private address"),
    ("169.254.0.0/16", "a link-local address"),
    ("fe80::/10", "a link-local address"),
    ("224.0.0.0/4", "a multicast address"),
    ("ff00::/8", "a multicast address"),
    ("192.0.0.0/24", "a reserved address"),
    ("192.0.2.0/24", "a reserved address"),
    ("192.88.99.0/24", "a reserved address"),
    ("198.18.0.0/15", "a reserved address"),
    ("198.51.100.0/24", "a reserved address"),
    ("203.0.113.0/24", "a reserved address"),
    ("240.0.0.0/4", "a reserved address"),
    ("64:ff9b:1::/48", "a reserved address"),
    ("100::/64", "a reserved address"),
    ("2001::/23", "a reserved address"),  # Teredo with it: the address within says nothing of who answers
    ("2001:db8::/32", "a reserved address"),
    ("2002::/16", "a reserved address"),  # 6to4, gone from the internet
    ("3fff::/20", "a reserved address"),
    ("5f00::/16", "a reserved address"),
)
_TABLE: tuple[tuple[Network, str], ...] = tuple((ip_network(net), words) for net, words in _CLOSED)
_GLOBAL_UNICAST = ip_network("2000::/3")
_NAT64 = ip_network("64:ff9b::/96")


def closed_reason(address: Address) -> str | None:
    """What this address is, in words, when nothing may be sent there; None for a public one.

    IPv4 inside IPv6 (mapped, compatible, NAT64) is judged as the IPv4 address that it reaches.
    """
    address = _inner(address)
    for network, words in _TABLE:
        if address.version == network.version and address in network:
            return words
    if address.version == 6 and address not in _GLOBAL_UNICAST:
        return "a reserved address"
    return None


def parse_address(text: str) -> Address:
    """An address as a resolver gives it; a zone (`fe80::1%eth0`) is cut off. Raises ValueError."""
    return ip_address(text.partition("%")[0])


def _inner(address: Address) -> Address:
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    is_compatible = int(address) >> 32 == 0 and int(address) > 1
    if address in _NAT64 or is_compatible:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address
