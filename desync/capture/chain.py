"""Look at the few record headers that follow a doubtful one.

May know layouts and what is odd; must not know what is done about it.
"""

from struct import unpack_from
from typing import Final, Literal, TypeAlias

import numpy as np

from desync.capture.headers import read_headers
from desync.capture.magic import HEAD_OCTETS, format_of
from desync.capture.plausible import IMPOSSIBLE, MOST_PADDING, oddities
from desync.capture.state import Layout
from desync.capture.window import Window

CHAIN: Final = 3
"""Headers in a row that make a record credible."""

Ending: TypeAlias = Literal["on", "end", "cut"]
"""The chain goes on; ends with the capture; ends in a record that the capture has not all of."""


def look_ahead(window: Window, at: int, layout: Layout) -> tuple[list[int], Ending]:
    """Follow at most ``CHAIN`` records from ``at`` on, filling the window as needed."""
    places: list[int] = []
    while len(places) < CHAIN:
        window.fill(at + max(layout.header, HEAD_OCTETS))
        if at > window.end:
            return places, "cut"
        if at + layout.header > window.end or (places and format_of(window.piece(at, at + HEAD_OCTETS))):
            return places, "end"
        places.append(at)
        step = _step(window, at, layout)
        if not layout.header <= step <= layout.limit + layout.header + MOST_PADDING:
            # Impossible, as the header itself will show: nothing to follow.
            return places, "on"
        at += step
    window.fill(at)
    return places, "on" if at <= window.end else "cut"


def chain_oddities(window: Window, places: list[int], layout: Layout, previous: int | None) -> list[int]:
    """Give what is odd about the headers at these offsets, which follow one another."""
    rows = np.array(places, dtype=np.int64) - window.base
    odd: list[int] = oddities(read_headers(window.array(), rows, layout), layout, previous).tolist()
    return odd


def continues(window: Window, at: int, layout: Layout, previous: int | None, tolerated: int) -> int | None:
    """Tell whether an odd header where one is due is a record all the same.

    Returns:
        What is odd about it, if what follows is odd in no other way; None if it is no record.
    """
    places, ending = look_ahead(window, at, layout)
    if not places or (ending == "cut" and len(places) == 1):
        return None
    first, *others = chain_oddities(window, places, layout, previous)
    if first & IMPOSSIBLE or any(odd & ~(first | tolerated) for odd in others):
        return None
    return first


def sound(window: Window, at: int, layout: Layout, previous: int | None, tolerated: int) -> bool:
    """Tell whether a chain of records begins at ``at``, where none was due.

    Stricter than ``continues``: nothing may be odd, and a chain that is shorter than ``CHAIN``
    must end exactly with the capture.
    """
    places, ending = look_ahead(window, at, layout)
    if not places or any(odd & ~tolerated for odd in chain_oddities(window, places, layout, previous)):
        return False
    if ending == "on":
        return len(places) == CHAIN
    if ending == "cut":
        return len(places) > 1
    last = places[-1]
    return len(places) > 1 or last + _step(window, last, layout) == window.end


def _step(window: Window, at: int, layout: Layout) -> int:
    row = at - window.base
    if layout.smaller:
        one = unpack_from(f"{layout.order}I", window.octets, row + layout.captured)[0]
        other = unpack_from(f"{layout.order}I", window.octets, row + layout.length)[0]
        return int(min(one, other)) + layout.step_plus
    return int(unpack_from(f"{layout.order}I", window.octets, row + layout.step)[0]) + layout.step_plus
