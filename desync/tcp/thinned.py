"""Rows without the octets in the midst of long monologues.

What was passed over stands as one row for each stretch, with its length and without its octets;
bare acknowledgments inside a stretch go with it. May know rows; must not know what octets say.
"""

from typing import Final

import numpy as np

from desync.capture.frames import Integers
from desync.tcp.monologue import LIMIT, Course, Mask, passed_over
from desync.tcp.rows import ACK, BUFFER_OFFSETS, NAMES, PASSED, Rows

MOST_KEPT: Final = 64 << 20
"""Octets of one pair that are kept at most: behind them the capture counts as cut."""


def thin(rows: Rows) -> Rows:
    """Pass over the midst of long monologues, where there are octets enough to make it worth while.

    Args:
        rows: All segments of one pair, in file order.
    """
    if sum(rows.captured) <= LIMIT:
        return rows
    course = _course(rows)

    def gather(some: Integers) -> bytes:
        return b"".join(map(rows.octets_of, some.tolist()))

    passed = passed_over(course, gather)
    cut = over_the_limit(course, passed)
    if not (passed | cut | course.gone).any():
        return rows
    return _without(rows, passed, cut, stretches(course, passed))


def _course(rows: Rows) -> Course:
    captured = np.array(rows.captured, dtype=np.int64)
    # Where nothing is said to be captured either, the limit cut a row: it stays a hole.
    gone = (np.array(rows.payload, dtype=np.int64) == PASSED) & (captured > 0)
    return Course(
        np.array(rows.side, dtype=np.uint8),
        np.array(rows.sequence, dtype=np.int64),
        np.array(rows.flags, dtype=np.int64),
        np.array(rows.length, dtype=np.int64),
        captured,
        gone,
    )


def over_the_limit(course: Course, passed: Mask) -> Mask:
    """The rows whose octets are not kept although they may say something, shape (n,)."""
    kept = np.where(passed, 0, course.captured)
    return (kept > 0) & (np.cumsum(kept) > MOST_KEPT)


def stretches(course: Course, passed: Mask) -> tuple[Integers, Integers]:
    """Join what was passed over to stretches.

    Returns:
        The rows that stay, and how many octets each of them stands for.
    """
    bare = (course.length == 0) & (course.flags == ACK)
    number = np.cumsum(~(passed | bare))
    inner = np.flatnonzero(passed)
    length = course.length.copy()
    if not len(inner):
        return np.arange(len(length)), length
    new = np.concatenate([[True], number[inner][1:] != number[inner][:-1]])
    length[inner[new]] = np.add.reduceat(course.length[inner], np.flatnonzero(new))
    first = inner[new]
    last = inner[np.concatenate([np.flatnonzero(new)[1:], [len(inner)]]) - 1]
    gone = np.zeros(len(length) + 1, dtype=np.int64)
    gone[first + 1] += 1
    gone[last + 1] -= 1
    return np.flatnonzero(np.cumsum(gone)[:-1] == 0), length


def _without(rows: Rows, passed: Mask, cut: Mask, stays: tuple[Integers, Integers]) -> Rows:
    picked, length = stays
    columns = {name: np.array(getattr(rows, name), dtype=np.int64)[picked] for name in NAMES}
    passed, cut = passed[picked], cut[picked]
    columns["length"] = length[picked]
    columns["captured"][passed] = columns["length"][passed]
    columns["captured"][cut] = 0
    for name in BUFFER_OFFSETS:
        columns[name][passed | cut] = PASSED
    return Rows(rows.octets, *(columns[name].tolist() for name in NAMES))
