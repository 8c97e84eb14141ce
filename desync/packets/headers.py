"""TCP headers that belong to no segment, but by which Wireshark numbers streams.

May know the fields of a TCP header; must not know which connection it speaks of.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from desync.capture.frames import Integers
from desync.packets.segments import Segments


@dataclass(frozen=True, slots=True)
class Headers:
    """Headers quoted in ICMP errors, with impossible lengths, or of cut first fragments.

    Attributes:
        frame: ``frame.number``, int64.
        source_high, source_low, target_high, target_low: Addresses, as in `Segments`.
        source_port, target_port: uint16.
        sequence, acknowledgment: uint32.
        flags: uint16.
        sets_base: Whether Wireshark takes a direction's first sequence number from it, bool.

    Units:
        Columns of shape (n,), in file order.
    """

    frame: Integers
    source_high: NDArray[np.uint64]
    source_low: NDArray[np.uint64]
    target_high: NDArray[np.uint64]
    target_low: NDArray[np.uint64]
    source_port: NDArray[np.uint16]
    target_port: NDArray[np.uint16]
    sequence: NDArray[np.uint32]
    acknowledgment: NDArray[np.uint32]
    flags: NDArray[np.uint16]
    sets_base: NDArray[np.bool_]

    def __len__(self) -> int:
        return int(self.frame.shape[0])

    def take(self, chosen: NDArray[np.bool_]) -> "Headers":
        """Some of the rows."""
        return Headers(*(getattr(self, field.name)[chosen] for field in fields(self)))


_SHARED = tuple(field.name for field in fields(Headers) if field.name != "sets_base")

NO_HEADERS = Headers(
    frame=np.empty(0, np.int64),
    source_high=np.empty(0, np.uint64),
    source_low=np.empty(0, np.uint64),
    target_high=np.empty(0, np.uint64),
    target_low=np.empty(0, np.uint64),
    source_port=np.empty(0, np.uint16),
    target_port=np.empty(0, np.uint16),
    sequence=np.empty(0, np.uint32),
    acknowledgment=np.empty(0, np.uint32),
    flags=np.empty(0, np.uint16),
    sets_base=np.empty(0, np.bool_),
)
"""No rows."""


def headers_of(segments: Segments) -> Headers:
    """Return the headers of segments."""
    columns = {name: getattr(segments, name) for name in _SHARED}
    return Headers(**columns, sets_base=np.ones(len(segments), dtype=np.bool_))


def joined(parts: Sequence[Headers]) -> Headers:
    """Return the rows of all parts in file order."""
    parts = [part for part in parts if len(part)]
    if not parts:
        return NO_HEADERS
    columns = [np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Headers)]
    order = np.argsort(columns[0], kind="stable")
    return Headers(*(column[order] for column in columns))
