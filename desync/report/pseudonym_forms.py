"""How a pseudonym looks: a number written as a name, a mailbox or an address, of a length that is given.

May know which names and addresses are set aside for examples; must not know what a pseudonym stands for.

A pseudonym within octets is as long as what it stands for, so that every offset, every segment and
every acknowledgment means the same as before.
"""

from typing import Final

_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"

_DOCUMENTATION: Final = ((192, 0, 2), (198, 51, 100), (203, 0, 113))
"""RFC 5737: the networks that are for examples."""

_HOSTS: Final = 254
_BENCHMARKS: Final = 2 << 16
"""Addresses in 198.18.0.0/15 (RFC 2544), which nobody routes either."""


def ipv4(number: int) -> str:
    """The IPv4 address of this number, from 1: examples' networks first, then those of benchmarks.

    Behind these come addresses of class E (RFC 1112), which nobody has.
    """
    rest = number - 1
    if rest < _HOSTS * len(_DOCUMENTATION):
        network, host = divmod(rest, _HOSTS)
        return ".".join(map(str, (*_DOCUMENTATION[network], host + 1)))
    rest -= _HOSTS * len(_DOCUMENTATION)
    value = (198 << 24) + (18 << 16) + rest if rest < _BENCHMARKS else (240 << 24) + rest % (1 << 28)
    return ".".join(str(value >> shift & 255) for shift in (24, 16, 8, 0))


def ipv6(number: int) -> str:
    """The IPv6 address of this number, from 1, in the network for examples (RFC 3849)."""
    groups = [number >> shift & 0xFFFF for shift in (32, 16, 0)]
    while groups[:-1] and not groups[0]:
        del groups[0]
    return "2001:db8::" + ":".join(f"{group:x}" for group in groups)


def ipv4_text(number: int, length: int) -> str:
    """The IPv4 address of this number in so many octets: zeros before its parts, or of network 0."""
    parts = ipv4(number).split(".")
    for index in range(len(parts) - 1, -1, -1):
        missing = length - len(".".join(parts))
        if missing > 0:
            parts[index] = parts[index].zfill(min(3, len(parts[index]) + missing))
    text = ".".join(parts)
    if len(text) == length:
        return text
    digits = str(number).zfill(max(length - 4, 3))[-max(length - 4, 3) :]
    return _cut(f"0.{digits[0]}.{digits[1]}.{digits[2:]}", length)


def ipv6_text(number: int, length: int) -> str:
    """The IPv6 address of this number in so many octets."""
    head = "2001:db8::" if length > len("2001:db8::") else "::"[:length]
    room = length - len(head)
    digits = f"{number:x}".rjust(room, "0")[-room:] if room else ""
    # Not more than four digits stand together.
    backwards = "".join(":" if at % 5 == 4 else digits[-1 - at + at // 5] for at in range(room))
    return head + backwards[::-1]


def host_text(number: int, length: int, *, dotted: bool) -> str:
    """A host name of so many octets: under a domain for examples (RFC 2606) where that fits.

    Args:
        number: Which.
        length: Octets that it has to have.
        dotted: Whether it is a name with a dot in it.
    """
    if not dotted:
        return _labelled("host" if length > 6 else "h", number, length)
    for domain, stem in ((".example", "host"), (".example", "h"), (".test", "h"), (".x", "h"), (".x", "")):
        if length >= len(domain) + len(stem) + max(1, len(str(number))):
            return _labelled(stem, number, length - len(domain)) + domain
    return _labelled("", number, max(length - 2, 0)) + ".x"[:length]


def user_text(number: int, length: int) -> str:
    """A mailbox's local part of so many octets."""
    return _labelled("user" if length > 6 else "u", number, length)


def _labelled(stem: str, number: int, length: int) -> str:
    """A stem and a number behind it, filled with zeros; where that is too long, what of it has room."""
    stem = stem if length > len(stem) else ""
    room = length - len(stem)
    digits = str(number)
    return stem + (digits.zfill(room) if len(digits) <= room else _based(number, room))


def _based(number: int, room: int) -> str:
    """The last digits of a number in base 36."""
    digits = ""
    while len(digits) < room:
        number, rest = divmod(number, len(_DIGITS))
        digits = _DIGITS[rest] + digits
    return digits


def _cut(text: str, length: int) -> str:
    return text[:length].ljust(length, "0")
