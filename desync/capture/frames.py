"""The columns that every capture format is read into.

May know what a record of a capture says of a frame; must not know what is in the frame.
"""

from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Octets: TypeAlias = NDArray[np.uint8]
Integers: TypeAlias = NDArray[np.int64]


class Interface(NamedTuple):
    """What a capture says of the interface that frames were taken on.

    Attributes:
        link_type: LINKTYPE number of the tcpdump registry; snoop's data links are
            translated to it where there is a counterpart, else None.
        snap_length: Octets kept of each frame; 0 where the capture sets no limit.
        time_digits: Decimal digits behind the second that the records carry, 0 to 9.
        fcs_octets: Octets of frame check sequence at the end of each frame.
        name: ``if_name``, or None.
        comments: Comments on the interface, undecodable octets replaced.
    """

    link_type: int | None
    snap_length: int = 0
    time_digits: int = 6
    fcs_octets: int = 0
    name: str | None = None
    comments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Frames:
    """Consecutive frames of one capture as columns of ``n`` rows.

    Attributes:
        octets: The buffer that ``offset`` indexes, shape (m,), read-only.
        base: Offset of ``octets[0]`` in the (uncompressed) capture.
        number: ``frame.number`` of each row, from 1 in each capture.
        offset: Where the frame's captured octets begin in ``octets``.
        captured: Octets of the frame that the capture holds.
        length: Octets that the frame had on the wire.
        time: Nanoseconds since 1970 UTC; ``UNKNOWN_TIME`` where the record has none.
        interface: Row of ``interfaces`` that the frame was taken on, int32.
        interfaces: The interfaces of the section that these frames belong to.

    Units:
        Octets and nanoseconds; all columns but ``interface`` are int64 of shape (n,).
    """

    octets: Octets
    base: int
    number: Integers
    offset: Integers
    captured: Integers
    length: Integers
    time: Integers
    interface: NDArray[np.int32]
    interfaces: tuple[Interface, ...] = field(default=())

    def __len__(self) -> int:
        return int(self.number.shape[0])
