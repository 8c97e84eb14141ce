"""Kept segments of a slice without the midst of long monologues.

What waits for the slices to be put together is then small, however long a message is. May know
columns; must not know connections.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from desync.analysis.kept import ROW_COLUMNS, Kept, compact
from desync.capture.frames import Integers, Octets
from desync.tcp.monologue import LIMIT, Course, passed_over
from desync.tcp.rows import PASSED
from desync.tcp.thinned import stretches


def lighten(kept: Kept, octets: Octets, payload: Integers) -> Kept:
    """Pass over the midst of the long monologues of a slice.

    Args:
        kept: What was kept.
        octets: The slice's octets.
        payload: Where the payload of each kept segment begins in them.
    """
    if not len(kept):
        return kept
    sums = np.add.reduceat(kept.captured, kept.starts[:-1])
    long = np.flatnonzero(sums > LIMIT)
    if not len(long):
        return kept
    stays = np.ones(len(kept.frame), dtype=np.bool_)
    passed = np.zeros(len(kept.frame), dtype=np.bool_)
    length = kept.length.copy()
    for flow in long.tolist():
        part = slice(int(kept.starts[flow]), int(kept.starts[flow + 1]))
        course = course_of(kept, part)
        passed[part] = passed_over(course, _Gather(octets, payload[part], kept.captured[part]))
        picked, length[part] = stretches(course, passed[part])
        stays[part] = False
        stays[part][picked] = True
    return _without(kept, stays, passed, length)


def course_of(kept: Kept, part: slice) -> Course:
    """The columns by which the monologues of one flow are found."""
    return Course(
        kept.side[part],
        kept.sequence[part].astype(np.int64),
        kept.flags[part].astype(np.int64),
        kept.length[part],
        kept.captured[part],
        kept.passed[part],
    )


class _Gather:
    """Copies the payload of rows out of a buffer."""

    def __init__(self, octets: Octets, payload: Integers, captured: Integers) -> None:
        self._octets, self._payload, self._captured = octets.data, payload, captured

    def __call__(self, rows: Integers) -> bytes:
        starts, sizes = self._payload[rows].tolist(), self._captured[rows].tolist()
        return b"".join(self._octets[at : at + size] for at, size in zip(starts, sizes, strict=True))


def _without(kept: Kept, stays: NDArray[np.bool_], passed: NDArray[np.bool_], length: Integers) -> Kept:
    counts = np.add.reduceat(stays, kept.starts[:-1], dtype=np.int64)
    columns = {name: getattr(kept, name)[stays] for name in ROW_COLUMNS}
    gone = passed[stays]
    columns["length"] = length[stays]
    columns["captured"] = np.where(gone, columns["length"], columns["captured"])
    columns["place"] = np.where(gone, PASSED, columns["place"])
    columns["at"] = np.where(gone, PASSED, columns["at"])
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return compact(replace(kept, starts=starts, **columns))
