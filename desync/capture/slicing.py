"""Cut runs of frames into slices.

May know runs and slices; must not know formats.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from desync.capture.frames import Integers
from desync.capture.run import Run
from desync.capture.slices import Slice
from desync.capture.state import State

MOST_RECORDS: Final = 1 << 16
"""Frames of a slice at most: what is known of one takes more than its octets, where they are few."""


@dataclass(slots=True)
class _Open:
    """A slice that is being filled."""

    start: int
    first_frame: int
    state: State
    stop: int = 0
    last_end: int = 0
    frames: int = 0
    records: list[Integers] = field(default_factory=list)
    octets: list[bytes] = field(default_factory=list)

    def add(self, run: Run, first: int, stop_row: int, stop: int) -> None:
        """Add rows ``first`` to ``stop_row`` of a run, and its octets up to ``stop``."""
        begin = self.stop if self.records else self.start
        if stop_row > first:
            self.records.append(run.places[first:stop_row])
            self.frames += stop_row - first
            self.last_end = int(run.ends[stop_row - 1])
        if run.octets is not None:
            self.octets.append(run.octets[begin - run.start : stop - run.start])
        self.stop = stop

    def close(self, path: str) -> Slice:
        """Make the slice; it ends behind its last record."""
        octets = b"".join(self.octets)[: self.last_end - self.start] if self.octets else None
        records = np.concatenate(self.records)
        return Slice(path, self.start, self.last_end, self.first_frame, records, self.state, octets)


def cut(path: str, runs: Iterator[Run], slice_octets: int) -> Iterator[Slice]:
    """Cut at the first record boundary at or behind ``slice_octets``, and between runs that part.

    A slice of very many small frames ends sooner.

    Args:
        path: The capture, as the caller named it.
        runs: Its runs, in order.
        slice_octets: About how long a slice is to be; a record is never cut.
    """
    frame = 1
    filling: _Open | None = None
    for run in runs:
        if filling is not None and (run.state is not filling.state or run.start != filling.stop):
            yield filling.close(path)
            filling = None
        row, rows = 0, run.places.size
        while row < rows:
            if filling is None:
                filling = _Open(int(run.places[row]), frame, run.state)
            # The first record that ends at or behind the limit is the last of the slice.
            last = int(np.searchsorted(run.ends, filling.start + slice_octets, "left"))
            most = row + MOST_RECORDS - filling.frames
            stop_row = min(max(last, row) + 1, rows, most)
            full = last < rows or stop_row == most
            filling.add(run, row, stop_row, int(run.ends[stop_row - 1]) if full else run.stop)
            frame += stop_row - row
            row = stop_row
            if full:
                yield filling.close(path)
                filling = None
        if rows == 0 and filling is not None:
            filling.add(run, 0, 0, run.stop)
    if filling is not None:
        yield filling.close(path)
