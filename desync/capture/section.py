"""Take the blocks of a pcapng section: interfaces, statistics, comments, and frames.

May know what each block type means for the frames; must not know how blocks are found.

Source:
    draft-ietf-opsawg-pcapng, section 4.
"""

from collections.abc import Iterator
from struct import unpack_from
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from desync.capture import interface_block
from desync.capture.clocks import Clock
from desync.capture.frames import Integers, Interface
from desync.capture.notes import Notes
from desync.capture.options import read_options
from desync.capture.packet_blocks import (
    ENHANCED_PACKET,
    PACKET,
    SIMPLE_PACKET,
    TRAILER,
    PacketBlocks,
    read_packet_blocks,
)
from desync.capture.packet_options import find_options
from desync.capture.run import NO_PLACES, Run
from desync.capture.state import BlockState, ByteOrder
from desync.capture.window import Window

INTERFACE_DESCRIPTION: Final = 1
INTERFACE_STATISTICS: Final = 5
INTERFACE_DROPS: Final = 5
SYSTEM_DROPS: Final = 7
STATISTICS_OPTIONS: Final = 20

MOST_INTERFACES: Final = 1 << 16
"""Interfaces kept of a section; every slice carries those of its section."""


class Blocks(NamedTuple):
    """Blocks that follow one another, as columns: offset in the capture, type, total length."""

    places: Integers
    kinds: NDArray[np.uint32]
    totals: Integers

    def first(self, count: int) -> "Blocks":
        """Give the first ``count`` of them."""
        return Blocks(self.places[:count], self.kinds[:count], self.totals[:count])

    def only(self, row: int) -> "Blocks":
        """Give one of them."""
        return Blocks(self.places[row : row + 1], self.kinds[row : row + 1], self.totals[row : row + 1])


