"""The stretch of a capture that is in memory while the walk passes over it.

May know offsets; must not know what the octets mean.
"""

from collections.abc import Callable
from typing import Final, TypeAlias

import numpy as np

from desync.capture.frames import Octets

WINDOW_OCTETS: Final = 1 << 21
"""Octets read at a time: small enough to stay in the processor's cache while they are walked."""

REACH_OCTETS: Final = 2 * WINDOW_OCTETS
"""Octets to follow records for: all that is in memory. What is left over is copied, and followed with the
next window."""

Reader: TypeAlias = Callable[[int], bytes]
"""Gives at most so many octets, and none at the end."""


Again: TypeAlias = Callable[[int, int], bytes | None]
"""Gives so many octets before the place that was reached and at most so many behind it, or None."""

LITTLE: Final = 1 << 16
"""To read so many octets twice costs less than to put them before a window's worth of others."""


class Window:
    """Octets ``base`` to ``end`` of the uncompressed capture.

    Args:
        read: Where further octets come from.
        keep: The capture cannot be read again: runs carry their octets.
        again: Gives the octets read last once more, with further ones behind them, or None.

    Attributes:
        octets: The octets themselves.
        base: Offset of the first of them in the capture.
        ended: There are no octets behind ``end``.
    """

    def __init__(self, read: Reader, *, keep: bool, again: Again | None = None) -> None:
        self._read = read
        self._again = again
        self.keep = keep
        self.octets = b""
        self.base = 0
        self.ended = False

    @classmethod
    def of(cls, octets: bytes) -> "Window":
        """Make a window over these octets and no others."""
        window = cls(lambda _: b"", keep=False)
        window.octets, window.ended = octets, True
        return window

    @property
    def end(self) -> int:
        """Offset behind the last octet in memory."""
        return self.base + len(self.octets)

    def fill(self, until: int) -> None:
        """Bring the octets before offset ``until`` into memory, as far as the capture has them."""
        if self.end >= until or self.ended:
            return
        if self._again is not None and len(self.octets) <= LITTLE:
            whole = self._again(len(self.octets), max(WINDOW_OCTETS, until - self.end))
            if whole is not None:
                self.ended = len(whole) == len(self.octets)
                self.octets = whole
        if self.end >= until or self.ended:
            return
        pieces, end = [self.octets], self.end
        while end < until:
            piece = self._read(max(WINDOW_OCTETS, until - end))
            if not piece:
                self.ended = True
                break
            pieces.append(piece)
            end += len(piece)
        self.octets = b"".join(pieces)

    def drop(self, before: int) -> None:
        """Allow the octets before offset ``before`` to be forgotten; read over those not yet in memory."""
        if before - self.base < WINDOW_OCTETS // 2:
            # Moving the rest down costs more than keeping a little.
            return
        while before > self.end and not self.ended:
            self.base, self.octets = self.end, b""
            self.fill(min(before, self.base + WINDOW_OCTETS))
        kept = min(before, self.end)
        self.octets = self.octets[kept - self.base :]
        self.base = kept

    def piece(self, start: int, stop: int) -> bytes:
        """Octets ``start`` to ``stop``, as far as they are in memory."""
        return self.octets[max(0, start - self.base) : max(0, stop - self.base)]

    def array(self) -> Octets:
        """Everything in memory as an array; row 0 is offset ``base``."""
        return np.frombuffer(self.octets, dtype=np.uint8)
