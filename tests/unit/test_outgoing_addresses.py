"""Which addresses alerts may reach."""

import pytest

from alerts.channels.outgoing import AddressRefusedError, check_literal, parse_target
from alerts.domain.addresses import closed_reason, parse_address

CLOSED = [
    ("127.0.0.1", "loopback"),
    ("127.255.255.254", "loopback"),
    ("::1", "loopback"),
    ("0.0.0.0", "this host"),  # noqa: S104
    ("::", "this host"),
    ("10.1.2.3", "private"),
    ("172.16.0.1", "private"),
    ("172.31.255.255", "private"),
    ("192.168.1.1", "private"),
    ("fd12:3456::1", "private"),
    ("fec0::1", "private"),
    ("100.64.0.1", "private"),
    ("169.254.1.1", "link-local"),
    ("fe80::1", "link-local"),
    ("fe80::1%eth0", "link-local"),
    ("169.254.169.254", "metadata"),
    ("168.63.129.16", "metadata"),
    ("100.100.100.200", "metadata"),
    ("fd00:ec2::254", "metadata"),
    ("224.0.0.1", "multicast"),
    ("239.255.255.250", "multicast"),
    ("ff02::1", "multicast"),
    ("192.0.2.1", "reserved"),
    ("198.18.0.1", "reserved"),
    ("198.51.100.7", "reserved"),
    ("203.0.113.9", "reserved"),
    ("240.0.0.1", "reserved"),
    ("255.255.255.255", "reserved"),
    ("2001:db8::1", "reserved"),
    ("2001::1", "reserved"),
    ("2002:7f00:1::", "reserved"),
    ("4000::1", "reserved"),
    ("::ffff:127.0.0.1", "loopback"),
    ("::ffff:10.0.0.1", "private"),
    ("::ffff:169.254.169.254", "metadata"),
    ("::127.0.0.1", "loopback"),
    ("64:ff9b::7f00:1", "loopback"),
    ("64:ff9b::a00:1", "private"),
]


@pytest.mark.parametrize(("address", "words"), CLOSED)
def test_it_closes_what_is_not_the_public_internet(address, words):
    assert words in closed_reason(parse_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1",
        "8.8.8.8",
        "172.32.0.1",
        "172.15.255.255",
        "100.63.255.255",
        "100.128.0.1",
        "169.253.0.1",
        "192.167.255.255",
        "2606:4700:4700::1111",
        "2a00:1450:4001::200e",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
    ],
)
def test_it_leaves_public_addresses_open(address):
    assert closed_reason(parse_address(address)) is None


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("ftp://example.com/", "https://"),
        ("file:///etc/passwd", "https://"),
        ("example.com/hook", "https://"),
        ("javascript:alert(1)", "https://"),
        ("", "https://"),
        ("https://user:secret@example.com/", "user name or password"),
        ("https://user@example.com/", "user name or password"),
        ("https:///path", "no host"),
        ("https://example.com:99999/", "not a web address"),
        ("https://exa mple.com/", "not a web address"),
        ("https://[::1/", "not a web address"),
    ],
)
def test_it_takes_web_addresses_only(address, words):
    with pytest.raises(AddressRefusedError, match=words):
        parse_target(address)


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [
        ("https://example.com/hook", "example.com", 443),
        ("http://example.com", "example.com", 80),
        ("https://EXAMPLE.com.:8443/hook?a=b", "example.com", 8443),
        ("http://[2606:4700::1]:81/", "2606:4700::1", 81),
        ("https://bücher.example/", "xn--bcher-kva.example", 443),
    ],
)
def test_it_finds_where_to_connect(address, host, port):
    target = parse_target(address)

    assert (target.host, target.port) == (host, port)


@pytest.mark.parametrize("address", ["http://127.0.0.1/", "http://[::1]:9/", "http://10.0.0.1:80/x"])
def test_it_refuses_a_closed_number_when_it_is_typed(address):
    with pytest.raises(AddressRefusedError, match="LINESIDE_OUTGOING_ALLOW"):
        check_literal(parse_target(address), allow=[])


@pytest.mark.parametrize(
    ("address", "allowed"),
    [("http://127.0.0.1:9000/", "127.0.0.1:9000"), ("http://[::1]:9000/", "[::1]:9000")],
)
def test_it_lets_the_operator_open_one_port(address, allowed):
    check_literal(parse_target(address), allow=[allowed])

    with pytest.raises(AddressRefusedError):
        check_literal(parse_target(address.replace("9000", "9001")), allow=[allowed])
