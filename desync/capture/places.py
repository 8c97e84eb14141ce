"""Read octets of a capture again, by their places.

May know files; must not know what the octets are.
"""

import os

import numpy as np

from desync.capture.frames import Integers, Octets
from desync.errors import UnreadableFile

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
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - no buffer, no Path
            return _read(file.fileno(), places, lengths)
    except OSError as error:
        raise UnreadableFile(path, error.strerror or str(error)) from error


def _read(descriptor: int, places: Integers, lengths: Integers) -> Octets:
    size = os.fstat(descriptor).st_size
    starts = np.clip(places, 0, size)
    stops = np.clip(places + np.maximum(lengths, 0), starts, size)
    lengths = stops - starts
    # Where each place's octets go in the result.
    targets = np.cumsum(lengths) - lengths
    result = np.zeros(int(lengths.sum()), dtype=np.uint8)
    order = np.argsort(starts, kind="stable")
    for group in _groups(starts[order], stops[order]):
        rows = order[group]
        begin, end = int(starts[rows].min()), int(stops[rows].max())
        octets = np.frombuffer(os.pread(descriptor, end - begin, begin), dtype=np.uint8)
        # Zeros where the file has become shorter since it was asked for its size.
        octets = np.append(octets, np.zeros(end - begin - octets.size, np.uint8))
        _scatter(result, octets, targets[rows], starts[rows] - begin, lengths[rows])
    return result


def _groups(starts: Integers, stops: Integers) -> list[slice]:
    """Group sorted ranges that are read in one go."""
    groups, first = [], 0
    for row in range(1, starts.size + 1):
        ends = row == starts.size
        if ends or starts[row] - stops[row - 1] > GAP_OCTETS or stops[row] - starts[first] > READ_OCTETS:
            groups.append(slice(first, row))
            first = row
    return groups if starts.size else []


def _scatter(result: Octets, octets: Octets, targets: Integers, sources: Integers, lengths: Integers) -> None:
    """Copy many ranges at once: the index of every octet, source and target."""
    total = int(lengths.sum())
    if not total:
        return
    within = np.arange(total) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    result[np.repeat(targets, lengths) + within] = octets[np.repeat(sources, lengths) + within]
