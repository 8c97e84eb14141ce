"""Link headers that say little more than an address family, or nothing at all.

May know BSD NULL and LOOP, raw IP, ENC, PFLOG, IPNET, NFLOG; must not know IP but by its
version.
"""

import numpy as np

from desync.capture.frames import Integers
from desync.packets.layers import ADDRESS_FAMILIES, Layer, Layers
from desync.packets.work import Rows, Work, number

_NFLOG_PAYLOAD = 9


def _family(value: Integers) -> Layers:
    """Return what an address family in either octet order announces."""
    swapped = value.astype(np.uint32).byteswap().astype(np.int64)
    return ADDRESS_FAMILIES[np.minimum(np.minimum(value, swapped), 255)]


def null(work: Work, rows: Rows) -> None:
    """Peel the address family of NULL (in the capturing host's octet order) or LOOP."""
    work.advance(rows, _family(number(work.read(rows, 4), 0, 4)), 4, 4)


def raw(work: Work, rows: Rows) -> None:
    """Tell IPv4 from IPv6 where no header comes before."""
    version = work.read(rows, 1)[:, 0] >> 4
    layer = np.select([version == 4, version == 6], [Layer.IPV4, Layer.IPV6], Layer.MALFORMED)
    work.advance(rows, layer, 0, 1)


def enc(work: Work, rows: Rows) -> None:
    """Peel OpenBSD's ENC header: family, SPI, flags."""
    work.advance(rows, _family(number(work.read(rows, 4), 0, 4)), 12, 12)


def pflog(work: Work, rows: Rows) -> None:
    """Peel OpenBSD's PFLOG header, whose length is rounded up to four octets."""
    header = work.read(rows, 2)
    size = (number(header, 0, 1) + 3) & ~3
    layer = np.where(size < 4, Layer.MALFORMED, ADDRESS_FAMILIES[header[:, 1]])
    work.advance(rows, layer, size, 2)


def ipnet(work: Work, rows: Rows) -> None:
    """Peel Solaris' IPNET header."""
    work.advance(rows, ADDRESS_FAMILIES[work.read(rows, 2)[:, 1]], 24, 24)


def nflog(work: Work, rows: Rows) -> None:
    """Peel the head of Linux' NFLOG; attributes follow."""
    work.advance(rows, Layer.NFLOG_ATTRIBUTE, 4, 4)


def nflog_attribute(work: Work, rows: Rows) -> None:
    """Step over one NFLOG attribute, or into the one that holds the packet.

    Units:
        An attribute's length counts its own four octets and is padded to four octets. Both
        fields are in the capturing host's order, nearly always little-endian.
    """
    header = work.read(rows, 4)
    length = number(header, 0, 2, little=True)
    packet = number(header, 2, 2, little=True) & 0x7FFF == _NFLOG_PAYLOAD
    layer = np.select([length < 4, packet], [Layer.MALFORMED, Layer.RAW], Layer.NFLOG_ATTRIBUTE)
    work.advance(rows, layer, np.where(packet, 4, (length + 3) & ~3), 4)
