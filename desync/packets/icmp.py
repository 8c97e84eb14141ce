"""ICMP errors of either version: the packet that they quote.

May know which messages quote; must not know what is quoted. Quoted TCP headers belong to
no stream, but Wireshark numbers streams by them too.
"""

import numpy as np
from numpy.typing import NDArray

from desync.packets.layers import Layer
from desync.packets.work import Rows, Work


def icmp(work: Work, rows: Rows) -> None:
    """Enter the quoted packet of an error: unreachable, quench, exceeded, parameter.

    A redirect quotes as well, but tshark 4.0 takes no stream from it.

    Source:
        RFC 792.
    """
    kind = work.read(rows, 1)[:, 0]
    error = (kind == 3) | (kind == 4) | (kind == 11) | (kind == 12)
    _enter(work, rows, error, Layer.IPV4)


def icmpv6(work: Work, rows: Rows) -> None:
    """Enter the quoted packet of an error: unreachable, too big, exceeded, parameter.

    Source:
        RFC 4443, section 2.1.
    """
    kind = work.read(rows, 1)[:, 0]
    _enter(work, rows, (kind >= 1) & (kind <= 4), Layer.IPV6)


def _enter(work: Work, rows: Rows, error: NDArray[np.bool_], layer: Layer) -> None:
    # A quote inside a quote is none of anybody's business.
    error = error & ~work.quoted[rows]
    work.quoted[rows] = error | work.quoted[rows]
    work.advance(rows, np.where(error, layer, Layer.OTHER), 8, np.where(error, 8, 0))
