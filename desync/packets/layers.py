"""Names of the headers that a frame is peeled into, and the numbers that announce them.

May know the registries of EtherTypes, IP protocols and link types; must not know what
a header looks like inside.
"""

from enum import IntEnum
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from desync.capture.links import SNOOP_INFINIBAND

Layers: TypeAlias = NDArray[np.int16]


class Layer(IntEnum):
    """What a frame is at its current offset: an end, or a header still to be peeled."""

    # Ends: nothing more is done with the row.
    OTHER = 0
    """Understood, and no TCP: ARP, UDP, a control frame."""
    CUT = 1
    """The snap length cut a header."""
    MALFORMED = 2
    """A header that cannot be."""
    FRAGMENT = 3
    """Kept apart for reassembly."""
    OPAQUE_LINK = 4
    OPAQUE_ETHERTYPE = 5
    OPAQUE_PROTOCOL = 6
    OPAQUE_TUNNEL = 7
    OPAQUE_ENCRYPTED = 8
    OPAQUE_DEPTH = 9

    # The header that everything leads to.
    TCP = 10

    # Headers on the way.
    ETHERNET = 11
    VLAN = 12
    LLC = 13
    PROVIDER_BACKBONE = 14
    COOKED = 15
    COOKED2 = 16
    NULL = 17
    RAW = 18
    PPP = 19
    PPP_SERIAL = 20
    PPPOE = 21
    CISCO_HDLC = 22
    FRAME_RELAY = 23
    MPLS = 24
    IPV4 = 25
    IPV6 = 26
    HOP_BY_HOP = 27
    EXTENSION = 28
    ROUTING = 29
    IPV6_FRAGMENT = 30
    AUTHENTICATION = 31
    ICMP = 32
    ICMPV6 = 33
    UDP = 34
    GRE = 35
    ERSPAN2 = 36
    ERSPAN3 = 37
    VXLAN = 38
    GENEVE = 39
    GTP_USER = 40
    FDDI = 41
    TOKEN_RING = 42
    FIBRE_CHANNEL = 43
    SUN_ATM = 44
    INFINIBAND = 45
    ENC = 46
    PFLOG = 47
    IPNET = 48
    NFLOG = 49
    NFLOG_ATTRIBUTE = 50
    RADIOTAP = 51
    PRISM = 52
    AVS = 53
    PPI = 54
    WIRELESS = 55
    PKTAP = 56
    INFINIBAND_BARE = 57


FIRST_HEADER: Final = Layer.TCP
"""Layers below this one are ends."""

OPAQUE_REASONS: Final = {
    Layer.OPAQUE_LINK: "link type",
    Layer.OPAQUE_ETHERTYPE: "EtherType 0x{:04x}",
    Layer.OPAQUE_PROTOCOL: "IP protocol {}",
    Layer.OPAQUE_TUNNEL: "tunnel variant",
    Layer.OPAQUE_ENCRYPTED: "encrypted frame",
    Layer.OPAQUE_DEPTH: "too many headers",
}
"""What is said of frames that could not be decoded; the braces take the number met."""


def _table(size: int, default: Layer, known: dict[int, Layer]) -> Layers:
    table = np.full(size, default, dtype=np.int16)
    table[list(known)] = list(known.values())
    table.setflags(write=False)
    return table


_NO_TCP_INSIDE: Final = (
    0x0806,  # ARP
    0x0842,  # Wake-on-LAN
    0x2000,  # CDP
    0x6000, 0x6001, 0x6002, 0x6003, 0x6004,  # DEC
    0x8035,  # RARP; Cisco SLARP
    0x809B, 0x80F3,  # AppleTalk
    0x8137,  # IPX
    0x8808, 0x8809,  # MAC control, slow protocols
    0x8863,  # PPPoE discovery
    0x886D, 0x8892, 0x88A2, 0x88A4,  # probes, PROFINET, ATA, EtherCAT
    0x888E, 0x88C7,  # EAPOL, pre-authentication
    0x88CC, 0x88CA,  # LLDP, TIPC
    0x8902, 0x8906, 0x8914,  # CFM, Fibre Channel over Ethernet
    0x88F7,  # PTP
    0x9000, 0x9003,  # loopback tests
    0xFEFE,  # OSI over Cisco HDLC
)  # fmt: skip

