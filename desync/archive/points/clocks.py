"""What two clocks tell together: how far they are apart, and how long segments took from point to point.

May know times of the same segment at both points; must not know what it carried. Time is evidence of
delay only: nothing here says what a side had received.
"""

from collections.abc import Sequence
from statistics import median_low
from typing import Literal, NamedTuple, TypeAlias

from desync.archive.points.passage import Pairs
from desync.tcp.connection import Connection
from desync.units import UNKNOWN_TIME

Reason: TypeAlias = Literal["unsound", "one-way", "drift"]
"""A clock stood still or stepped; segments passed in one direction only; or the clocks run apart."""


class Offset(NamedTuple):
    """How far the clocks of both points are apart.

    Attributes:
        ahead: Nanoseconds by which the far clock is ahead of the near one, or None where not known. On
            the assumption that the quickest segment took as long in the one direction as in the other.
        way: Nanoseconds that the quickest segment took on that assumption, or None.
        reason: Why they are not known, or None.
    """

    ahead: int | None
    way: int | None
    reason: Reason | None


class Delay(NamedTuple):
    """How long the segments of one direction took from point to point.

    Attributes:
        number: How many segments.
        least, middle, most: The quickest, the median and the slowest, in nanoseconds.
        slowest: Rows of the slowest where it was sent and where it arrived.
    """

    number: int
    least: int
    middle: int
    most: int
    slowest: tuple[int, int]


def offset_of(near: Connection, far: Connection, forth: Pairs, back: Pairs) -> Offset:
    """Estimate how far the clocks are apart.

    Args:
        near: The connection at the point nearer the client.
        far: The same at the other point.
        forth: Segments of the client at the near and at the far point.
        back: Segments of the server at the far and at the near point.
    """
    if not near.times_sound or not far.times_sound:
        return Offset(None, None, "unsound")
    there = _differences(near, far, forth)
    here = _differences(far, near, back)
    if not there or not here:
        return Offset(None, None, "one-way")
    way = (min(there) + min(here)) // 2
    if way < 0:
        return Offset(None, None, "drift")
    return Offset((min(there) - min(here)) // 2, way, None)


def delay_of(sent: Connection, arrived: Connection, pairs: Pairs, ahead: int) -> Delay | None:
    """How long the segments of one direction took; None where none is at both points.

    Args:
        sent: The connection where they were sent.
        arrived: The connection where they arrived.
        pairs: The same segment at both.
        ahead: Nanoseconds by which the clock where they arrived is ahead.
    """
    timed = [
        (arrived.rows.time[there.row] - sent.rows.time[one.row] - ahead, one.row, there.row)
        for one, there in pairs
        if UNKNOWN_TIME not in (arrived.rows.time[there.row], sent.rows.time[one.row])
    ]
    if not timed:
        return None
    most = max(timed, key=lambda one: one[0])
    return Delay(len(timed), min(timed)[0], median_low([one[0] for one in timed]), most[0], most[1:])


def _differences(sent: Connection, arrived: Connection, pairs: Pairs) -> Sequence[int]:
    return [
        arrived.rows.time[there.row] - sent.rows.time[one.row]
        for one, there in pairs
        if UNKNOWN_TIME not in (arrived.rows.time[there.row], sent.rows.time[one.row])
    ]
