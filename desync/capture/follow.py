"""Follow records from one to the next by their lengths.

May know layouts; must not know whether a header is plausible. The one loop in desync that
runs once for each record: it does nothing else.
"""

from struct import Struct
from sys import byteorder
from typing import Final

import numpy as np

from desync.capture.frames import Integers
from desync.capture.state import Layout
from desync.capture.window import Window

_NATIVE: Final = "<" if byteorder == "little" else ">"

FAR: Final = 1 << 48
"""A step that ends the loop: what a record of length zero leads to."""


def follow(window: Window, at: int, layout: Layout, reach: int) -> tuple[Integers, int]:
    """Find the records from offset ``at`` on whose headers lie in the window.

    Args:
        window: Octets of the capture.
        at: Offset of the first record.
        layout: How records are read.
        reach: Octets to follow records for, at most.

    Returns:
        Offsets of the headers, and the offset behind the last record. What the headers say is
        not looked at: behind the first impossible one the others mean nothing.
    """
    start = at - window.base
    stop = min(len(window.octets) - layout.header + 1, start + reach)
    if layout.smaller:
        places, after = _follow_smaller(window.octets, start, stop, layout)
    else:
        fields, after = _follow(window.octets, start + layout.step, stop + layout.step, layout)
        places, after = fields - layout.step, after - layout.step
    return places + window.base, after + window.base


def _follow(octets: bytes, at: int, stop: int, layout: Layout) -> tuple[Integers, int]:
    """Follow the fields that lead from one record to the next."""
    places: list[int] = []
    note, plus = places.append, layout.step_plus
    if layout.order == _NATIVE:
        # A number's octets are at any place: one view for each that it may have among four.
        views = [
            memoryview(octets)[phase : phase + (len(octets) - phase) // 4 * 4].cast("I") for phase in range(4)
        ]
        while at < stop:
            note(at)
            at += views[at & 3][at >> 2] + plus or FAR
        return np.array(places, dtype=np.int64), at
    read = Struct(f"{layout.order}I").unpack_from
    while at < stop:
        note(at)
        at += read(octets, at)[0] + plus or FAR
    return np.array(places, dtype=np.int64), at


def _follow_smaller(octets: bytes, at: int, stop: int, layout: Layout) -> tuple[Integers, int]:
    places: list[int] = []
    read = Struct(f"{layout.order}I").unpack_from
    while at < stop:
        places.append(at)
        captured, length = read(octets, at + layout.captured)[0], read(octets, at + layout.length)[0]
        at += min(captured, length) + layout.step_plus
    return np.array(places, dtype=np.int64), at
