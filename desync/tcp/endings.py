"""How the flows of a slice end, told from the flags of their segments alone.

May know flags as columns; must not reassemble: what a flow's FINs really end is another matter.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from desync.capture.frames import Integers
from desync.tcp.rows import FIN, RST

Flags = NDArray[np.bool_]


class Endings(NamedTuple):
    """Columns of shape (f,).

    Attributes:
        both: Both sides have sent a FIN.
        reset: Somebody has sent a RST.
        answered: The last segment carries no FIN.
    """

    both: Flags
    reset: Flags
    answered: Flags


def endings_of(flags: NDArray[np.uint16], side: NDArray[np.uint8], starts: Integers) -> Endings:
    """Tell how flows end.

    Args:
        flags: Of each segment, flow after flow, shape (n,).
        side: Who sent it, shape (n,).
        starts: Flow ``i`` has the rows ``starts[i]:starts[i + 1]``; at least one flow.
    """
    begins = starts[:-1]
    ends = (flags & np.uint16(FIN)) != 0
    one, other = (np.logical_or.reduceat(ends & (side == each), begins) for each in (0, 1))
    reset = np.logical_or.reduceat((flags & np.uint16(RST)) != 0, begins)
    return Endings(one & other, reset, ~ends[starts[1:] - 1])
