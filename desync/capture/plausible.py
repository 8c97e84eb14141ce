"""Tell which record headers cannot be, and which are odd.

May know layouts and header fields; must not know what is done about it.

A header that cannot be is damage. An odd one may be damage or a writer's habit: whoever walks
looks at what follows, and tolerates for the rest of the file what turned out to be habit.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from desync.capture.headers import Headers
from desync.capture.state import Layout

IMPOSSIBLE: Final = 1
"""Longer than any frame, all zero, or a step that does not fit the frame."""
JUMP: Final = 2
"""More than a day from the record before."""
FRACTION: Final = 4
"""A fraction of a second that is a second or more."""
LONGER: Final = 8
"""More octets captured than there were on the wire."""
BEYOND_SNAP: Final = 16
"""More octets captured than the file header says are kept."""
EMPTY: Final = 32
"""A frame without octets."""
VAST: Final = 64
"""A frame of more than 128 MiB on the wire."""

ODDITIES: Final = (JUMP, FRACTION, LONGER, BEYOND_SNAP, EMPTY, VAST)
"""What is odd but possible."""

DAY: Final = 86_400
MOST_PADDING: Final = 1 << 10
"""Octets between a snoop frame and the next record; the format's own padding is below 4."""


def oddities(headers: Headers, layout: Layout, previous: int | None) -> NDArray[np.uint8]:
    """Give for each record what is odd about its header, as a sum of the constants above.

    Args:
        headers: Records in file order.
        layout: Their layout.
        previous: Seconds of the record before the first, None where there is none.
    """
    captured, length = headers.captured, headers.length
    before = np.empty_like(headers.seconds)
    before[1:] = headers.seconds[:-1]
    before[:1] = headers.seconds[:1] if previous is None else previous
    slack = headers.step - captured - layout.header
    nothing = (headers.seconds | headers.fraction | captured | length) == 0
    impossible = (captured > layout.limit) | (slack < 0) | (slack > MOST_PADDING) | nothing
    odd: NDArray[np.uint8] = impossible * np.uint8(IMPOSSIBLE)
    odd |= (np.abs(headers.seconds - before) > DAY) * np.uint8(JUMP)
    odd |= (headers.fraction * layout.nanoseconds >= 1_000_000_000) * np.uint8(FRACTION)
    odd |= (captured > length) * np.uint8(LONGER)
    odd |= ((captured | length) == 0) * np.uint8(EMPTY)
    odd |= (length > 1 << 27) * np.uint8(VAST)
    if layout.snap_length:
        odd |= (captured > layout.snap_length) * np.uint8(BEYOND_SNAP)
    return odd
