import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desync.smtp.prefix import PROXY_2, Prefix, read_prefix

EHLO, GREETING = b"EHLO gw.example.net\r\n", b"220 mx.example.org ready\r\n"


def proxy_2(body):
    return PROXY_2 + b"\x21\x11" + struct.pack("!H", len(body)) + body


def request(kind, address):
    return b"\x05\x01\x00" + bytes([kind]) + address + b"\x00\x19"


def granted(kind, address):
    return b"\x05\x00\x00" + bytes([kind]) + address + b"\x00\x19"


FOUR, SIX, NAME = bytes([198, 51, 100, 25]), bytes(16), b"\x0emx.example.org"
NAMED = b"\x01\x04user\x06secret"

PREFIXES = {
    "PROXY 1": (b"PROXY TCP4 192.0.2.1 198.51.100.25 41025 25\r\n", b"", "proxy"),
    "PROXY 1 over IPv6": (b"PROXY TCP6 2001:db8::1 2001:db8::25 41025 25\r\n", b"", "proxy"),
    "PROXY 1 unknown": (b"PROXY UNKNOWN\r\n", b"", "proxy"),
    "PROXY 2": (proxy_2(bytes(12)), b"", "proxy"),
    "PROXY 2 local": (proxy_2(b""), b"", "proxy"),
    "SOCKS 5": (b"\x05\x01\x00" + request(1, FOUR), b"\x05\x00" + granted(1, FOUR), "socks5"),
    "SOCKS 5 by name": (b"\x05\x02\x00\x02" + request(3, NAME), b"\x05\x00" + granted(1, FOUR), "socks5"),
    "SOCKS 5 over IPv6": (b"\x05\x01\x00" + request(4, SIX), b"\x05\x00" + granted(4, SIX), "socks5"),
    "SOCKS 5 with a password": (
        b"\x05\x01\x02" + NAMED + request(1, FOUR),
        b"\x05\x02\x01\x00" + granted(1, FOUR),
        "socks5",
    ),
    "SOCKS 4": (b"\x04\x01\x00\x19" + FOUR + b"user\x00", b"\x00\x5a" + bytes(6), "socks4"),
    "CONNECT": (
        b"CONNECT mx.example.org:25 HTTP/1.1\r\nHost: mx.example.org:25\r\n\r\n",
        b"HTTP/1.1 200 Connection established\r\n\r\n",
        "http-connect",
    ),
}


@pytest.mark.parametrize(("client", "server", "name"), PREFIXES.values(), ids=PREFIXES)
def test_the_dialogue_begins_behind_a_prefix(client, server, name):
    assert read_prefix(client + EHLO, server + GREETING) == Prefix(name, len(client), len(server))
    assert read_prefix(client, server) == Prefix(name, len(client), len(server))


@pytest.mark.parametrize(("client", "server", "name"), PREFIXES.values(), ids=PREFIXES)
def test_octet_by_octet(client, server, name):
    for end in range(len(client)):
        found = read_prefix(client[:end], server + GREETING)
        # Of PROXY 2 the length is known before the octets that it counts.
        assert found is None or found == Prefix(name, len(client), len(server))
    for end in range(len(server)):
        found = read_prefix(client + EHLO, server[:end])
        # Likewise of SOCKS 4, where all replies are of eight octets.
        assert found is None or (name == "socks4" and found == Prefix(name, len(client), len(server)))


@pytest.mark.parametrize(
    ("client", "server"),
    [
        (EHLO, GREETING),
        (b"", b""),
        (b"PROXY SCTP 1 2\r\n", GREETING),
        (b"PROXY TCP4 " + b"1" * 200 + b"\r\n", GREETING),
        (b"PROXY TCP4 1 2 3 4" + EHLO[:4], GREETING),
        (b"\x05\x01\x00" + request(9, FOUR) + EHLO, b"\x05\x00" + granted(1, FOUR)),
        (b"\x04\x01\x00\x19" + FOUR + b"\x00", b"\x00\x5b" + bytes(6)),
        (b"CONNECT mx:25 HTTP/1.1\r\n\r\n", b"HTTP/1.1 403 Forbidden\r\n\r\n"),
        (b"CONNECT mx:25 HTTP/1.1\r\n\r\n", GREETING),
    ],
)
def test_what_is_no_prefix(client, server):
    assert read_prefix(client, server) is None


def test_socks_4a():
    client = b"\x04\x01\x00\x19\x00\x00\x00\x01user\x00mx.example.org\x00"
    assert read_prefix(client + EHLO, b"\x00\x5a" + bytes(6) + GREETING) == Prefix("socks4", len(client), 8)


@given(
    st.sampled_from([b"", b"\x05", b"\x05\x01\x02", b"\x04\x01", b"PROXY TCP4 ", PROXY_2, b"CONNECT a\r\n"]),
    st.binary(max_size=40),
    st.sampled_from([b"", b"\x05\x00", b"\x05\x02\x01\x00", b"\x00\x5a", b"HTTP/1.1 200 x\r\n"]),
    st.binary(max_size=20),
)
def test_nothing_makes_it_raise(client, more, server, answer):
    found = read_prefix(client + more, server + answer)
    assert found is None or (found.client > 0 and found.server >= 0)
    assert found is None or found.name == "proxy" or found.client <= len(client + more)
    assert found is None or found.name == "socks4" or found.server <= len(server + answer)
