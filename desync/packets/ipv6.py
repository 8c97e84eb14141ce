"""IPv6 and its extension headers: addresses, the packet's true end, fragments set apart.

May know RFC 8200 and the headers that chain themselves in; must not know what a packet
carries but by its next-header number.
"""

import numpy as np
from numpy.typing import NDArray

from desync.packets.ip_fragment import set_apart
from desync.packets.layers import IPV6_PROTOCOLS, Layer, Layers
from desync.packets.work import Pieces, Rows, Work, column, gather, indices, number


def _next(work: Work, rows: Rows, header: NDArray[np.uint8]) -> Layers:
    layer = IPV6_PROTOCOLS[header]
    if (layer == Layer.OPAQUE_PROTOCOL).any():
        work.detail[rows] = header
    return layer


def ipv6(work: Work, rows: Rows) -> None:
    """Peel an IPv6 header.

    A payload length of 0 is a jumbogram's, or that of a sender that leaves segmentation to
    its network card; the frame's own length counts until a jumbo payload option is met.

    Source:
        RFC 8200, section 3.
    """
    header = work.read(rows, 40)
    at = work.at[rows].copy()  # a view where all rows are meant, and about to change
    length = number(header, 4, 2)
    layer = _next(work, rows, header[:, 6])
    unsound = header[:, 0] >> 4 != 6
    if unsound.any():
        layer = np.where(unsound, Layer.MALFORMED, layer).astype(np.int16)
    work.advance(rows, layer, 40, 40)
    work.bound(rows, np.where(length > 0, at + 40 + length, work.wire[rows]))
    work.network[rows] = at
    work.source_high[rows] = column(header, 8, ">u8")
    work.source_low[rows] = column(header, 16, ">u8")
    work.target_high[rows] = column(header, 24, ">u8")
    work.target_low[rows] = column(header, 32, ">u8")


def extension(work: Work, rows: Rows) -> None:
    """Peel an extension header of the common form (RFC 6564, section 4)."""
    header = work.read(rows, 2)
    work.advance(rows, _next(work, rows, header[:, 0]), (number(header, 1, 1) + 1) << 3, 2)


def hop_by_hop(work: Work, rows: Rows) -> None:
    """Peel the hop-by-hop options, taking the jumbo payload length where it counts.

    Source:
        RFC 2675, section 2: option type 0xc2, length 4; only with a payload length of 0.
    """
    header = work.read(rows, 8)
    jumbo = number(header, 2, 2) == 0xC204
    if jumbo.any():
        network = work.network[rows]
        claimed = number(gather(work.octets, network, 6), 4, 2)
        length = number(header, 4, 4)
        # Below 65,536 the option is an error; the frame's own length stands.
        counts = jumbo & (claimed == 0) & (length >= 1 << 16)
        work.bound(rows, np.where(counts, network + 40 + length, work.wire[rows]))
    extension(work, rows)


def routing(work: Work, rows: Rows) -> None:
    """Peel a routing header; the last address still to be visited is the true target.

    Source:
        RFC 8200, section 4.4; RFC 6275, section 6.4 (type 2: one address); RFC 8754, section 2 (type 4:
        the last address comes first).
    """
    header = work.read(rows, 4)
    at, words = work.at[rows], number(header, 1, 1)
    kind, left = header[:, 2], header[:, 3]
    where = np.select(
        [
            (left > 0) & (kind == 0) & (words >= 2),
            (left > 0) & (kind == 2) & (words == 2),
            (left > 0) & (kind == 4) & (words >= 2),
        ],
        [8 + ((words >> 1) - 1) * 16, np.full_like(words, 8), np.full_like(words, 8)],
        -1,
    )
    whole = (where >= 0) & (at + where + 16 <= work.end[rows])
    if whole.any():
        ids = indices(rows, len(work.at))[whole]
        address = gather(work.octets, (at + where)[whole], 16)
        work.target_high[ids] = column(address, 0, ">u8")
        work.target_low[ids] = column(address, 8, ">u8")
    extension(work, rows)


def fragment(work: Work, rows: Rows) -> None:
    """Peel a fragment header; an atomic fragment is a whole packet (RFC 6946).

    Source:
        RFC 8200, section 4.5.
    """
    header = work.read(rows, 8)
    place = number(header, 2, 2)
    work.advance(rows, _next(work, rows, header[:, 0]), 8, 8)
    some = np.flatnonzero(place & 0xFFF9)
    if some.size:
        ids = indices(rows, len(work.at))[some]
        pieces = Pieces(
            ids,
            protocol=header[some, 0],
            identification=number(header, 4, 4)[some].astype(np.uint32),
            offset=place[some] & 0xFFF8,
            more=place[some] & 1 != 0,
            payload=work.at[ids],
        )
        set_apart(work, pieces)


def authentication(work: Work, rows: Rows) -> None:
    """Peel an authentication header, whose length counts words less two (RFC 4302, section 2.2)."""
    header = work.read(rows, 2)
    work.advance(rows, _next(work, rows, header[:, 0]), (number(header, 1, 1) + 2) << 2, 2)
