import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desync.smtp.server_name import server_name


def client_hello(name):
    """What the standard library's TLS says first."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    talker = ssl.create_default_context().wrap_bio(incoming, outgoing, server_hostname=name)
    with pytest.raises(ssl.SSLWantReadError):
        talker.do_handshake()
    return outgoing.read()


HELLO = client_hello("mx.example.org")


def by_hand(extensions, *, session=b"", ciphers=b"\x13\x01"):
    body = b"\x03\x03" + bytes(32) + bytes([len(session)]) + session
    body += len(ciphers).to_bytes(2, "big") + ciphers + b"\x01\x00"
    body += len(extensions).to_bytes(2, "big") + extensions
    message = b"\x01" + len(body).to_bytes(3, "big") + body
    return b"\x16\x03\x01" + len(message).to_bytes(2, "big") + message


def extension(kind, body):
    return kind.to_bytes(2, "big") + len(body).to_bytes(2, "big") + body


def named(name):
    entry = b"\x00" + len(name).to_bytes(2, "big") + name
    return extension(0, len(entry).to_bytes(2, "big") + entry)


def test_the_name_that_a_real_client_asks_for():
    assert server_name(HELLO) == "mx.example.org"
    assert server_name(HELLO + b"\x17\x03\x03\x00\x00") == "mx.example.org"
    assert server_name(client_hello("b\u00fccher.example")) == "xn--bcher-kva.example"


def test_no_name():
    assert server_name(client_hello("192.0.2.25")) is None
    assert server_name(by_hand(extension(10, b"\x00\x02\x00\x1d"))) is None
    assert server_name(by_hand(b"")) is None


def test_the_name_may_follow_other_extensions():
    hello = by_hand(extension(10, b"\x00\x02\x00\x1d") + named(b"mx.example.org"), session=bytes(32))
    assert server_name(hello) == "mx.example.org"


def test_octets_that_are_no_text_are_escaped():
    assert server_name(by_hand(named(b"mx\xff\x1b"))) == "mx\\xff\x1b"


def test_octet_by_octet():
    found = [server_name(HELLO[:end]) for end in range(len(HELLO) + 1)]
    first = found.index("mx.example.org")
    assert found == [None] * first + ["mx.example.org"] * (len(found) - first)


@pytest.mark.parametrize(
    "octets", [b"", b"\x16", b"EHLO gw.example.net\r\n", b"\x15" + HELLO[1:], HELLO[:5] + b"\x02" + HELLO[6:]]
)
def test_what_is_no_client_hello(octets):
    assert server_name(octets) is None


@given(st.integers(0, len(HELLO) - 1), st.integers(0, 255), st.integers(0, len(HELLO)))
def test_nothing_makes_it_raise(at, octet, end):
    damaged = (HELLO[:at] + bytes([octet]) + HELLO[at + 1 :])[:end]
    assert isinstance(server_name(damaged), str | None)
