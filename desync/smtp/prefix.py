"""What may lawfully stand before the dialogue: a proxy's words, not the client's.

    PROXY protocol 1 and 2, SOCKS 4 and 5, HTTP CONNECT

May know these protocols' first messages; must not know SMTP.
"""

import re
from typing import Final, Literal, NamedTuple, TypeAlias

PrefixName: TypeAlias = Literal["proxy", "socks4", "socks5", "http-connect"]

PROXY_2: Final = b"\r\n\r\n\x00\r\nQUIT\n"
"""Signature of PROXY protocol version 2."""

_PROXY_1 = re.compile(rb"PROXY (?:TCP4|TCP6|UNKNOWN)[^\r\n]{0,90}\r\n")
_CONNECT = re.compile(rb"CONNECT [^\r\n]{1,400}\r\n(?:[^\r\n]{1,2000}\r\n){0,50}\r\n")
_HTTP_STATUS = re.compile(rb"HTTP/1\.[01] 2[^\r\n]{1,400}\r\n(?:[^\r\n]{1,2000}\r\n){0,50}\r\n")


class Prefix(NamedTuple):
    """Octets before the dialogue.

    Attributes:
        name: Which protocol they are of.
        client, server: How many octets each side spent on it.
    """

    name: PrefixName
    client: int
    server: int


def read_prefix(client: bytes, server: bytes) -> Prefix | None:
    """Find a proxy's words at the beginning of a connection.

    Args:
        client: The first octets that the client sent; a few thousand are enough.
        server: The first octets that the server sent.

    Source:
        HAProxy, "The PROXY protocol", sections 2.1 and 2.2; RFC 1928 (SOCKS 5), RFC 1929;
        RFC 9110, section 9.3.6 (CONNECT).
    """
    if match := _PROXY_1.match(client):
        return Prefix("proxy", match.end(), 0)
    if client.startswith(PROXY_2) and len(client) >= 16:
        return Prefix("proxy", 16 + int.from_bytes(client[14:16], "big"), 0)
    if client[:1] == b"\x05":
        return _read_socks5(client, server)
    if client[:2] == b"\x04\x01" and server[:2] == b"\x00\x5a" and (end := client.find(b"\x00", 8)) > 0:
        if client[4:7] == bytes(3) and client[7]:
            # SOCKS 4A: an address that cannot be says that a host name follows.
            end = client.find(b"\x00", end + 1)
        return Prefix("socks4", end + 1, 8) if end > 0 else None
    if (asked := _CONNECT.match(client)) and (told := _HTTP_STATUS.match(server)):
        return Prefix("http-connect", asked.end(), told.end())
    return None


def _read_socks5(client: bytes, server: bytes) -> Prefix | None:
    if len(client) < 3 or len(server) < 2 or server[0] != 5:
        return None
    at, answered = 2 + client[1], 2
    if server[1] == 2 and len(client) > at + 2:
        # User name and password (RFC 1929): version, length, name, length, password.
        name = client[at + 1]
        if len(client) <= at + 2 + name:
            return None
        at, answered = at + 3 + name + client[at + 2 + name], answered + 2
    asked, told = _socks5_message(client, at), _socks5_message(server, answered)
    return Prefix("socks5", asked, told) if asked and told else None


def _socks5_message(octets: bytes, at: int) -> int | None:
    """The offset behind a SOCKS 5 request or reply: version, code, 0, type, address, port."""
    if len(octets) < at + 5 or octets[at] != 5:
        return None
    lengths = {1: 4, 3: 1 + octets[at + 4], 4: 16}
    address = lengths.get(octets[at + 3])
    return None if address is None or len(octets) < at + 4 + address + 2 else at + 4 + address + 2
