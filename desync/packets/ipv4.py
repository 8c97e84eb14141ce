"""IPv4: addresses, the packet's true end, fragments set apart.

May know RFC 791; must not know what a packet carries but by its protocol number.
"""

from typing import Final

import numpy as np

from desync.packets.ip_fragment import set_apart
from desync.packets.layers import IPV4_PROTOCOLS, Layer
from desync.packets.work import Pieces, Rows, Work, column, indices, number

MAPPED: Final = np.uint64(0xFFFF << 32)
"""What precedes the 32 bits of an IPv4-mapped address (RFC 4291, section 2.5.5.2)."""


def ipv4(work: Work, rows: Rows) -> None:
    """Peel an IPv4 header.

    A header checksum that is wrong is no reason to drop the packet, and neither is a total
    length of 0: a sender that leaves segmentation to its network card is captured with it,
    and the frame's own length counts then.

    Source:
        RFC 791, section 3.1.
    """
    header = work.read(rows, 20)
    at = work.at[rows].copy()  # a view where all rows are meant, and about to change
    size = (header[:, 0] & np.uint8(15)).astype(np.int64) << 2
    total = number(header, 2, 2)
    place = number(header, 6, 2) & 0x3FFF
    layer = IPV4_PROTOCOLS[header[:, 9]]
    unsound = (header[:, 0] >> 4 != 4) | (size < 20) | ((total > 0) & (total < size))
    if unsound.any():
        layer = np.where(unsound, Layer.MALFORMED, layer).astype(np.int16)
    if (layer == Layer.OPAQUE_PROTOCOL).any():
        work.detail[rows] = header[:, 9]
    work.advance(rows, layer, size, 20)
    work.bound(rows, np.where(total > 0, at + total, work.wire[rows]))
    work.network[rows] = at
    work.source_high[rows] = 0
    work.target_high[rows] = 0
    work.source_low[rows] = column(header, 12, ">u4") | MAPPED
    work.target_low[rows] = column(header, 16, ">u4") | MAPPED
    if place.any():
        some = np.flatnonzero(place)
        ids = indices(rows, len(work.at))[some]
        pieces = Pieces(
            ids,
            protocol=header[some, 9],
            identification=number(header, 4, 2)[some].astype(np.uint32),
            offset=(place[some] & 0x1FFF) << 3,
            more=place[some] & 0x2000 != 0,
            payload=work.at[ids],
        )
        set_apart(work, pieces)
