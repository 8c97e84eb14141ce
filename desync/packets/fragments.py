"""IP fragments that may carry TCP, as columns with octets of their own.

May know where each fragment lies in its datagram; must not put datagrams together.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from desync.capture.frames import Frames, Integers, Octets
from desync.packets.work import Pieces, Work, gather

HEADER_OCTETS = 40
"""Octets kept of each IP header; IPv4 fills the first 20 of them."""


@dataclass(frozen=True, slots=True)
class Fragments:
    """IP fragments in file order, as columns of ``n`` rows.

    Attributes:
        frame: ``frame.number``.
        time: Nanoseconds since 1970 UTC, or ``UNKNOWN_TIME``.
        place: Offset in the (uncompressed) capture of the IP header's first octet.
        source_high, source_low, target_high, target_low: Addresses, as in `Segments`.
        protocol: Protocol of the datagram's payload, uint8.
        identification: uint32.
        offset: Where the fragment lies in the datagram's payload.
        more: Whether more follow, bool.
        header: IP headers, uint8 of shape (n, 40).
        octets: Octets of all fragments, one behind the other, uint8 of shape (m,).
        start: Where a fragment's octets begin in ``octets``.
        captured: How many there are.
        length: How many the fragment had.

    Units:
        Octets and nanoseconds; numbers are int64 of shape (n,) where nothing else is said.
    """

    frame: Integers
    time: Integers
    place: Integers
    source_high: NDArray[np.uint64]
    source_low: NDArray[np.uint64]
    target_high: NDArray[np.uint64]
    target_low: NDArray[np.uint64]
    protocol: NDArray[np.uint8]
    identification: NDArray[np.uint32]
    offset: Integers
    more: NDArray[np.bool_]
    header: Octets
    octets: Octets
    start: Integers
    captured: Integers
    length: Integers

    def __len__(self) -> int:
        return int(self.frame.shape[0])


def collect(frames: Frames, first: int, work: Work, pieces: Pieces) -> Fragments:
    """Return the fragments of one step over the block that begins at frame row ``first``."""
    rows = pieces.rows
    captured = np.maximum(work.end[rows] - pieces.payload, 0)
    begins = np.cumsum(captured) - captured
    source = np.arange(int(captured.sum())) + np.repeat(pieces.payload - begins, captured)
    return Fragments(
        frame=frames.number[first + rows],
        time=frames.time[first + rows],
        place=frames.base + work.network[rows],
        source_high=work.source_high[rows],
        source_low=work.source_low[rows],
        target_high=work.target_high[rows],
        target_low=work.target_low[rows],
        protocol=pieces.protocol,
        identification=pieces.identification,
        offset=pieces.offset,
        more=pieces.more,
        header=gather(frames.octets, work.network[rows], HEADER_OCTETS),
        octets=frames.octets[source],
        start=begins,
        captured=captured,
        length=np.maximum(work.wire[rows] - pieces.payload, 0),
    )


def joined(parts: Sequence[Fragments]) -> Fragments:
    """Return the rows of all parts in file order."""
    if not parts:
        return _none()
    columns = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])
        for field in fields(Fragments)
    }
    shift = np.cumsum([0, *(part.octets.shape[0] for part in parts[:-1])])
    columns["start"] += np.repeat(shift, [len(part) for part in parts])
    order = np.argsort(columns["frame"], kind="stable")
    octets = columns.pop("octets")
    return Fragments(octets=octets, **{name: column[order] for name, column in columns.items()})


def _none() -> Fragments:
    numbers, high = np.empty(0, np.int64), np.empty(0, np.uint64)
    return Fragments(
        frame=numbers,
        time=numbers,
        place=numbers,
        source_high=high,
        source_low=high,
        target_high=high,
        target_low=high,
        protocol=np.empty(0, np.uint8),
        identification=np.empty(0, np.uint32),
        offset=numbers,
        more=np.empty(0, np.bool_),
        header=np.empty((0, HEADER_OCTETS), np.uint8),
        octets=np.empty(0, np.uint8),
        start=numbers,
        captured=numbers,
        length=numbers,
    )
