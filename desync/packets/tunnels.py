"""Tunnels over IP: GRE, ERSPAN, VXLAN, Geneve, GTP-U.

May know these headers and the UDP ports that lead to them; must not know what they carry
but by its number.
"""

import numpy as np

from desync.packets.ethernet import announce
from desync.packets.layers import Layer
from desync.packets.work import Rows, Work, number


def gre(work: Work, rows: Rows) -> None:
    """Peel a GRE header with its optional words.

    Source:
        RFC 2784, section 2; RFC 2890, section 2 (key, sequence number); RFC 2637, section 4.1 (version 1:
        acknowledgment). ERSPAN without a sequence number is type I and has no header of its own.
    """
    header = work.read(rows, 4)
    flags, protocol = number(header, 0, 2), number(header, 2, 2)
    sequenced = flags & 0x1000 != 0
    words = ((flags & 0xC000 != 0).astype(np.int64) + (flags & 0x2000 != 0) + sequenced
             + ((flags & 7 == 1) & (flags & 0x0080 != 0)))  # fmt: skip
    mirror = np.select(
        [protocol == 0x88BE, protocol == 0x22EB],
        [np.where(sequenced, Layer.ERSPAN2, Layer.ETHERNET), Layer.ERSPAN3],
        -1,
    )
    plain = announce(work, rows, np.where((mirror >= 0) | (protocol < 1536), 0x0806, protocol))
    layer = np.where(mirror >= 0, mirror, plain)
    # Source routing (RFC 1701) has a length of its own, and nobody uses it.
    layer = np.where((flags & 0x4000 != 0) | (flags & 7 > 1), Layer.OPAQUE_TUNNEL, layer)
    work.advance(rows, layer, 4 + 4 * words, 4)


def erspan2(work: Work, rows: Rows) -> None:
    """Peel the eight octets of ERSPAN type II."""
    work.advance(rows, Layer.ETHERNET, 8, 8)


def erspan3(work: Work, rows: Rows) -> None:
    """Peel ERSPAN type III: twelve octets, and eight more where the last bit says so."""
    header = work.read(rows, 12)
    kind = number(header, 10, 2) >> 11 & 0x1F
    layer = np.select([kind == 0, kind == 2], [Layer.ETHERNET, Layer.RAW], Layer.OPAQUE_TUNNEL)
    work.advance(rows, layer, np.where(header[:, 11] & 1 == 1, 20, 12), 12)


def udp(work: Work, rows: Rows) -> None:
    """Peel UDP where it goes to a tunnel's port."""
    port = number(work.read(rows, 8), 2, 2)
    layer = np.select(
        [(port == 4789) | (port == 8472), port == 6081, port == 2152],
        [Layer.VXLAN, Layer.GENEVE, Layer.GTP_USER],
        Layer.OTHER,
    )
    work.advance(rows, layer, 8, np.where(layer == Layer.OTHER, 0, 8))


def vxlan(work: Work, rows: Rows) -> None:
    """Peel VXLAN; without the I flag it is something else on its port (RFC 7348, section 5)."""
    valid = work.read(rows, 8)[:, 0] & 0x08 != 0
    work.advance(rows, np.where(valid, Layer.ETHERNET, Layer.OTHER), 8, 8)


def geneve(work: Work, rows: Rows) -> None:
    """Peel Geneve and its options (RFC 8926, section 3.4)."""
    header = work.read(rows, 8)
    layer = announce(work, rows, number(header, 2, 2))
    layer = np.where(header[:, 0] >> 6 == 0, layer, Layer.OTHER).astype(np.int16)
    work.advance(rows, layer, 8 + 4 * (number(header, 0, 1) & 0x3F), 8)


def gtp_user(work: Work, rows: Rows) -> None:
    """Peel GTP-U around a user's packet, with one extension header at most.

    Source:
        3GPP TS 29.281, 5.1: version 1, message type 255 (G-PDU); any of E, S, PN adds four octets.
    """
    header = work.read(rows, 13)
    flags = header[:, 0]
    user = (flags >> 4 == 3) & (header[:, 1] == 255)
    extended = (flags & 4 != 0) & (header[:, 11] != 0)
    size = 8 + np.where(flags & 7 != 0, 4, 0)
    size = size + np.where(extended, 4 * number(header, 12, 1), 0)
    work.advance(rows, np.where(user, Layer.RAW, Layer.OTHER), size, np.where(extended, 13, 8))
