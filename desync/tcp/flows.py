"""Segments grouped by the pair of endpoints that they run between.

May know addresses and ports; must not know connections: several may follow each other on
one pair. VLAN tags and tunnels do not count.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from desync.capture.frames import Integers
from desync.packets.headers import Headers
from desync.packets.segments import Segments

Words: TypeAlias = NDArray[np.uint64]
Addressed: TypeAlias = Segments | Headers
"""Columns of addresses and ports."""


class Pair(NamedTuple):
    """Two endpoints, the lower first; compared by address, then port."""

    low_address: int
    low_port: int
    high_address: int
    high_port: int


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of endpoints as columns of shape (f, 2); column 0 is the lower endpoint.

    Attributes:
        high: Upper 64 bits of the address, uint64.
        low: Lower 64 bits of the address, uint64.
        port: uint16.
    """

    high: Words
    low: Words
    port: NDArray[np.uint16]

    def __len__(self) -> int:
        return int(self.port.shape[0])

    def pair(self, flow: int) -> Pair:
        """Return one flow's endpoints, the addresses as 128-bit numbers."""
        high, low, port = self.high[flow].tolist(), self.low[flow].tolist(), self.port[flow].tolist()
        return Pair(high[0] << 64 | low[0], port[0], high[1] << 64 | low[1], port[1])


@dataclass(frozen=True, slots=True)
class Flows:
    """Which segments run between the same two endpoints.

    Attributes:
        flow: Number of each row's flow, from 0 in order of first appearance, int32.
        side: 0 where the lower endpoint of the pair sent the row, 1 where the higher, uint8.
        rows: All rows, flow after flow, in file order within a flow, int64.
        starts: Flow ``i`` has the rows ``rows[starts[i]:starts[i + 1]]``, int64 of shape (f + 1,).
        keys: Each flow's endpoints, shape (f, 2).
    """

    flow: NDArray[np.int32]
    side: NDArray[np.uint8]
    rows: Integers
    starts: Integers
    keys: Pairs

    def __len__(self) -> int:
        return len(self.keys)

    def rows_of(self, chosen: NDArray[np.bool_]) -> Integers:
        """The rows of some flows, flow after flow; ``chosen`` has shape (f,)."""
        return self.rows[chosen[self.flow[self.rows]]]


def group(segments: Addressed) -> Flows:
    """Group rows by the address/port pair that they run between.

    Rows are sorted by a hash of the pair and then checked against their neighbours by the
    whole pair; where two pairs share a hash, all is sorted again by the pairs themselves.
    """
    side = _sender_is_higher(segments)
    order, new = _sorted_by_hash(segments)
    if not _equal_within(segments, side, order, new):
        order, new = _sorted_by_pair(segments, side)
    begins = np.flatnonzero(new)
    counts = np.diff(begins, append=len(order))
    # A group's rows are in file order, so its first one says when the pair appeared.
    appeared = np.argsort(order[begins], kind="stable")
    begins, counts = begins[appeared], counts[appeared]
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    rows = order[np.arange(len(order)) + np.repeat(begins - starts[:-1], counts)]
    flow = np.empty(len(order), dtype=np.int32)
    flow[rows] = np.repeat(np.arange(len(begins), dtype=np.int32), counts)
    return Flows(flow, side.view(np.uint8), rows, starts, _pairs(segments, side, rows[starts[:-1]]))


def _sender_is_higher(segments: Addressed) -> NDArray[np.bool_]:
    """Return whether the source is the higher endpoint: by address, then port."""
    source, target = segments.source_low, segments.target_low
    ports = segments.source_port > segments.target_port
    higher: NDArray[np.bool_] = (source > target) | ((source == target) & ports)
    high, other = segments.source_high, segments.target_high
    if high.any() or other.any():
        higher = np.where(high == other, higher, high > other)
    return higher


def _sorted_by_hash(segments: Addressed) -> tuple[Integers, NDArray[np.bool_]]:
    """Return rows sorted by a hash of their pair, and which of them differ from the one before.

    The hash is the same from both sides. It shares a 64-bit word with the row's number, so
    that sorting the words sorts the rows and keeps file order; what the number leaves of the
    hash is above 36 bits for any slice that fits into memory.
    """
    count = len(segments.source_low)
    bits = np.uint64(max(count, 1).bit_length())
    mixed = _endpoint_hash(segments.source_high, segments.source_low, segments.source_port)
    mixed += _endpoint_hash(segments.target_high, segments.target_low, segments.target_port)
    mixed = (mixed >> bits << bits) | np.arange(count, dtype=np.uint64)
    mixed.sort()
    order = (mixed & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.int64)
    mixed >>= bits
    new = np.ones(count, dtype=np.bool_)
    np.not_equal(mixed[1:], mixed[:-1], out=new[1:])
    return order, new


def _endpoint_hash(high: Words, low: Words, port: NDArray[np.uint16]) -> Words:
    """Mix an endpoint into 64 bits: multiplications by odd constants, shifts between them."""
    mixed = low ^ port.astype(np.uint64) << np.uint64(40)
    if high.any():
        mixed += high * np.uint64(0x9E3779B97F4A7C15)
    mixed *= np.uint64(0xD6E8FEB86659FD93)
    mixed ^= mixed >> np.uint64(32)
    mixed *= np.uint64(0xCA5A826395121157)
    mixed ^= mixed >> np.uint64(29)
    return mixed


def _equal_within(
    segments: Addressed, side: NDArray[np.bool_], order: Integers, new: NDArray[np.bool_]
) -> bool:
    """Return whether every row of a group has the pair of the row before it."""
    return all(
        bool(((ranked[1:] == ranked[:-1]) | new[1:]).all())
        for ranked in (each[order] for each in _pair_columns(segments, side))
    )


def _pair_columns(segments: Addressed, side: NDArray[np.bool_]) -> list[NDArray[Any]]:
    """Return the columns that make up a row's pair, the lower endpoint first."""
    columns = [
        np.where(side, segments.target_low, segments.source_low),
        np.where(side, segments.source_low, segments.target_low),
        segments.source_port.astype(np.uint32) << np.where(side, np.uint32(0), np.uint32(16))
        | segments.target_port.astype(np.uint32) << np.where(side, np.uint32(16), np.uint32(0)),
    ]
    if segments.source_high.any() or segments.target_high.any():
        columns.append(np.where(side, segments.target_high, segments.source_high))
        columns.append(np.where(side, segments.source_high, segments.target_high))
    return columns


def _sorted_by_pair(segments: Addressed, side: NDArray[np.bool_]) -> tuple[Integers, NDArray[np.bool_]]:
    """Return rows sorted by their pair itself, and which of them differ from the one before."""
    columns = _pair_columns(segments, side)
    order = np.lexsort(columns)
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = False
    for column in columns:
        ranked = column[order]
        new[1:] |= ranked[1:] != ranked[:-1]
    return order, new


def _pairs(segments: Addressed, side: NDArray[np.bool_], rows: Integers) -> Pairs:
    """Return the pairs of some rows."""
    swapped = side[rows, None]

    def lower_first(source: NDArray[Any], target: NDArray[Any]) -> NDArray[Any]:
        both = np.stack([source[rows], target[rows]], axis=1)
        return np.where(swapped, both[:, ::-1], both)

    return Pairs(
        lower_first(segments.source_high, segments.target_high),
        lower_first(segments.source_low, segments.target_low),
        lower_first(segments.source_port, segments.target_port),
    )
