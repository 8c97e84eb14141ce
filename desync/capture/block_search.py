"""Tell pcapng blocks from other octets, and find the next one behind damage.

May know the frame of a block (type, length, trailing length); must not know what blocks hold.
"""

from struct import unpack_from
from typing import Final, Literal

import numpy as np

from desync.capture.enclosed import HEAD_OCTETS as PACKET_OCTETS
from desync.capture.enclosed import outermost
from desync.capture.frames import Integers, Octets
from desync.capture.magic import BYTE_ORDER_MAGIC, HEAD_OCTETS, SECTION_HEADER, byte_order, format_of
from desync.capture.state import ByteOrder
from desync.capture.window import WINDOW_OCTETS, Window

LEAST_OCTETS: Final = 12
MOST_OCTETS: Final = 1 << 24
"""No writer makes longer blocks, and Wireshark reads none."""

KNOWN_TYPES: Final = (1, 2, 3, 4, 5, 6, 9, 10, 0xBAD, 0x40000BAD)
"""Blocks that reading may resume at; others are skipped where they are due."""

CHAIN: Final = 3

_BYTE_ORDERS: Final[dict[ByteOrder, Literal["little", "big"]]] = {"<": "little", ">": "big"}

FIRST_REACH: Final = 1 << 12
"""Octets searched first: damage is short as a rule."""


def is_credible(window: Window, at: int, order: ByteOrder) -> bool:
    """Tell whether a block, another capture or the capture's end could be due at ``at``."""
    window.fill(at + HEAD_OCTETS)
    if at >= window.end or format_of(window.piece(at, at + HEAD_OCTETS)):
        return at == window.end or at < window.end
    if at + LEAST_OCTETS > window.end:
        return False
    kind, total = unpack_from(f"{order}II", window.octets, at - window.base)
    return kind in KNOWN_TYPES and LEAST_OCTETS <= total <= MOST_OCTETS and total % 4 == 0


def find_block(window: Window, start: int, order: ByteOrder, largest: int) -> int | None:
    """Find the first offset from ``start`` on where blocks or a new section begin, not inside a frame.

    The window moves on while searching: octets before the result are forgotten.

    Args:
        window: Octets of the capture.
        start: Behind the damage.
        order: The section's byte order.
        largest: Octets of its largest block so far.
    """
    at, reach = start, FIRST_REACH
    window.fill(start + PACKET_OCTETS)
    head = window.piece(start, start + PACKET_OCTETS)
    chains = _Chains(window, order)
    while True:
        window.drop(at)
        window.fill(at + reach + HEAD_OCTETS)
        found = chains.first(at, at + reach - 1)
        if found is not None:
            return outermost(chains, start, head, found, largest)
        if window.ended and window.end <= at + reach + HEAD_OCTETS:
            return None
        at += reach
        reach = min(4 * reach, WINDOW_OCTETS)


class _Chains:
    """Where chains of blocks begin and break."""

    trailer = 64

    def __init__(self, window: Window, order: ByteOrder) -> None:
        self._window = window
        self._order = order

    def first(self, start: int, stop: int) -> int | None:
        """Give the first place in a range where a chain of blocks, or a new section, begins."""
        window = self._window
        window.fill(stop + LEAST_OCTETS)
        begin, end = start - window.base, stop - window.base + LEAST_OCTETS
        for place in (_candidates(window.array()[begin:end], self._order) + start).tolist():
            if _is_chain(window, place, self._order):
                return int(place)
        return None

    def broken(self, at: int, octets: int) -> tuple[int, int] | None:
        """Say where the blocks from a place on are followed by what is none, within so many octets."""
        last, stop = at, at + octets
        while at < stop:
            total = _whole(self._window, at, self._order)
            if not total:
                self._window.fill(at + HEAD_OCTETS)
                ends = at >= self._window.end or format_of(self._window.piece(at, at + HEAD_OCTETS))
                if ends or last == at:
                    return None
                # What is no block any more may be one that something else goes through.
                total = int.from_bytes(self._window.piece(at + 4, at + 8), _BYTE_ORDERS[self._order])
                return last, at + min(total, octets)
            last, at = at, at + total
        return None


def _whole(window: Window, at: int, order: ByteOrder) -> int:
    """Give the length of the whole block at a place, which may be a section header; 0 where there is none."""
    window.fill(at + HEAD_OCTETS)
    if at + LEAST_OCTETS > window.end:
        return 0
    if window.piece(at, at + 4) == SECTION_HEADER:
        order = byte_order(window.piece(at + 8, at + 12), BYTE_ORDER_MAGIC) or order
    total = int(unpack_from(f"{order}I", window.octets, at - window.base + 4)[0])
    if not LEAST_OCTETS <= total <= MOST_OCTETS:
        return 0
    window.fill(at + total)
    trailer = window.piece(at + total - 4, at + total)
    return total if trailer == window.piece(at + 4, at + 8) else 0


def _candidates(octets: Octets, order: ByteOrder) -> Integers:
    rows = octets.size - LEAST_OCTETS + 1
    if rows <= 0:
        return np.empty(0, dtype=np.int64)
    word = np.dtype(f"{order}u4")
    kinds = np.ndarray((rows,), word, octets, 0, (1,))
    places = np.flatnonzero(np.isin(kinds, (*KNOWN_TYPES, int.from_bytes(SECTION_HEADER, "little"))))
    totals = np.ndarray((rows,), word, octets, 4, (1,))[places]
    section = kinds[places] == int.from_bytes(SECTION_HEADER, "little")
    lengths = (totals >= LEAST_OCTETS) & (totals <= MOST_OCTETS)
    chosen: Integers = places[section | lengths]
    return chosen


def _is_chain(window: Window, at: int, order: ByteOrder) -> bool:
    """Tell whether ``CHAIN`` whole blocks begin here, or fewer up to the end or a new section."""
    for count in range(CHAIN):
        window.fill(at + HEAD_OCTETS)
        if at == window.end or format_of(window.piece(at, at + HEAD_OCTETS)):
            return count > 0 or at < window.end
        if at + LEAST_OCTETS > window.end:
            return count > 1
        total = unpack_from(f"{order}I", window.octets, at - window.base + 4)[0]
        if not LEAST_OCTETS <= total <= MOST_OCTETS:
            return False
        window.fill(at + total)
        if at + total > window.end:
            return count > 1
        if unpack_from(f"{order}I", window.octets, at - window.base + total - 4)[0] != total:
            return False
        at += total
    return True
