"""Pairs of endpoints with more octets than belong into memory at once.

Their segments in all slices and captures of a set become rows, read window by window, the midst of
long monologues passed over. May know kept segments and files; must not know what segments say.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from desync.analysis.kept import Kept
from desync.capture.frames import Integers, Octets
from desync.capture.places import read_places
from desync.tcp.file_order import file_order
from desync.tcp.flows import Pair
from desync.tcp.monologue import LIMIT, Course, is_long_winded, passed_over
from desync.tcp.pair_keys import Keys, among, unique
from desync.tcp.rows import BUFFER_OFFSETS, NAMES, PASSED, Rows
from desync.tcp.thinned import over_the_limit, stretches

_COLUMNS: Final = (
    *("side", "frame", "time", "sequence", "acknowledgment", "flags", "window", "captured", "length"),
    *("place", "at", "ip", "tcp"),
)


def long_pairs(parts: Sequence[tuple[Kept, str]], rank: Mapping[int, int]) -> Keys:
    """Find the pairs whose octets, in all slices together, pass the limit, and that are mostly monologue.

    Args:
        parts: Kept segments of some slices, and the path of each one's capture.
        rank: In which order captures follow each other in their set.
    """
    keys = np.concatenate([kept.keys for kept, _ in parts])
    octets = np.concatenate([np.add.reduceat(kept.captured, kept.starts[:-1]) for kept, _ in parts])
    one, inverse = np.unique(keys, return_inverse=True)
    large = one[np.bincount(inverse, weights=octets) > LIMIT]
    wordy = [is_long_winded(_Long.of(_flows(parts, key), rank).course) for key in large]
    return np.asarray(large[np.array(wordy, dtype=np.bool_)])


def long_rows(
    parts: Sequence[tuple[Kept, str]], wanted: Keys, rank: Mapping[int, int]
) -> Iterator[tuple[Pair, Rows]]:
    """Read the segments of long pairs again, one pair at a time.

    Args:
        parts: Kept segments of some slices, and the path of each one's capture.
        wanted: Which pairs.
        rank: In which order captures follow each other in their set.

    Raises:
        UnreadableFile: The octets cannot be read again.
    """
    for key in unique(wanted):
        found = _flows(parts, key)
        kept, _, flow = found[0]
        yield kept.pairs.pair(flow), _rows(_Long.of(found, rank))


def _flows(parts: Sequence[tuple[Kept, str]], key: Keys) -> list[tuple[Kept, str, int]]:
    """Where the segments of a pair are: in which slices, and which of their flows."""
    return [
        (kept, path, int(flow))
        for kept, path in parts
        for flow in np.flatnonzero(among(kept.keys, np.array([key], dtype=kept.keys.dtype)))
    ]


class _Long(NamedTuple):
    """The segments of one pair, in the order of their files.

    Attributes:
        column: The columns of ``Kept``, by name, and ``capture``.
        part: Which slice has a row.
        stored: The octets that each slice carries.
        paths: The capture of each slice.
    """

    column: dict[str, Integers]
    part: Integers
    stored: list[Octets]
    paths: list[str]

    @classmethod
    def of(cls, found: Sequence[tuple[Kept, str, int]], rank: Mapping[int, int]) -> "_Long":
        spans = [slice(int(kept.starts[flow]), int(kept.starts[flow + 1])) for kept, _, flow in found]
        column = {
            name: np.concatenate(
                [getattr(kept, name)[span] for (kept, _, _), span in zip(found, spans, strict=True)]
            ).astype(np.int64)
            for name in _COLUMNS
        }
        counts = [span.stop - span.start for span in spans]
        column["capture"] = np.repeat([kept.capture for kept, _, _ in found], counts)
        order = file_order(column["capture"], column["frame"], column["time"], rank.__getitem__)
        return cls(
            {name: values[order] for name, values in column.items()},
            np.repeat(np.arange(len(found)), counts)[order],
            [kept.octets for kept, _, _ in found],
            [path for _, path, _ in found],
        )

    @property
    def course(self) -> Course:
        column = self.column
        gone = (column["place"] < 0) & (column["at"] < 0)
        return Course(
            column["side"], column["sequence"], column["flags"], column["length"], column["captured"], gone
        )

    def payload(self, rows: Integers) -> bytes:
        """The payload octets of some rows, one row behind the other; of those that are gone, none."""
        return self._read(rows, (self.column["ip"] + self.column["tcp"])[rows], headers=False)

    def packets(self, rows: Integers) -> bytes:
        """The octets of some rows from the IP header on."""
        return self._read(rows, np.zeros(len(rows), dtype=np.int64), headers=True)

    def _read(self, rows: Integers, skip: Integers, *, headers: bool) -> bytes:
        column = self.column
        sizes = column["captured"][rows]
        if headers:
            sizes = sizes + (column["ip"] + column["tcp"])[rows]
        place, at = column["place"][rows], column["at"][rows]
        sizes = np.where((place < 0) & (at < 0), 0, sizes)
        begins = np.cumsum(sizes) - sizes
        result = np.zeros(int(sizes.sum()), dtype=np.uint8)
        for number in np.unique(self.part[rows]).tolist():
            own = self.part[rows] == number
            again, stored = own & (place >= 0), own & (place < 0) & (at >= 0)
            if again.any():
                octets = read_places(self.paths[number], (place + skip)[again], sizes[again])
                # A file that has become shorter gives less: zeros in its place.
                _spread(octets, np.cumsum(sizes[again]) - sizes[again], result, begins[again], sizes[again])
            _spread(self.stored[number], (at + skip)[stored], result, begins[stored], sizes[stored])
        return result.tobytes()


def _spread(octets: Octets, starts: Integers, result: Octets, begins: Integers, sizes: Integers) -> None:
    """Copy ranges of a buffer to where they belong."""
    source, target = octets.data, result.data
    for start, begin, size in zip(starts.tolist(), begins.tolist(), sizes.tolist(), strict=True):
        piece = source[start : start + size]
        target[begin : begin + len(piece)] = piece


def _rows(long: _Long) -> Rows:
    course = long.course
    passed = passed_over(course, long.payload)
    cut = over_the_limit(course, passed)
    picked, length = stretches(course, passed)
    kept = picked[~(passed | cut)[picked]]
    column = {name: values[picked] for name, values in long.column.items()}
    column["length"] = length[picked]
    column["captured"] = _captured(column, passed[picked], cut[picked])
    column |= _places(column, ~(passed | cut)[picked])
    octets = memoryview(long.packets(kept))
    return Rows(octets, *(column[name].tolist() for name in NAMES))


def _captured(column: Mapping[str, Integers], passed: NDArray[np.bool_], cut: NDArray[np.bool_]) -> Integers:
    captured = np.where(passed, column["length"], column["captured"])
    return np.where(cut, 0, captured)


def _places(column: Mapping[str, Integers], kept: NDArray[np.bool_]) -> dict[str, Integers]:
    """Where the headers and the payload of rows lie in the octets of those that are kept."""
    sizes = np.where(kept, column["ip"] + column["tcp"] + column["captured"], 0)
    network = np.cumsum(sizes) - sizes
    transport = network + column["ip"]
    places = {"network": network, "transport": transport, "payload": transport + column["tcp"]}
    return {name: np.where(kept, places[name], PASSED) for name in BUFFER_OFFSETS}
