"""The TCP header: rows of a block become segments, or headers that are none.

May know RFC 9293, section 3.1; must not know which segments belong together.
"""

from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from desync.capture.frames import Frames, Integers, Octets
from desync.packets.headers import Headers
from desync.packets.layers import Layer
from desync.packets.segments import Segments
from desync.packets.work import Rows, Work, column, gather, indices

NEEDED = 16
"""Octets up to and including the window; Wireshark asks for as many before it knows a stream."""

_KINDS = {
    "source_high": np.uint64, "source_low": np.uint64, "target_high": np.uint64, "target_low": np.uint64,
    "source_port": np.uint16, "target_port": np.uint16, "flags": np.uint16, "window": np.uint16,
    "sequence": np.uint32, "acknowledgment": np.uint32,
}  # fmt: skip


class SegmentColumns:
    """Columns of segments while they are filled, block after block.

    Args:
        frames: The frames, as many as there can be segments.
    """

    def __init__(self, frames: Frames) -> None:
        self._frames = frames
        self._filled = 0
        names = [field.name for field in fields(Segments) if field.name != "octets"]
        self._columns = {name: np.empty(len(frames), _KINDS.get(name, np.int64)) for name in names}

    def add(self, first: int, work: Work, rows: Rows, header: Octets) -> None:
        """Append the segments ``rows`` of the block that begins at frame row ``first``."""
        at, end, wire = work.at[rows], work.end[rows], work.wire[rows]
        size = _size(header)
        payload = np.minimum(at + size, end)
        filled = slice(self._filled, self._filled + at.shape[0])
        self._filled = filled.stop
        at_frames: Rows = slice(first, first + at.shape[0]) if isinstance(rows, slice) else rows + first
        into = self._columns
        into["frame"][filled] = self._frames.number[at_frames]
        into["time"][filled] = self._frames.time[at_frames]
        into["network"][filled] = work.network[rows]
        into["place"][filled] = work.network[rows] + self._frames.base
        into["transport"][filled] = at
        into["payload"][filled] = payload
        into["captured"][filled] = end - payload
        into["length"][filled] = wire - at - size
        for name in ("source_high", "source_low", "target_high", "target_low"):
            into[name][filled] = getattr(work, name)[rows]
        into["source_port"][filled] = column(header, 0, ">u2")
        into["target_port"][filled] = column(header, 2, ">u2")
        into["sequence"][filled] = column(header, 4, ">u4")
        into["acknowledgment"][filled] = column(header, 8, ">u4")
        into["flags"][filled] = _flags(header)
        into["window"][filled] = column(header, 14, ">u2")

    def segments(self) -> Segments:
        """Return what was filled."""
        columns = {name: column[: self._filled] for name, column in self._columns.items()}
        return Segments(octets=self._frames.octets, **columns)


def _size(header: Octets) -> Integers:
    return (header[:, 12] >> 4).astype(np.int64) << 2


def _flags(header: Octets) -> NDArray[np.uint16]:
    # Data offset, three reserved bits, nine flags (the ninth is AE, once NS).
    return column(header, 12, ">u2").astype(np.uint16) & np.uint16(0x01FF)


def peel(frames: Frames, first: int, work: Work, rows: Rows, into: SegmentColumns) -> Headers | None:
    """Turn the rows that have come to a TCP header into segments.

    Args:
        frames: The frames.
        first: Row of ``frames`` at which the block begins.
        work: The block. Rows that are no segments end as CUT, MALFORMED or OTHER (quoted).
        rows: Rows of the block at a TCP header.
        into: Where the segments go.

    Returns:
        Headers that Wireshark counts and that are no segments, or None.
    """
    header = work.read(rows, NEEDED)
    at, size = work.at[rows], _size(header)
    room = work.wire[rows] - at
    present = (at + NEEDED <= work.end[rows]) & (room >= NEEDED)
    quoted = work.quoted[rows]
    # A data offset below 5 or behind the packet's end: RFC 9293, section 3.1.
    good = present & (size >= 20) & (size <= room) & ~quoted
    if good.all():
        into.add(first, work, rows, header)
        return None
    ids = indices(rows, len(work.at))
    some = np.flatnonzero(good)
    into.add(first, work, ids[some], header[some])
    ends = np.select([quoted, ~present & (room >= NEEDED)], [Layer.OTHER, Layer.CUT], Layer.MALFORMED)
    work.layer[ids] = np.where(good, Layer.TCP, ends)
    some = np.flatnonzero(present & ~good)
    teaches = (size <= room)[some] & ~quoted[some]
    return _counted(frames.number[first + ids[some]], work, ids[some], header[some], teaches)


def cut_first_fragments(frames: Frames, first: int, work: Work, fragments: NDArray[np.intp]) -> Headers:
    """Return the TCP headers in first fragments that were cut: Wireshark leaves those as they are."""
    header = gather(work.octets, work.at[fragments], NEEDED)
    return _counted(
        frames.number[first + fragments], work, fragments, header, np.zeros(len(fragments), np.bool_)
    )


def _counted(
    frame: Integers, work: Work, ids: NDArray[np.intp], header: Octets, sets_base: NDArray[np.bool_]
) -> Headers:
    """Return the TCP headers of rows that are no segments."""
    return Headers(
        frame=frame,
        source_high=work.source_high[ids],
        source_low=work.source_low[ids],
        target_high=work.target_high[ids],
        target_low=work.target_low[ids],
        source_port=column(header, 0, ">u2").astype(np.uint16),
        target_port=column(header, 2, ">u2").astype(np.uint16),
        sequence=column(header, 4, ">u4").astype(np.uint32),
        acknowledgment=column(header, 8, ">u4").astype(np.uint32),
        flags=_flags(header),
        sets_base=sets_base,
    )
