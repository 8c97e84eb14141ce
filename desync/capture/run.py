"""What a walk yields: a stretch of the capture without a break, and the frames in it.

May know offsets and reading states; must not know how they were found.
"""

from typing import Final, NamedTuple

import numpy as np

from desync.capture.frames import Integers
from desync.capture.state import State

NO_PLACES: Final = np.empty(0, dtype=np.int64)


class Run(NamedTuple):
    """Records that follow one another under one reading state.

    Attributes:
        start, stop: Offsets in the uncompressed capture; a run that begins where the last one
            stopped goes on with it.
        places: Offset of each frame's record, int64 of shape (n,); n may be 0.
        ends: Offset behind each frame's record.
        state: What the records are read with.
        octets: Octets ``start`` to ``stop`` where the capture cannot be read again, else None.
    """

    start: int
    stop: int
    places: Integers
    ends: Integers
    state: State
    octets: bytes | None
