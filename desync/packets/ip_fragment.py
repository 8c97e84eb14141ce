"""Fragments of either IP version, set apart from whole packets.

May know where a fragment lies in its datagram; must not put datagrams together.
"""

import numpy as np
from numpy.typing import NDArray

from desync.capture.frames import Integers
from desync.packets.layers import Layer
from desync.packets.work import Pieces, Work

_KEPT = np.zeros(256, dtype=np.bool_)
"""Protocols whose datagrams are put together: those that lead to TCP. UDP does so only for
tunnels, which make their own packets small enough."""
_KEPT[[4, 6, 41, 47, 51, 60, 43, 0]] = True


def set_apart(
    work: Work,
    rows: NDArray[np.intp],
    protocol: NDArray[np.uint8],
    identification: Integers,
    offset: Integers,
    more: NDArray[np.bool_],
) -> None:
    """Take fragments out of the work and keep those that may carry TCP.

    In an ICMP error the first fragment of a datagram goes on: its TCP header is quoted.

    Args:
        work: The block; ``at`` of the rows is where the fragment's octets begin.
        rows: The fragments.
        protocol: Their protocol (IPv6: the fragment header's next header).
        identification: Their identification.
        offset: Where they lie in the datagram's payload, in octets.
        more: Whether more follow.
    """
    alive = work.layer[rows] != Layer.CUT
    alive &= work.layer[rows] != Layer.MALFORMED
    quoted = work.quoted[rows]
    on = quoted & (offset == 0)
    kept = alive & ~quoted & _KEPT[protocol]
    kind = np.where(kept, Layer.FRAGMENT, Layer.OTHER)
    work.layer[rows] = np.where(alive & ~on, kind, work.layer[rows])
    if kept.any():
        work.fragments.append(
            Pieces(
                rows[kept],
                protocol[kept],
                identification[kept].astype(np.uint32),
                offset[kept],
                more[kept],
                work.at[rows][kept],
            )
        )

