"""Translate the link types of capture formats into LINKTYPE numbers.

May know the registries; must not know what a frame of a link type looks like.
"""

from typing import Final

OWN: Final = 1 << 16
"""Link types from here on are desync's own: the LINKTYPE registry has 16 bits.

``OWN + d`` is snoop's data link ``d`` where the registry has no counterpart, with
``d`` cut to 16 bits.
"""

SNOOP_INFINIBAND: Final = OWN + 26
"""IP over InfiniBand as snoop writes it: the 4 octets of its own header, no routing header."""

SNOOP_LINKS: Final = {
    0: 1,  # IEEE 802.3
    2: 6,  # IEEE 802.5 token ring
    4: 1,  # Ethernet
    8: 10,  # FDDI
    12: 1,  # Gigabit Ethernet, in files of Shomiti analysers
    16: 122,  # IP over Fibre Channel, RFC 2625
    18: 123,  # ATM: the four octets of SunATM, then LLC
    26: SNOOP_INFINIBAND,
    0x80000005: 226,  # Solaris ipnet
}
"""Data link numbers of RFC 1761 and of those who came after it."""

AIX_LINKS: Final = {
    6: 1,  # Ethernet
    9: 6,  # token ring
    15: 10,  # FDDI
    24: 0,  # loopback
}
"""Interface types (RFC 1573) that AIX writes where others write a link type."""


def snoop_link(data_link: int) -> int:
    """Give the link type of a snoop data link."""
    return SNOOP_LINKS.get(data_link, OWN + (data_link & 0xFFFF))
