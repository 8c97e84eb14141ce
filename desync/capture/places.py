"""Read octets of a capture again, by their places.

May know files and remote files; must not know what the octets are.
"""

import os
from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from desync.capture.frames import Integers, Octets
from desync.capture.remote import RemoteFile
from desync.capture.url import Url
from desync.errors import UnreadableFile

Read: TypeAlias = Callable[[int, int], bytes]
"""Gives so many octets from an offset on; fewer at the end."""

GAP_OCTETS = 1 << 15
"""Places closer together than this are read in one go: a read costs about as much."""

READ_OCTETS = 1 << 23
"""Octets read in one go at most, unless one place alone is longer."""


def read_places(path: str, places: Integers, lengths: Integers) -> Octets:
    """Read ``lengths[i]`` octets at offset ``places[i]`` of an uncompressed file, one after another.

    Places may be in any order and overlap. What lies before the file's beginning or behind its
    end is left out.

    Units:
        Offsets and lengths in octets, int64 of shape (n,).

    Raises:
        UnreadableFile: The file cannot be opened or read.
    """
    try:
        if isinstance(path, Url):
            with RemoteFile(path, in_order=False) as remote:
                return _read(remote.read_at, remote.size or 0, places, lengths)
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - no buffer, no Path
            descriptor = file.fileno()
            size = os.fstat(descriptor).st_size
            return _read(lambda at, octets: os.pread(descriptor, octets, at), size, places, lengths)
    except OSError as error:
        raise UnreadableFile(path, error.strerror or str(error)) from error


def _read(read: Read, size: int, places: Integers, lengths: Integers) -> Octets:
    starts = np.clip(places, 0, size)
    stops = np.clip(places + np.maximum(lengths, 0), starts, size)
    lengths = stops - starts
    # Where each place's octets go in the result.
    targets = np.cumsum(lengths) - lengths
    result = np.zeros(int(lengths.sum()), dtype=np.uint8)
    order = np.argsort(starts, kind="stable")
    rows = (starts[order].tolist(), stops[order].tolist(), targets[order].tolist())
    for group in _groups(rows[0], rows[1]):
        _copy(read, result.data, *(column[group] for column in rows))
    return result


def _groups(starts: list[int], stops: list[int]) -> list[slice]:
    """Group sorted ranges that are read in one go."""
    groups, first = [], 0
    for row in range(1, len(starts) + 1):
        ends = row == len(starts)
        if ends or starts[row] - stops[row - 1] > GAP_OCTETS or stops[row] - starts[first] > READ_OCTETS:
            groups.append(slice(first, row))
            first = row
    return groups if starts else []


def _copy(read: Read, result: memoryview, starts: list[int], stops: list[int], targets: list[int]) -> None:
    """Read ranges in one go and copy each to its target.

    One by one: an index of every octet, for one copy of all, costs five times as much for ranges of
    the size of packets, and eight octets for each of theirs. Zeros stay where the file has become
    shorter since it was asked for its size.
    """
    begin = starts[0]
    octets = memoryview(read(begin, max(stops) - begin))
    for start, stop, target in zip(starts, stops, targets, strict=True):
        piece = octets[start - begin : stop - begin]
        result[target : target + len(piece)] = piece
