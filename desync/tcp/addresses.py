"""Addresses as numbers and as text, IPv4 ones as IPv4-mapped IPv6 ones.

May know how addresses are written; must not know whose they are.
"""

from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import Final

_MAPPED: Final = 0xFFFF
"""What stands before an IPv4 address that is written as an IPv6 one (RFC 4291, section 2.5.5.2)."""


def address_number(text: str) -> int:
    """An address as a number, IPv4 as IPv4-mapped ones: what ``address_text`` makes text of."""
    number = int(ip_address(text))
    return number if ":" in text else _MAPPED << 32 | number


@lru_cache(maxsize=1 << 16)
def address_text(number: int) -> str:
    """An address as text, IPv4-mapped ones as IPv4."""
    if number >> 32 == _MAPPED:
        return f"{number >> 24 & 255}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    return str(IPv6Address(number))
