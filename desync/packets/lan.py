"""Rarer local networks: FDDI, token ring, IP over Fibre Channel, ATM of Sun, InfiniBand.

May know these headers; must not know what they carry but by its number.
"""

import numpy as np

from desync.packets.ethernet import announce
from desync.packets.layers import Layer
from desync.packets.work import Rows, Work, number


def fddi(work: Work, rows: Rows) -> None:
    """Peel frame control and two addresses; only LLC frames hold data (ANSI X3.139)."""
    control = work.read(rows, 1)[:, 0]
    layer = np.where(control & 0xF0 == 0x50, Layer.LLC, Layer.OTHER)
    work.advance(rows, layer, 13, 13)


def token_ring(work: Work, rows: Rows) -> None:
    """Peel access and frame control, addresses, and the route where the source says there is one.

    Source:
        IEEE 802.5, 3.2; the high bit of the source address announces routing information, whose length is
        in the low five bits of its first octet.
    """
    header = work.read(rows, 15)
    routed = header[:, 8] & 0x80 != 0
    size = 14 + np.where(routed, number(header, 14, 1) & 0x1F, 0)
    layer = np.where(header[:, 1] & 0xC0 == 0x40, Layer.LLC, Layer.OTHER)
    work.advance(rows, layer, size, 15)


def fibre_channel(work: Work, rows: Rows) -> None:
    """Peel the two eight-octet addresses of RFC 2625."""
    work.advance(rows, Layer.LLC, 16, 16)


def sun_atm(work: Work, rows: Rows) -> None:
    """Peel SunATM's direction and circuit; traffic type 2 is LLC."""
    kind = work.read(rows, 1)[:, 0] & 0x0F
    work.advance(rows, np.where(kind == 2, Layer.LLC, Layer.OTHER), 4, 4)


def infiniband(work: Work, rows: Rows) -> None:
    """Peel the global routing header and the encapsulation header of RFC 4391."""
    ethertype = number(work.read(rows, 44), 40, 2)
    work.advance(rows, announce(work, rows, ethertype), 44, 44)


def infiniband_bare(work: Work, rows: Rows) -> None:
    """Peel the encapsulation header alone, as snoop keeps it."""
    ethertype = number(work.read(rows, 4), 0, 2)
    work.advance(rows, announce(work, rows, ethertype), 4, 4)
