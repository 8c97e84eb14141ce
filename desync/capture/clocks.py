"""Turn the timestamps of capture records into integer nanoseconds.

May know resolutions and offsets; must not know where in a block the timestamp lies.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from desync.capture.frames import Integers
from desync.units import SECOND

FARTHEST_SECOND: Final = 9_223_372_035
"""Seconds from 1970 that an int64 of nanoseconds holds with a whole second to spare."""

BITS_OF_SECOND: Final = 64
"""From this power of two on, 64 bits of timestamp hold no whole second."""


class Clock(NamedTuple):
    """How an interface counts time.

    Attributes:
        exponent: The unit is ``base`` to the power of minus ``exponent`` seconds.
        base: 10 or 2.
        offset: Seconds to add.

    Source:
        draft-ietf-opsawg-pcapng, section 4.2, ``if_tsresol`` and ``if_tsoffset``.
    """

    exponent: int = 6
    base: int = 10
    offset: int = 0

    @property
    def digits(self) -> int:
        """Decimal digits behind the second that this clock can tell apart, at most 9."""
        if self.base == 10:
            return min(9, self.exponent)
        return min(9, -(-self.exponent * 30103 // 100000))


def nanoseconds(ticks: NDArray[np.uint64], clock: Clock) -> Integers:
    """Convert timestamps to nanoseconds since 1970, exactly, truncating what is finer.

    Units:
        ``ticks`` are units of ``clock``; the result is int64 nanoseconds, held at the ends of
        its range where the timestamp lies outside.
    """
    seconds, fraction = (
        _decimal(ticks, clock.exponent) if clock.base == 10 else _binary(ticks, clock.exponent)
    )
    # The sum of an offset from the file and 34 bits of seconds must not wrap.
    offset = max(-2 * FARTHEST_SECOND, min(2 * FARTHEST_SECOND, clock.offset))
    held = np.minimum(seconds, np.uint64(4 * FARTHEST_SECOND)).astype(np.int64) + offset
    return np.clip(held, -FARTHEST_SECOND, FARTHEST_SECOND) * SECOND + fraction


def record_nanoseconds(seconds: Integers, fraction: Integers, unit: int) -> Integers:
    """Convert the two fields of a pcap or snoop record; a fraction above a second carries over."""
    return seconds * SECOND + fraction * unit


def _decimal(ticks: NDArray[np.uint64], exponent: int) -> tuple[NDArray[np.uint64], Integers]:
    unit = 10**exponent
    if unit > np.iinfo(np.uint64).max:
        finer = 10 ** (exponent - 9)
        if finer > np.iinfo(np.uint64).max:
            return np.zeros_like(ticks), np.zeros(ticks.shape, np.int64)
        return np.zeros_like(ticks), (ticks // np.uint64(finer)).astype(np.int64)
    seconds = ticks // np.uint64(unit)
    rest = ticks - seconds * np.uint64(unit)
    if exponent <= 9:
        return seconds, (rest * np.uint64(10 ** (9 - exponent))).astype(np.int64)
    return seconds, (rest // np.uint64(10 ** (exponent - 9))).astype(np.int64)


def _binary(ticks: NDArray[np.uint64], exponent: int) -> tuple[NDArray[np.uint64], Integers]:
    if exponent >= BITS_OF_SECOND:
        seconds, rest = np.zeros_like(ticks), ticks
    else:
        seconds = ticks >> np.uint64(exponent)
        rest = ticks - (seconds << np.uint64(exponent))
    if exponent <= 32:
        return seconds, ((rest * np.uint64(SECOND)) >> np.uint64(exponent)).astype(np.int64)
    # rest * 10**9 needs up to 94 bits: multiply its halves; the lowest 32 bits cannot matter.
    high, low = rest >> np.uint64(32), rest & np.uint64(0xFFFFFFFF)
    product = high * np.uint64(SECOND) + ((low * np.uint64(SECOND)) >> np.uint64(32))
    shift = exponent - 32
    if shift >= BITS_OF_SECOND:
        return seconds, np.zeros(ticks.shape, np.int64)
    return seconds, (product >> np.uint64(shift)).astype(np.int64)
