"""In which order segments from several captures come.

May know captures, frames and times; must not know what segments say.
"""

from collections.abc import Callable

import numpy as np

from desync.capture.frames import Integers


def file_order(capture: Integers, frame: Integers, time: Integers, rank: Callable[[int], int]) -> Integers:
    """Order rows by their captures, and by frame within each.

    Args:
        capture: In which capture each row is.
        frame: Its frame there.
        time: Nanoseconds since 1970 UTC.
        rank: Says in which order captures follow each other. Those of the same rank were taken at the
            same time, each of one direction: their rows come by time, without changing the order that
            those of one capture have.

    Returns:
        Indexes of the rows.
    """
    captures, place = np.unique(capture, return_inverse=True)
    ranks = np.array([rank(one) for one in captures.tolist()], dtype=np.int64)
    clock = np.zeros(len(time), dtype=np.int64)
    if len(np.unique(ranks)) < len(ranks):
        for number in range(len(captures)):
            own = np.flatnonzero(place == number)
            own = own[np.argsort(frame[own], kind="stable")]
            clock[own] = np.maximum.accumulate(time[own])
    return np.lexsort((frame, place, clock, ranks[place]))
