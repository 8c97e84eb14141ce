"""A slice: what a worker needs to read some frames of a capture apart from all others.

May know reading states and files; must not know how slices were cut.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from desync.capture.clocks import nanoseconds, record_nanoseconds
from desync.capture.frames import Frames, Integers, Octets
from desync.capture.headers import read_headers
from desync.capture.packet_blocks import PacketBlocks, read_packet_blocks
from desync.capture.remote import read_range
from desync.capture.state import BlockState, RecordState, State
from desync.capture.url import Url
from desync.errors import UnreadableFile
from desync.units import UNKNOWN_TIME


@dataclass(frozen=True, slots=True)
class Slice:
    """Consecutive frames of a capture; small, and made to be pickled.

    Attributes:
        path: The capture, as the caller named it.
        start, stop: Octet range in the uncompressed capture.
        first_frame: ``frame.number`` of the first frame.
        records: Offset of each frame's record or block in the uncompressed capture.
        state: Byte order, format variant and interfaces.
        octets: Octets ``start`` to ``stop`` where the input cannot be read twice, else None.
    """

    path: str
    start: int
    stop: int
    first_frame: int
    records: Integers
    state: State
    octets: bytes | None


def within(pieces: Sequence[Slice], first: int, last: int) -> tuple[Slice, ...]:
    """The parts of consecutive slices that hold the frames with the numbers ``first`` to ``last``."""
    found = []
    for piece in pieces:
        begin = max(first - piece.first_frame, 0)
        end = min(last + 1 - piece.first_frame, len(piece.records))
        if begin < end:
            stop = int(piece.records[end]) if end < len(piece.records) else piece.stop
            records = piece.records[begin:end]
            number = piece.first_frame + begin
            found.append(
                replace(piece, start=int(records[0]), stop=stop, first_frame=number, records=records)
            )
    return tuple(found)


_NOTHING: Final = np.empty(0, dtype=np.uint8)


def read_frames(piece: Slice, ahead: Octets = _NOTHING) -> Frames:
    """Read the frames of a slice, with array operations only.

    A file that has become shorter since the slice was cut gives the frames that are left; the
    last of them may be cut.

    Args:
        piece: The slice.
        ahead: Octets to put before its own in the buffer.

    Raises:
        UnreadableFile: The file is gone, or the operating system would not hand it over.
    """
    octets = _octets(piece, ahead)
    base = piece.start - len(ahead)
    if isinstance(piece.state, RecordState):
        return _record_frames(piece, piece.state, octets, base)
    return _block_frames(piece, piece.state, octets, base)


def _octets(piece: Slice, ahead: Octets) -> Octets:
    if piece.octets is not None:
        return _behind(ahead, np.frombuffer(piece.octets, dtype=np.uint8))
    try:
        if isinstance(piece.path, Url):
            return _behind(ahead, read_range(piece.path, piece.start, piece.stop - piece.start))
        with open(piece.path, "rb", buffering=0) as file:  # noqa: PTH123 - no buffer, no Path
            return _read_at(file.fileno(), piece.start, piece.stop - piece.start, ahead)
    except OSError as error:
        raise UnreadableFile(piece.path, error.strerror or str(error)) from error


def _behind(ahead: Octets, own: Octets) -> Octets:
    return np.concatenate([ahead, own]) if len(ahead) else own


def _read_at(descriptor: int, offset: int, octets: int, ahead: Octets) -> Octets:
    # Read, not mapped: a mapped file that shrinks kills the process that looks at it. Into an
    # array, not into bytes: NumPy asks for huge pages, which halves the cost.
    result = np.empty(len(ahead) + octets, dtype=np.uint8)
    result[: len(ahead)] = ahead
    room, done = result[len(ahead) :].data, 0
    while done < octets:
        got = os.preadv(descriptor, [room[done:]], offset + done)
        if not got:
            break
        done += got
    del room
    result.flags.writeable = False
    return result[: len(ahead) + done]


def _record_frames(piece: Slice, state: RecordState, octets: Octets, base: int) -> Frames:
    layout = state.layout
    rows = piece.records - base
    rows = rows[rows + layout.header <= octets.size]
    headers = read_headers(octets, rows, layout)
    data = rows + layout.header
    return Frames(
        octets=octets,
        base=base,
        number=np.arange(piece.first_frame, piece.first_frame + rows.size, dtype=np.int64),
        offset=data,
        captured=np.minimum(headers.captured, octets.size - data),
        length=headers.length,
        time=record_nanoseconds(headers.seconds, headers.fraction, layout.nanoseconds),
        interface=np.zeros(rows.size, dtype=np.int32),
        interfaces=(state.interface,),
    )


def _block_frames(piece: Slice, state: BlockState, octets: Octets, base: int) -> Frames:
    rows = piece.records - base
    # An SPB is the shortest block with a frame.
    rows = rows[rows + 16 <= octets.size]
    blocks = read_packet_blocks(octets, rows, state)
    data = np.minimum(rows + blocks.data, octets.size)
    return Frames(
        octets=octets,
        base=base,
        number=np.arange(piece.first_frame, piece.first_frame + rows.size, dtype=np.int64),
        offset=data,
        captured=np.minimum(blocks.captured, octets.size - data),
        length=blocks.length,
        time=_block_times(blocks, state),
        interface=blocks.interface.astype(np.int32),
        interfaces=state.interfaces,
    )


def _block_times(blocks: PacketBlocks, state: BlockState) -> Integers:
    if len(state.clocks) == 1:
        times = nanoseconds(blocks.ticks, state.clocks[0])
    else:
        times = np.zeros(blocks.ticks.shape, dtype=np.int64)
        for row in np.unique(blocks.interface).tolist():
            chosen = blocks.interface == row
            times[chosen] = nanoseconds(blocks.ticks[chosen], state.clocks[row])
    times[blocks.simple] = UNKNOWN_TIME
    return times
