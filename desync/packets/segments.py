"""The columns that TCP segments are decoded into.

May know the headers of link, network and transport; must not know which segments
belong together, nor what their payload says.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from desync.capture.frames import Integers, Octets


@dataclass(frozen=True, slots=True)
class Segments:
    """TCP segments in file order, as columns of ``n`` rows.

    Addresses are 128 bits in two columns; an IPv4 address is its IPv4-mapped form
    (high 0, low 0xffff00000000 | address; RFC 4291, section 2.5.5.2).

    Attributes:
        octets: The buffer that the offsets index, uint8 of shape (m,), read-only. The octets
            of the frames, or of the segments alone where they were gathered.
        frame: ``frame.number``; of a reassembled datagram the frame that completed it.
        time: Nanoseconds since 1970 UTC, or ``UNKNOWN_TIME``.
        place: Offset in the (uncompressed) capture of the IP header's first octet, -1 where the
            segment was reassembled from fragments.
        network: Offset in ``octets`` of the innermost IP header.
        transport: Offset in ``octets`` of the TCP header.
        payload: Offset in ``octets`` of the first payload octet.
        captured: Payload octets that the capture holds.
        length: Payload octets that the segment had, by its IP header (by the captured
            frame where that says 0); ``captured < length`` is a cut frame.
        source_high, source_low, target_high, target_low: Addresses, uint64.
        source_port, target_port: uint16.
        sequence, acknowledgment: uint32.
        flags: The flags of RFC 9293 section 3.1 in their bit order, FIN = 1; uint16.
        window: Window field, unscaled; uint16.

    Units:
        Octets and nanoseconds; ``frame``, ``time``, ``place`` and the offsets and lengths
        are int64 of shape (n,).
    """

    octets: Octets
    frame: Integers
    time: Integers
    place: Integers
    network: Integers
    transport: Integers
    payload: Integers
    captured: Integers
    length: Integers
    source_high: NDArray[np.uint64]
    source_low: NDArray[np.uint64]
    target_high: NDArray[np.uint64]
    target_low: NDArray[np.uint64]
    source_port: NDArray[np.uint16]
    target_port: NDArray[np.uint16]
    sequence: NDArray[np.uint32]
    acknowledgment: NDArray[np.uint32]
    flags: NDArray[np.uint16]
    window: NDArray[np.uint16]

    def __len__(self) -> int:
        return int(self.frame.shape[0])


_NUMBERS, _WORDS = np.empty(0, np.int64), np.empty(0, np.uint64)

NO_SEGMENTS: Final = Segments(
    octets=np.empty(0, np.uint8),
    frame=_NUMBERS,
    time=_NUMBERS,
    place=_NUMBERS,
    network=_NUMBERS,
    transport=_NUMBERS,
    payload=_NUMBERS,
    captured=_NUMBERS,
    length=_NUMBERS,
    source_high=_WORDS,
    source_low=_WORDS,
    target_high=_WORDS,
    target_low=_WORDS,
    source_port=np.empty(0, np.uint16),
    target_port=np.empty(0, np.uint16),
    sequence=np.empty(0, np.uint32),
    acknowledgment=np.empty(0, np.uint32),
    flags=np.empty(0, np.uint16),
    window=np.empty(0, np.uint16),
)
"""No rows."""
