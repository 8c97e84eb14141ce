"""Tell a capture that was transferred in text mode: every LF became CR LF.

May know record layouts; must not know file headers, nor what is done about it.
"""

from typing import Final

import numpy as np

from desync.capture.chain import continues, sound
from desync.capture.follow import follow
from desync.capture.headers import read_headers
from desync.capture.plausible import oddities
from desync.capture.state import Layout
from desync.capture.window import WINDOW_OCTETS, Window

LEAST_LINE_FEEDS: Final = 8
"""Octets of value 10 are one in 256 by chance; so many of them all behind a CR are not chance."""


def is_mangled(window: Window, at: int, layout: Layout) -> bool:
    """Tell whether every LF stands behind a CR, and taking that CR away mends the first bad record.

    Args:
        window: Octets of the capture, its file header still among them.
        at: Offset of the first record.
        layout: How records are read.
    """
    window.fill(at + WINDOW_OCTETS)
    feeds = window.octets.count(b"\n")
    if feeds < LEAST_LINE_FEEDS or feeds != window.octets.count(b"\r\n"):
        return False
    places, _ = follow(window, at, layout, WINDOW_OCTETS)
    headers = read_headers(window.array(), places - window.base, layout)
    wrong = np.flatnonzero(oddities(headers, layout, None))
    if not wrong.size or continues(window, int(places[wrong[0]]), layout, None, 0) is not None:
        return False
    suspect = int(places[max(0, int(wrong[0]) - 1)])
    mended = Window.of(window.piece(suspect, window.end).replace(b"\r\n", b"\n"))
    return sound(mended, 0, layout, None, 0)
