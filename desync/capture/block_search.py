"""Tell pcapng blocks from other octets, and find the next one behind damage.

May know the frame of a block (type, length, trailing length); must not know what blocks hold.
"""

from struct import unpack_from
from typing import Final

import numpy as np

from desync.capture.frames import Integers, Octets
from desync.capture.magic import HEAD_OCTETS, SECTION_HEADER, format_of
from desync.capture.state import ByteOrder
from desync.capture.window import WINDOW_OCTETS, Window

LEAST_OCTETS: Final = 12
MOST_OCTETS: Final = 1 << 24
"""No writer makes longer blocks, and Wireshark reads none."""

KNOWN_TYPES: Final = (1, 2, 3, 4, 5, 6, 9, 10, 0xBAD, 0x40000BAD)
"""Blocks that reading may resume at; others are skipped where they are due."""

CHAIN: Final = 3

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


def find_block(window: Window, start: int, order: ByteOrder) -> int | None:
    """Find the first offset from ``start`` on where blocks or a new section begin.

    The window moves on while searching: octets before the result are forgotten.
    """
    at, reach = start, FIRST_REACH
    while True:
        window.drop(at)
        window.fill(at + reach + HEAD_OCTETS)
        begin = at - window.base
        octets = window.array()[begin : begin + reach + LEAST_OCTETS - 1]
        for place in (_candidates(octets, order) + at).tolist():
            if _is_chain(window, place, order):
                return int(place)
        if window.ended and window.end <= at + reach + HEAD_OCTETS:
            return None
        at += reach
        reach = min(4 * reach, WINDOW_OCTETS)


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