ETHERTYPES: Final = _table(
    1 << 16,
    Layer.OPAQUE_ETHERTYPE,
    {
        **dict.fromkeys(range(1536), Layer.LLC),
        **dict.fromkeys(_NO_TCP_INSIDE, Layer.OTHER),
        **dict.fromkeys((0x8100, 0x88A8, 0x9100, 0x9200, 0x9300), Layer.VLAN),
        0x0800: Layer.IPV4,
        0x86DD: Layer.IPV6,
        0x6558: Layer.ETHERNET,
        0x8847: Layer.MPLS,
        0x8848: Layer.MPLS,
        0x8864: Layer.PPPOE,
        0x880B: Layer.PPP,
        0x88E7: Layer.PROVIDER_BACKBONE,
    },
)
"""The header that an EtherType announces; below 1536 it is a length (IEEE 802.3, 3.2.6)."""

_BOTH: Final = {
    4: Layer.IPV4,
    6: Layer.TCP,
    17: Layer.UDP,
    41: Layer.IPV6,
    47: Layer.GRE,
    # ESP and IP payload compression: may well hold TCP.
    50: Layer.OPAQUE_PROTOCOL,
    108: Layer.OPAQUE_PROTOCOL,
    51: Layer.AUTHENTICATION,
    137: Layer.MPLS,
}

IPV4_PROTOCOLS: Final = _table(256, Layer.OTHER, {**_BOTH, 1: Layer.ICMP})
"""The header that an IPv4 protocol number announces."""

IPV6_PROTOCOLS: Final = _table(
    256,
    Layer.OTHER,
    {
        **_BOTH,
        0: Layer.HOP_BY_HOP,
        43: Layer.ROUTING,
        44: Layer.IPV6_FRAGMENT,
        58: Layer.ICMPV6,
        60: Layer.EXTENSION,
        135: Layer.EXTENSION,
        139: Layer.EXTENSION,
        140: Layer.EXTENSION,
    },
)
"""The header that an IPv6 next-header number announces."""

PPP_PROTOCOLS: Final = _table(
    1 << 16,
    Layer.OTHER,
    {
        0x0021: Layer.IPV4,
        0x0057: Layer.IPV6,
        0x0281: Layer.MPLS,
        0x0283: Layer.MPLS,
        # Compressed or encrypted: TCP may be inside.
        **dict.fromkeys((0x002D, 0x002F, 0x0053, 0x00FB, 0x00FD), Layer.OPAQUE_TUNNEL),
    },
)
"""The header that a PPP protocol number announces (RFC 1661, section 2)."""

ADDRESS_FAMILIES: Final = _table(
    256,
    Layer.OTHER,
    {2: Layer.IPV4, **dict.fromkeys((10, 24, 26, 28, 30), Layer.IPV6)},
)
"""AF_INET and the AF_INET6 of Linux, NetBSD, Solaris, FreeBSD and Darwin."""

LINK_TYPES: Final = {
    0: Layer.NULL,
    1: Layer.ETHERNET,
    6: Layer.TOKEN_RING,
    9: Layer.PPP,
    10: Layer.FDDI,
    12: Layer.RAW,
    14: Layer.RAW,
    50: Layer.PPP_SERIAL,
    51: Layer.PPPOE,
    100: Layer.LLC,
    101: Layer.RAW,
    104: Layer.CISCO_HDLC,
    105: Layer.WIRELESS,
    107: Layer.FRAME_RELAY,
    108: Layer.NULL,
    109: Layer.ENC,
    113: Layer.COOKED,
    117: Layer.PFLOG,
    119: Layer.PRISM,
    122: Layer.FIBRE_CHANNEL,
    123: Layer.SUN_ATM,
    127: Layer.RADIOTAP,
    163: Layer.AVS,
    192: Layer.PPI,
    226: Layer.IPNET,
    228: Layer.IPV4,
    229: Layer.IPV6,
    239: Layer.NFLOG,
    242: Layer.INFINIBAND,
    258: Layer.PKTAP,
    276: Layer.COOKED2,
    SNOOP_INFINIBAND: Layer.INFINIBAND_BARE,
}
"""The header that a LINKTYPE number announces (tcpdump.org/linktypes.html)."""
