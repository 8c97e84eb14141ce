"""Ethernet, VLAN tags, LLC and SNAP, provider backbone bridges.

May know IEEE 802 headers; must not know what they carry but by its number.
"""

import numpy as np

from desync.capture.frames import Integers
from desync.packets.layers import ETHERTYPES, Layer, Layers
from desync.packets.work import Rows, Work, number


def announce(work: Work, rows: Rows, ethertype: Integers) -> Layers:
    """Return what each EtherType announces, remembering those that announce nothing known."""
    layer = ETHERTYPES[ethertype]
    if (layer == Layer.OPAQUE_ETHERTYPE).any():
        work.detail[rows] = ethertype
    return layer


def ethernet(work: Work, rows: Rows) -> None:
    """Peel destination, source and EtherType or length.

    Source:
        IEEE 802.3, 3.1.1.
    """
    ethertype = number(work.read(rows, 14), 12, 2)
    work.advance(rows, announce(work, rows, ethertype), 14, 14)


def vlan(work: Work, rows: Rows) -> None:
    """Peel one tag: two octets of tag control information, then the next EtherType.

    Source:
        IEEE 802.1Q, 9.6.
    """
    ethertype = number(work.read(rows, 4), 2, 2)
    work.advance(rows, announce(work, rows, ethertype), 4, 4)


def provider_backbone(work: Work, rows: Rows) -> None:
    """Peel the four octets of an I-TAG; the customer's Ethernet frame follows.

    Source:
        IEEE 802.1Q, 9.7.
    """
    work.advance(rows, Layer.ETHERNET, 4, 4)


def logical_link(work: Work, rows: Rows) -> None:
    """Peel LLC, with SNAP where it is there.

    Source:
        IEEE 802.2; RFC 1042 (SNAP, OUI 0, and 0x0000f8 of bridge tunnels); RFC 1483.
    """
    header = work.read(rows, 8)
    points = number(header, 0, 4) >> 8
    vendor = number(header, 2, 4) & 0xFFFFFF
    snap = (points == 0xAAAA03) & ((vendor == 0) | (vendor == 0xF8))
    ethertype = number(header, 6, 2)
    inside = announce(work, rows, np.where(snap, ethertype, 0x0806))
    network = header[:, 3]
    other = np.select(
        [
            points == 0x060603,
            (points == 0xFEFE03) & (network == 0xCC),
            (points == 0xFEFE03) & (network == 0x8E),
        ],
        [Layer.IPV4, Layer.IPV4, Layer.IPV6],
        Layer.OTHER,
    )
    size = np.where(snap, 8, np.where(points == 0x060603, 3, 4))
    layer = np.where(snap, inside, other)
    work.advance(rows, layer, size, np.where(layer == Layer.OTHER, 0, size))
