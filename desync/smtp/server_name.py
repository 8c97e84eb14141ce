"""The server name in a TLS ClientHello.

May know the layout of a ClientHello; must not know more of TLS.
"""


def server_name(octets: bytes) -> str | None:
    """Read the server name that a client asks for.

    Args:
        octets: The client's first encrypted octets, the TLS record header first.

    Returns:
        The name; None where there is none, or octets of it are missing. Never raises.

    Source:
        RFC 8446, section 4.1.2; RFC 6066, section 3.
    """
    try:
        return _read(octets)
    except IndexError:
        return None


def _read(octets: bytes) -> str | None:
    if octets[0] != 0x16 or octets[5] != 1:
        return None
    at = 5 + 4 + 2 + 32
    at += 1 + octets[at]
    at += 2 + _number(octets, at)
    at += 1 + octets[at]
    end = at + 2 + _number(octets, at)
    at += 2
    while at + 4 <= min(end, len(octets)):
        kind, length = _number(octets, at), _number(octets, at + 2)
        if kind == 0:
            size = _number(octets, at + 7)
            name = octets[at + 9 : at + 9 + size]
            return name.decode("ascii", "backslashreplace") if len(name) == size else None
        at += 4 + length
    return None


def _number(octets: bytes, at: int) -> int:
    return octets[at] << 8 | octets[at + 1]
