"""Other protocols that are met on a mail port.

May know their first octets; must not know SMTP.
"""

import re
from typing import Final, Literal, TypeAlias

Foreign: TypeAlias = Literal["TLS", "HTTP", "SOCKS", "SSH", "RDP", "SMB"]

TLS_RECORDS: Final = (b"\x15\x03", b"\x16\x03")
"""The first octets of a TLS alert or handshake record."""

_HANDSHAKE: Final = re.compile(
    rb"\x16\x03[\x00-\x04][\x00-\x40].[\x01\x02]\x00|\x15\x03[\x00-\x04]\x00\x02[\x01\x02]", re.DOTALL
)
"""A handshake record with a ClientHello or ServerHello of less than 64 KiB, or an alert in the clear."""

_HTTP: Final = (b"GET ", b"POST ", b"HEAD ", b"PUT ", b"OPTIONS ", b"CONNECT ", b"DELETE ", b"PRI * HTTP")


def is_tls(octets: bytes) -> bool:
    """Whether octets begin with a TLS handshake or alert record (RFC 8446, section 5.1)."""
    return (
        len(octets) >= 2
        and octets[0] in (0x15, 0x16)
        and octets[1] == 0x03
        and (len(octets) < 3 or octets[2] <= 4)
    )


def is_client_hello(octets: bytes) -> bool:
    """Whether octets begin with a TLS handshake record."""
    return is_tls(octets) and octets[0] == 0x16


def handshake_at(octets: bytes) -> int | None:
    """Where a TLS handshake begins within octets, or None.

    Not only at their beginning: whoever puts text in front of a handshake need not end it with CRLF.

    Source:
        RFC 8446, sections 5.1 (record), 4 (handshake types 1 and 2) and 6 (alert).
    """
    found = _HANDSHAKE.search(octets)
    return None if found is None else found.start()


def foreign_protocol(octets: bytes) -> Foreign | None:
    """Name the protocol that a client's first octets are of, if it is one met on mail ports."""
    if is_client_hello(octets) or (
        len(octets) > 4 and octets[0] & 0x80 and octets[2] == 1 and octets[3] in (0, 2, 3)
    ):
        # The second form is an SSL 2 CLIENT-HELLO (RFC 5246, appendix E.2).
        return "TLS"
    if octets.upper().startswith(_HTTP):
        return "HTTP"
    if octets[:1] == b"\x05" and len(octets) >= 3 and len(octets) == 2 + octets[1]:
        return "SOCKS"
    if octets[:2] == b"\x04\x01" and len(octets) >= 9:
        return "SOCKS"
    if octets.startswith(b"SSH-"):
        return "SSH"
    if octets[:4] == b"\x03\x00\x00\x13" or octets[:3] == b"\x03\x00\x00":
        return "RDP"
    if octets[4:8] in (b"\xffSMB", b"\xfeSMB"):
        return "SMB"
    return None
