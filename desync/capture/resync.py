"""Find the next record behind damage in pcap and snoop.

May know layouts and what is odd; must not know what was damaged. Never repairs anything: it
says where reading can go on.
"""

from typing import Final, NamedTuple

import numpy as np

from desync.capture.chain import look_ahead, sound
from desync.capture.enclosed import HEAD_OCTETS, outermost
from desync.capture.follow import follow
from desync.capture.frames import Integers, Octets
from desync.capture.headers import read_headers
from desync.capture.magic import HEAD_OCTETS as MAGIC_OCTETS
from desync.capture.magic import format_of
from desync.capture.plausible import DAY, JUMP, oddities
from desync.capture.state import Layout
from desync.capture.window import WINDOW_OCTETS, Window

DAYS_BEFORE: Final = 1
DAYS_AFTER: Final = 31
"""How far from the last good record the next one may be. Headers of other captures inside
payloads would be taken for records otherwise."""


FIRST_REACH: Final = 1 << 12
"""Octets searched first: damage is short as a rule."""


LARGEST: Final = 1600
"""Octets of the largest record at least: frames of Ethernet are to be expected anywhere."""


class Search(NamedTuple):
    """What a search needs to know of the records before the damage.

    Attributes:
        layout: Their layout.
        previous: Seconds of the last good one, None where there was none.
        tolerated: What turned out to be the writer's habit.
        largest: Octets of the largest record so far.
    """

    layout: Layout
    previous: int | None
    tolerated: int
    largest: int = LARGEST


def find_record(window: Window, start: int, search: Search) -> int | None:
    """Find the first offset from ``start`` on where a sound chain of records begins.

    The window moves on while searching: octets before the result are forgotten.
    """
    at, reach = start, FIRST_REACH
    window.fill(start + HEAD_OCTETS)
    head = window.piece(start, start + HEAD_OCTETS)
    chains = _Chains(window, search)
    while True:
        window.drop(at)
        window.fill(at + reach + search.layout.header)
        found = chains.first(at, at + reach - 1)
        if found is not None:
            return outermost(chains, start, head, found, search.largest)
        if window.ended and window.end <= at + reach + search.layout.header:
            return None
        at += reach
        reach = min(4 * reach, WINDOW_OCTETS)


class _Chains:
    """Where chains of records begin and break."""

    trailer = 8

    def __init__(self, window: Window, search: Search) -> None:
        self._window = window
        self._search = search

    def first(self, start: int, stop: int) -> int | None:
        """Give the first place in a range where a sound chain of records begins."""
        window, search = self._window, self._search
        window.fill(stop + search.layout.header)
        begin, end = start - window.base, stop - window.base + search.layout.header
        # Chains are followed while the window may move on: places, not rows.
        for place in (_candidates(window.array()[begin:end], search) + start).tolist():
            if sound(window, place, search.layout, None, search.tolerated):
                return int(place)
        return None

    def broken(self, at: int, octets: int) -> tuple[int, int] | None:
        """Say where the records from a place on are followed by what is none, within so many octets."""
        window, layout = self._window, self._search.layout
        window.fill(at + octets + HEAD_OCTETS)
        places, _ = follow(window, at, layout, octets)
        headers = read_headers(window.array(), places - window.base, layout)
        odd = oddities(headers, layout, None) & ~np.uint8(self._search.tolerated)
        wrong = np.flatnonzero(odd)
        if not wrong.size or not wrong[0]:
            return None
        due = int(places[wrong[0]])
        if format_of(window.piece(due, due + MAGIC_OCTETS)):
            return None
        return int(places[wrong[0] - 1]), due


def is_contradicted(window: Window, start: int, at: int, search: Search) -> bool:
    """Tell whether the records that follow from ``at`` have others among them, sound ones.

    A header read a few octets beside itself can lead to the next one, beside itself by as much,
    and so on: each of them is odd in its time. Nothing in the window is forgotten.

    Args:
        window: Octets of the capture.
        start: Where another record could begin at the earliest.
        at: Where the odd record begins.
        search: What is known of the records before.
    """
    chain, _ = look_ahead(window, at, search.layout)
    begin, end = start - window.base, chain[-1] - window.base
    octets = window.array()[begin : end + search.layout.header]
    for place in (_candidates(octets, search) + start).tolist():
        if sound(window, place, search.layout, None, search.tolerated):
            return place not in chain
    return False


def _candidates(octets: Octets, search: Search) -> Integers:
    """Give the rows of ``octets`` where a header without fault could lie."""
    layout = search.layout
    rows = octets.size - layout.header + 1
    # A zero-filled hole or tail may be long, and no header is all zero.
    if rows <= 0 or not octets.max():
        return np.empty(0, dtype=np.int64)
    word = np.dtype(f"{layout.order}u4")
    if search.previous is None or search.tolerated & JUMP:
        captured = np.ndarray((rows,), word, octets, layout.captured, (1,))
        near = (captured > 0) & (captured <= layout.limit)
    else:
        earliest = max(0, search.previous - DAYS_BEFORE * DAY)
        latest = min(0xFFFFFFFF, search.previous + DAYS_AFTER * DAY)
        seconds = np.ndarray((rows,), word, octets, layout.seconds, (1,))
        near = (seconds >= earliest) & (seconds <= latest)
    places = np.flatnonzero(near)
    headers = read_headers(octets, places, layout)
    # Candidates do not follow one another: how far they are apart in time says nothing.
    odd = oddities(headers, layout, None) & ~np.uint8(JUMP | search.tolerated)
    chosen: Integers = places[(odd == 0) & (headers.captured > 0)]
    return chosen
