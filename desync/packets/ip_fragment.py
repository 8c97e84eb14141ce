"""Fragments of either IP version, set apart from whole packets.

May know where a fragment lies in its datagram; must not put datagrams together.
"""

import numpy as np

from desync.packets.layers import Layer
from desync.packets.work import Pieces, Work

_KEPT = np.zeros(256, dtype=np.bool_)
"""Protocols whose datagrams are put together: those that lead to TCP. UDP does so only for
tunnels, which make their own packets small enough."""
_KEPT[[4, 6, 41, 47, 51, 60, 43, 0]] = True


def set_apart(work: Work, pieces: Pieces) -> None:
    """Take fragments out of the work and keep those that may carry TCP.

    In an ICMP error the first fragment of a datagram goes on: its TCP header is quoted.

    Args:
        work: The block.
        pieces: The fragments; their ``layer`` is already what their protocol announces.
    """
    layer = work.layer[pieces.rows]
    alive = (layer != Layer.CUT) & (layer != Layer.MALFORMED)
    quoted = work.quoted[pieces.rows]
    kept = alive & ~quoted & _KEPT[pieces.protocol]
    goes_on = ~alive | (quoted & (pieces.offset == 0))
    work.layer[pieces.rows] = np.select([kept, goes_on], [Layer.FRAGMENT, layer], Layer.OTHER)
    if kept.any():
        work.fragments.append(pieces.only(kept))
