"""Walk the blocks of a pcapng section, in order, damaged or not.

May know the frame of a block, and which blocks change how others are read; must not know what
is in a frame, nor link types.

Source:
    draft-ietf-opsawg-pcapng, sections 3 and 4.
"""

from collections.abc import Iterator
from struct import Struct
from typing import Final

import numpy as np
from numpy.typing import NDArray

from desync.capture.block_search import LEAST_OCTETS, MOST_OCTETS, find_block, is_credible
from desync.capture.follow import FAR
from desync.capture.frames import Integers, Octets
from desync.capture.headers import gather
from desync.capture.magic import HEAD_OCTETS, SECTION_HEADER, format_of
from desync.capture.notes import Notes
from desync.capture.rest import report_rest
from desync.capture.run import Run
from desync.capture.section import Blocks, Section
from desync.capture.state import ByteOrder
from desync.capture.window import REACH_OCTETS, WINDOW_OCTETS, Window

LENGTH: Final = 4
"""Offset of the total length in a block."""

RESTART_OCTETS: Final = 1 << 13
"""Octets to follow blocks for behind a doubtful one, as for records."""

SECTION_TYPE: Final = int.from_bytes(SECTION_HEADER, "big")


LARGEST: Final = 1600
"""Octets of the largest block at least: frames of Ethernet are to be expected anywhere."""


class BlockWalk:
    """Walks blocks until the capture ends or another file or section header begins.

    Args:
        window: Octets of the capture.
        notes: Takes problems.
        section: Takes the blocks; makes runs of frames.
        at: Offset of the first block behind the section header.

    Attributes:
        at: Where the walk stands; behind it the offset of the header that it stopped at.
        ended: The walk is over.
        met_header: It is over because another section or file begins.
    """

    def __init__(self, window: Window, notes: Notes, section: Section, at: int) -> None:
        self.at = at
        self.ended = False
        self.met_header = False
        self._window = window
        self._notes = notes
        self._section = section
        self._order: ByteOrder = section.order
        self._reach = REACH_OCTETS
        self._largest = LARGEST

    def runs(self) -> Iterator[Run]:
        """Yield the blocks that hold frames, run by run."""
        while not self.ended:
            self._window.drop(self.at)
            self._window.fill(self.at + WINDOW_OCTETS)
            blocks, whole = self._blocks()
            sound = int(np.argmin(np.append(whole, False)))
            if sound:
                stop = int(blocks.places[sound - 1] + blocks.totals[sound - 1])
                self._largest = max(self._largest, int(blocks.totals[:sound].max()))
                yield from self._section.take(blocks.first(sound), stop)
                self.at = stop
            if sound < whole.size:
                yield from self._doubtful(blocks, sound)
            elif not whole.size:
                self.ended = True
                report_rest(self._notes, self._window, self.at, LEAST_OCTETS, "the block")

    def _blocks(self) -> tuple[Blocks, NDArray[np.bool_]]:
        """Find the blocks in the window, and which are without fault."""
        octets = self._window.array()
        start = self.at - self._window.base
        rows = _follow(self._window.octets, start, start + self._reach, self._order)
        self._reach = min(4 * self._reach, REACH_OCTETS)
        heads = gather(octets, rows, np.dtype([("type", f"{self._order}u4"), ("total", f"{self._order}u4")]))
        totals = heads["total"].astype(np.int64)
        whole = (totals >= LEAST_OCTETS) & (totals <= MOST_OCTETS) & (rows + totals <= octets.size)
        whole &= heads["type"] != SECTION_TYPE
        trailers = _trailers(octets, np.where(whole, rows + totals, 4), self._order)
        whole &= trailers == totals
        return Blocks(rows + self._window.base, heads["type"], totals), whole

    def _doubtful(self, blocks: Blocks, row: int) -> Iterator[Run]:
        """Decide about a block that is not whole, or no block."""
        window, at, total = self._window, self.at, int(blocks.totals[row])
        window.fill(at + HEAD_OCTETS)
        if format_of(window.piece(at, at + HEAD_OCTETS)):
            self.ended = self.met_header = True
            return
        possible = LEAST_OCTETS <= total <= MOST_OCTETS and blocks.kinds[row] != SECTION_TYPE
        if possible and at + total + LEAST_OCTETS > window.end and not window.ended:
            window.fill(at + total + LEAST_OCTETS)
            return
        self._reach = RESTART_OCTETS
        stop = self._stop_in_spite(at, total) if possible and at + total <= window.end else None
        if stop is None:
            self._search(total)
        else:
            self.at = stop
            yield from self._section.take(blocks.only(row), stop)

    def _stop_in_spite(self, at: int, total: int) -> int | None:
        """Find the end of a block whose trailing length is wrong or is not where it should be."""
        # The length itself comes first: the block may have come into memory only now.
        for stop in (at + total, at + total + -total % 4):
            if self._window.piece(stop - 4, stop) == Struct(f"{self._order}I").pack(total):
                return stop
        if not is_credible(self._window, at + total, self._order):
            return None
        message = f"the block at offset {at} has {total} octets, its trailing length says otherwise"
        self._notes.problem("damaged", at + total - 4, 4, message)
        return at + total

    def _search(self, total: int) -> None:
        """Look for blocks behind one that cannot be."""
        window, at = self._window, self.at
        what = f"the block at offset {at} says that it has {total} octets"
        if not any(window.piece(at, at + LEAST_OCTETS)):
            what = f"at offset {at} a block is due and all octets are zero"
        found = find_block(window, at + 1, self._order, self._largest)
        if found is None:
            left = window.end - at
            cut = LEAST_OCTETS <= total <= MOST_OCTETS and total > left
            self._notes.problem(
                "truncated" if cut else "damaged",
                at,
                total - left if cut else left,
                f"{what}, the file has {left} left; no block follows",
            )
            self.ended = True
        else:
            self._notes.problem("damaged", at, found - at, f"{what}; reading went on at offset {found}")
            self.at = found


def _follow(octets: bytes, at: int, stop: int, order: ByteOrder) -> Integers:
    """Follow blocks from one to the next by their lengths: once for each block, so nothing else."""
    fields: list[int] = []
    note = fields.append
    read = Struct(f"{order}I").unpack_from
    at, stop = at + LENGTH, min(stop, len(octets) - LEAST_OCTETS + 1) + LENGTH
    while at < stop:
        note(at)
        at += read(octets, at)[0] or FAR
    return np.array(fields, dtype=np.int64) - LENGTH


def _trailers(octets: Octets, stops: Integers, order: ByteOrder) -> Integers:
    if not stops.size:
        return np.empty(0, dtype=np.int64)
    return gather(octets, stops - 4, np.dtype([("total", f"{order}u4")]))["total"].astype(np.int64)
