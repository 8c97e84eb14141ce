"""The segments of one address pair, as plain lists.

Columns are NumPy while all traffic is looked at; the few segments of one mail connection
are walked one by one, and plain integers are quicker for that. May know how rows are taken
out of columns; must not know what a connection is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from desync.capture.frames import Integers
from desync.packets.segments import Segments
from desync.tcp.file_order import file_order

FIN: Final = 0x01
SYN: Final = 0x02
RST: Final = 0x04
PSH: Final = 0x08
ACK: Final = 0x10
URG: Final = 0x20

PASSED: Final = -1
"""Stands for ``payload`` where a segment's octets were captured and are not kept (``tcp.thinned``)."""

Columns: TypeAlias = dict[str, NDArray[np.generic]]


@dataclass(frozen=True, slots=True)
class Rows:
    """Segments of one address/port pair in file order.

    Attributes:
        octets: The buffer that ``network``, ``transport`` and ``payload`` index.
        capture: Index of the capture that holds the segment.
        side: 0 where the lower endpoint of the pair sent it, 1 where the higher did.

    The others are the columns of ``Segments``, in their units.
    """

    octets: memoryview
    capture: list[int]
    frame: list[int]
    time: list[int]
    side: list[int]
    sequence: list[int]
    acknowledgment: list[int]
    flags: list[int]
    window: list[int]
    network: list[int]
    transport: list[int]
    payload: list[int]
    captured: list[int]
    length: list[int]

    def __len__(self) -> int:
        return len(self.frame)

    def octets_of(self, row: int) -> memoryview:
        """The payload octets that the capture holds of a segment."""
        start = self.payload[row]
        if start == PASSED:
            return self.octets[:0]
        return self.octets[start : start + self.captured[row]]

    def cut(self, start: int, stop: int) -> "Rows":
        """The rows ``start`` to ``stop``, over the same octets."""
        return Rows(self.octets, *(getattr(self, name)[start:stop] for name in NAMES))

    def pick(self, indexes: list[int]) -> "Rows":
        """Some rows, in the order given, over the same octets."""
        if len(indexes) == len(self) and indexes == list(range(len(self))):
            return self
        columns = [[column[index] for index in indexes] for column in (getattr(self, name) for name in NAMES)]
        return Rows(self.octets, *columns)


NAMES: Final = (
    "capture",
    "frame",
    "time",
    "side",
    "sequence",
    "acknowledgment",
    "flags",
    "window",
    "network",
    "transport",
    "payload",
    "captured",
    "length",
)


BUFFER_OFFSETS: Final = frozenset({"network", "transport", "payload"})
"""Columns that index ``Rows.octets``."""


def take_rows(segments: Segments, side: NDArray[np.uint8], order: Integers, capture: int) -> Rows:
    """Take segments out of their columns.

    Args:
        segments: All segments of a slice.
        side: Who sent each of them (``Flows.side``).
        order: Which rows to take, in which order.
        capture: Index of the capture that they are in.
    """
    columns = [
        [capture] * len(order)
        if name == "capture"
        else (side if name == "side" else getattr(segments, name))[order].tolist()
        for name in NAMES
    ]
    return Rows(memoryview(segments.octets.data), *columns)


def join_rows(parts: list[Rows], rank: Callable[[int], int]) -> Rows:
    """Put the rows of one pair from several slices together.

    Args:
        parts: The rows of each slice.
        rank: Says in which order captures follow each other; the same for those whose frames' times say.
    """
    if len(parts) == 1:
        return parts[0]
    columns: dict[str, list[int]] = {name: [] for name in NAMES}
    octets = bytearray()
    for part in parts:
        shift = len(octets)
        octets += part.octets
        for name, column in columns.items():
            values: list[int] = getattr(part, name)
            column.extend(_shifted(values, shift) if name in BUFFER_OFFSETS else values)
    capture, frame, time = (np.array(columns[name], dtype=np.int64) for name in ("capture", "frame", "time"))
    order = file_order(capture, frame, time, rank).tolist()
    return Rows(memoryview(bytes(octets)), *([column[row] for row in order] for column in columns.values()))


def _shifted(offsets: list[int], shift: int) -> list[int]:
    if PASSED in offsets:
        return [PASSED if offset == PASSED else offset + shift for offset in offsets]
    return [offset + shift for offset in offsets]