class Section:
    """One section of a pcapng capture while it is walked.

    Args:
        window: Octets of the capture.
        notes: Takes problems, interfaces and comments, and counts frames.
        order: The section's byte order.
        readable: False where the section's version is not known: its frames are passed over.
    """

    def __init__(self, window: Window, notes: Notes, order: ByteOrder, *, readable: bool) -> None:
        self.order: ByteOrder = order
        self._window = window
        self._notes = notes
        self._readable = readable
        self._first_interface = len(notes.interfaces)
        self._interfaces: list[Interface] = []
        self._clocks: list[Clock] = []
        self._state = BlockState(order, (), ())

    def take(self, blocks: Blocks, stop: int) -> Iterator[Run]:
        """Take whole blocks that follow one another up to ``stop``; yield those with frames."""
        if not self._readable:
            return
        places, kinds, totals = blocks.places, blocks.kinds, blocks.totals
        special = np.flatnonzero((kinds == INTERFACE_DESCRIPTION) | (kinds == INTERFACE_STATISTICS))
        framed = (kinds == ENHANCED_PACKET) | (kinds == SIMPLE_PACKET) | (kinds == PACKET)
        start = 0
        for row in [*special.tolist(), places.size]:
            here = int(places[row]) if row < places.size else stop
            if row > start:
                chosen = np.flatnonzero(framed[start:row]) + start
                yield self._run(int(places[start]), here, places[chosen], totals[chosen])
            if row < places.size:
                self._special(int(kinds[row]), self._window.piece(here, here + int(totals[row])))
                start = row
                if kinds[row] == INTERFACE_DESCRIPTION:
                    # Blocks of frames go on behind it, under another state.
                    start = row + 1

    def _special(self, kind: int, block: bytes) -> None:
        if kind == INTERFACE_DESCRIPTION:
            self._describe(block)
        else:
            self._statistics(block)

    def _describe(self, block: bytes) -> None:
        if len(self._interfaces) >= MOST_INTERFACES:
            return
        interface, clock = Interface(None), Clock()
        if len(block) >= interface_block.LEAST_OCTETS:
            interface, clock = interface_block.read_interface(block, self.order)
        for comment in interface.comments:
            self._notes.comment(comment, interface=len(self._notes.interfaces))
        self._interfaces.append(interface)
        self._clocks.append(clock)
        self._notes.interfaces.append(interface)

    def _statistics(self, block: bytes) -> None:
        if len(block) < STATISTICS_OPTIONS + TRAILER:
            return
        interface = self._first_interface + unpack_from(f"{self.order}I", block, 8)[0]
        counts = {
            code: unpack_from(f"{self.order}Q", value)[0]
            for code, value in read_options(block[STATISTICS_OPTIONS:-TRAILER], self.order)
            if code in {INTERFACE_DROPS, SYSTEM_DROPS} and len(value) == 8
        }
        if counts and interface < len(self._notes.interfaces):
            self._notes.interface_dropped(interface, sum(counts.values()))

    def _run(self, start: int, stop: int, places: Integers, totals: Integers) -> Run:
        octets = self._window.piece(start, stop) if self._window.keep else None
        if len(self._state.interfaces) != len(self._interfaces):
            self._state = BlockState(self.order, tuple(self._interfaces), tuple(self._clocks))
        if not places.size:
            return Run(start, stop, NO_PLACES, NO_PLACES, self._state, octets)
        blocks = read_packet_blocks(self._window.array(), places - self._window.base, self._state)
        good = self._good(places, blocks)
        self._options(places, blocks, good)
        self._notes.frames += int(good.sum())
        return Run(start, stop, places[good], (places + totals)[good], self._state, octets)

    def _good(self, places: Integers, blocks: PacketBlocks) -> NDArray[np.bool_]:
        """Tell which blocks are frames; report the others, those in a row as one problem."""
        known = blocks.interface < len(self._interfaces)
        room = blocks.total - blocks.data - TRAILER
        fits = (blocks.captured <= room) & (room >= 0) & (blocks.captured >= 0)
        good = known & fits
        before = np.cumsum(good) + self._notes.frames
        bad = np.flatnonzero(~good)
        if bad.size:
            breaks = np.flatnonzero((np.diff(bad) != 1) | (np.diff(known[bad]))) + 1
            for group in np.split(bad, breaks):
                self._report(
                    places[group], blocks, group, known=bool(known[group[0]]), frame=int(before[group[0]])
                )
        return good

    def _report(
        self, places: Integers, blocks: PacketBlocks, group: Integers, *, known: bool, frame: int
    ) -> None:
        first, count, octets = int(group[0]), group.size, int(blocks.total[group].sum())
        where = int(places[0])
        blocks_named = (
            f"{count} packet blocks from offset {where} on"
            if count > 1
            else f"packet block at offset {where}"
        )
        if known:
            message = f"{blocks_named}: captured length {int(blocks.captured[first])} exceeds the block"
            self._notes.problem("damaged", where, octets, message, frame=frame)
        else:
            message = f"{blocks_named}: interface {int(blocks.interface[first])} was never described"
            self._notes.problem("interface", where, octets, message, frame=frame)

    def _options(self, places: Integers, blocks: PacketBlocks, good: NDArray[np.bool_]) -> None:
        rows = places - self._window.base
        starts = rows + blocks.data + blocks.captured + -blocks.captured % 4
        stops = rows + blocks.total - TRAILER
        some = np.flatnonzero(good & ~blocks.simple & (starts + 4 <= stops))
        numbers = np.cumsum(good) + self._notes.frames
        if some.size:
            octets = self._window.array()
            comments, drops = find_options(octets, starts[some], stops[some], self.order)
            for row, start, stop in comments:
                text = octets[start:stop].tobytes()
                self._notes.comment(text.decode("utf-8", "replace"), frame=int(numbers[some[row]]))
            if drops is not None:
                self._notes.dropped_between(drops)
        old_drops = int(blocks.drops[good].sum())
        if old_drops:
            self._notes.dropped_between(old_drops)
