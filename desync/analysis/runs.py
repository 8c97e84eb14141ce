"""Runs of equal numbers in columns, and pairs that are spoiled for the short way.

May know columns; must not know what they mean.
"""

import numpy as np
from numpy.typing import NDArray

from desync.capture.frames import Integers
from desync.tcp.neighbours import differs

Flags = NDArray[np.bool_]


def first_of_each(pair: Integers) -> Integers:
    """The first row of each run of equal numbers."""
    return np.flatnonzero(differs(pair))


def begins_of(pair: Integers) -> Integers:
    """The first row of the run of equal numbers that each row is in."""
    return np.maximum.accumulate(np.where(differs(pair), np.arange(len(pair)), 0))


def spoil(good: Flags, pair: Integers, wrong: Flags) -> None:
    """Say of the pairs of some rows that they are not good."""
    good[pair[wrong]] = False
