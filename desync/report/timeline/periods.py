"""Cut the time of an archive into periods of equal length, and count sessions in each.

May know sessions in columns; must not know how they are drawn.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from desync.capture.frames import Integers
from desync.report.timeline.sessions import Columns
from desync.tcp.neighbours import differs
from desync.units import SECOND, UNKNOWN_TIME

MOST_PERIODS: Final = 48
"""A chart of as many columns fits beside a few words."""

_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR

LENGTHS: Final = tuple(
    seconds * SECOND
    for seconds in (
        *(1, 2, 5, 10, 20, 30, _MINUTE, 2 * _MINUTE, 5 * _MINUTE, 10 * _MINUTE, 20 * _MINUTE, 30 * _MINUTE),
        *(_HOUR, 2 * _HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR),
        *(_DAY, 2 * _DAY, 7 * _DAY, 14 * _DAY, 28 * _DAY, 56 * _DAY, 168 * _DAY, 364 * _DAY, 3640 * _DAY),
    )
)
"""Lengths of a period in nanoseconds; a period begins at a multiple of its length since 1970 UTC."""


class Period(NamedTuple):
    """What was counted in one period, that which begins at ``time``."""

    time: int
    sessions: int
    split: int
    misread: int


class Counted(NamedTuple):
    """The sessions of one group.

    Attributes:
        group: Its number.
        rows: Its sessions, in the order of time.
        periods: Those in which it had any; sessions of unknown time are in none.
    """

    group: int
    rows: Integers
    periods: tuple[Period, ...]


def period_length(columns: Columns) -> int:
    """The length of the periods that an archive is cut into, in nanoseconds."""
    times = columns.first[columns.first != UNKNOWN_TIME]
    if not len(times):
        return LENGTHS[0]
    first, last = int(times.min()), int(times.max())
    fit = (length for length in LENGTHS if last // length - first // length < MOST_PERIODS)
    return next(fit, LENGTHS[-1])


def counted(columns: Columns, groups: Integers, length: int) -> Iterator[Counted]:
    """Count the sessions of each group; those of a group below 0 are left out.

    Args:
        columns: The sessions.
        groups: The group of each.
        length: Of a period, in nanoseconds.
    """
    rows = np.flatnonzero(groups >= 0)
    if not len(rows):
        return
    rows = rows[np.argsort(groups[rows], kind="stable")]
    first = columns.first[rows]
    known = first != UNKNOWN_TIME
    period = np.where(known, first // length * length, UNKNOWN_TIME)
    new_group = differs(groups[rows])
    cells = np.flatnonzero(new_group | differs(period))
    sizes = np.diff(np.append(cells, len(rows)))
    split = np.add.reduceat(columns.split[rows].astype(np.int64), cells)
    misread = np.add.reduceat(columns.misread[rows].astype(np.int64), cells)
    places = np.flatnonzero(new_group[cells])
    listed = list(map(Period, period[cells].tolist(), sizes.tolist(), split.tolist(), misread.tolist()))
    begins = np.append(cells[places], len(rows)).tolist()
    edges = np.append(places, len(cells)).tolist()
    for number in range(len(places)):
        periods = tuple(one for one in listed[edges[number] : edges[number + 1]] if one.time != UNKNOWN_TIME)
        own = rows[begins[number] : begins[number + 1]]
        yield Counted(int(groups[own[0]]), own, periods)
