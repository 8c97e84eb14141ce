"""Which pairs of endpoints are examined again together: few slices to read, and not too much at a time.

May know keys and how many octets they stand for; must not touch files.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from desync.capture.frames import Integers
from desync.tcp.pair_keys import Keys, among, unique

BATCH_OCTETS: Final = 8 << 20
"""Octets of connections that are read again at a time, unless one alone has more."""


def batches(again: Keys, held: Sequence[tuple[Keys, Integers]]) -> Iterator[tuple[Keys, range]]:
    """Part pairs into batches.

    Args:
        again: The pairs, each once.
        held: For each slice of a set the pairs that it kept, and octets of each.

    Yields:
        Some of the pairs, and the slices among which theirs are. Pairs that end in the same slice
        come together; those that lie in more than two slices come by themselves, at the end.
    """
    again = unique(again)
    octets, first, last = _extents(again, held)
    order = np.lexsort((first, last, last - first > 1))
    total = np.cumsum(octets[order])
    number = (total - octets[order]) // BATCH_OCTETS
    for part in np.split(order, np.flatnonzero(np.diff(number)) + 1):
        if len(part):
            yield again[part], range(int(first[part].min()), int(last[part].max()) + 1)


def _extents(again: Keys, held: Sequence[tuple[Keys, Integers]]) -> tuple[Integers, Integers, Integers]:
    """How many octets each pair has, and the first and the last slice that kept some of it."""
    octets = np.zeros(len(again), dtype=np.int64)
    first = np.full(len(again), max(len(held) - 1, 0), dtype=np.int64)
    last = np.zeros(len(again), dtype=np.int64)
    for index, (keys, sizes) in enumerate(held):
        chosen = among(keys, again)
        rows = np.searchsorted(again, keys[chosen])
        np.add.at(octets, rows, sizes[chosen])
        np.minimum.at(first, rows, index)
        np.maximum.at(last, rows, index)
    return octets, first, last
