"""Follow records from one to the next by their lengths.

May know layouts; must not know whether a header is plausible. The one loop in desync that
runs once for each record: it does nothing else.
"""

from struct import Struct

import numpy as np

from desync.capture.frames import Integers
from desync.capture.state import Layout
from desync.capture.window import Window


def follow(window: Window, at: int, layout: Layout) -> tuple[Integers, int]:
    """Find the records from offset ``at`` on whose headers lie in the window.

    Returns:
        Offsets of the headers, and the offset behind the last record. Following stops at a
        record that does not even hold its own header.
    """
    start = at - window.base
    stop = len(window.octets) - layout.header + 1
    if layout.smaller:
        places, after = _follow_smaller(window.octets, start, stop, layout)
    else:
        places, after = _follow(window.octets, start, stop, layout)
    return np.array(places, dtype=np.int64) + window.base, after + window.base


def _follow(octets: bytes, at: int, stop: int, layout: Layout) -> tuple[list[int], int]:
    places: list[int] = []
    note = places.append
    read = Struct(f"{layout.order}I").unpack_from
    field, plus, least = layout.step, layout.step_plus, layout.header
    while at < stop:
        note(at)
        step = read(octets, at + field)[0] + plus
        if step < least:
            break
        at += step
    return places, at


def _follow_smaller(octets: bytes, at: int, stop: int, layout: Layout) -> tuple[list[int], int]:
    places: list[int] = []
    read = Struct(f"{layout.order}I").unpack_from
    while at < stop:
        places.append(at)
        captured = min(read(octets, at + layout.captured)[0], read(octets, at + layout.length)[0])
        at += captured + layout.step_plus
    return places, at
