"""Find comments and drop counts among the options of many packet blocks at once.

May know those two options; must not know what else blocks hold. Many writers put an option on
every packet (flags, hashes), so the options are walked in arrays: one round for each option of
the block that has most.

Source:
    draft-ietf-opsawg-pcapng, section 4.3: ``opt_comment`` and ``epb_dropcount``.
"""

from typing import Final

import numpy as np

from desync.capture.frames import Integers, Octets
from desync.capture.headers import gather
from desync.capture.state import ByteOrder

COMMENT: Final = 1
DROP_COUNT: Final = 4
DROP_COUNT_OCTETS: Final = 8
MOST_OPTIONS: Final = 256
"""Options looked at in a block."""


def find_options(
    octets: Octets, starts: Integers, stops: Integers, order: ByteOrder
) -> tuple[list[tuple[int, int, int]], int | None]:
    """Walk the options of ``n`` blocks.

    Args:
        octets: The buffer.
        starts: Where the options of each block begin in it.
        stops: Where they end.
        order: The section's byte order.

    Returns:
        The comments in order, each as its block's row and where the text starts and stops; and
        the sum of the drop counts, None where no block has one.
    """
    comments: list[tuple[int, int, int]] = []
    drops: int | None = None
    fields = np.dtype([("code", f"{order}u2"), ("length", f"{order}u2")])
    rows, at, end = np.arange(starts.size), starts, stops
    for _ in range(MOST_OPTIONS):
        whole = at + 4 <= end
        rows, at, end = rows[whole], at[whole], end[whole]
        if not rows.size:
            break
        option = gather(octets, at, fields)
        code, length = option["code"], option["length"].astype(np.int64)
        value = at + 4
        sound = (code != 0) & (value + length <= end)
        for row in np.flatnonzero(sound & (code == COMMENT)).tolist():
            comments.append((int(rows[row]), int(value[row]), int(value[row] + length[row])))  # noqa: PERF401 - three rounds of one loop
        counted = value[sound & (code == DROP_COUNT) & (length == DROP_COUNT_OCTETS)]
        if counted.size:
            drops = (drops or 0) + _sum_of_counts(octets, counted, order)
        at = value + length + -length % 4
        rows, at, end = rows[sound], at[sound], end[sound]
    return sorted(comments), drops


def _sum_of_counts(octets: Octets, places: Integers, order: ByteOrder) -> int:
    counts = gather(octets, places, np.dtype([("count", f"{order}u8")]))["count"]
    # Sums of 64-bit numbers from a file: in Python's integers, which do not wrap.
    return sum(counts.tolist())
