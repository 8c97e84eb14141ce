"""Frames of a capture read again, with all that is written of them: times in their own units, flags.

May know captures and blocks; must not know what becomes of a frame.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np

from desync.capture.clocks import Clock
from desync.capture.frames import Frames, Integers
from desync.capture.open import open_capture
from desync.capture.options import read_options
from desync.capture.packet_blocks import TRAILER, read_packet_blocks
from desync.capture.slices import Slice, read_frames
from desync.capture.state import BlockState, RecordState
from desync.packets.trace import trace
from desync.report.evidence.pcapng_writer import COMMENT, Option
from desync.report.evidence.rewrite import Source

SLICE_OCTETS: Final = 16 << 20

FLAGS: Final = 2
"""``epb_flags``: direction, how the frame was received, errors of the link layer."""

FLAGS_OCTETS: Final = 4


class Taken(NamedTuple):
    """A frame read again.

    Attributes:
        number: ``frame.number``.
        source: The frame.
        place: Its interface's number in its section.
        clock: How that one counts time.
        ticks: Its time in these units; None where it has none.
        options: Flags and comments that the capture has of it.
    """

    number: int
    source: Source
    place: int
    clock: Clock
    ticks: int | None
    options: list[Option]


def take(path: str, wanted: Collection[int]) -> Iterator[Taken]:
    """Read some frames of a capture again, in order.

    Args:
        path: The capture.
        wanted: Their numbers.

    Raises:
        CaptureError: It cannot be read.
    """
    numbers = np.sort(np.array(list(wanted), dtype=np.int64))
    with open_capture(path) as capture:
        for piece in capture.slices(SLICE_OCTETS):
            last = piece.first_frame + len(piece.records)
            here = numbers[(numbers >= piece.first_frame) & (numbers < last)]
            if len(here):
                yield from _of_slice(piece, here - piece.first_frame)


def _of_slice(piece: Slice, rows: Integers) -> Iterator[Taken]:
    whole = read_frames(piece)
    rows = rows[rows < len(whole)]
    frames = replace(
        whole,
        number=whole.number[rows],
        offset=whole.offset[rows],
        captured=whole.captured[rows],
        length=whole.length[rows],
        time=whole.time[rows],
        interface=whole.interface[rows],
    )
    state = piece.state
    records = piece.records[rows] - frames.base
    times = _ticks(frames, state) if isinstance(state, RecordState) else _blocks(frames, records, state)
    for row, (found, (clock, ticks, options)) in enumerate(zip(trace(frames), times, strict=True)):
        start = int(frames.offset[row])
        octets = frames.octets[start : start + int(frames.captured[row])].tobytes()
        index = int(frames.interface[row])
        source = Source(octets, int(frames.length[row]), frames.interfaces[index], found)
        yield Taken(int(frames.number[row]), source, index, clock, ticks, options)


def _ticks(frames: Frames, state: RecordState) -> Iterator[tuple[Clock, int | None, list[Option]]]:
    unit = state.layout.nanoseconds
    clock = Clock(9 if unit == 1 else 6)
    for time in frames.time.tolist():
        yield clock, time // unit, []


def _blocks(
    frames: Frames, records: Integers, state: BlockState
) -> Iterator[tuple[Clock, int | None, list[Option]]]:
    """Times as they were written, whatever their unit, and the options behind the frame."""
    blocks = read_packet_blocks(frames.octets, records, state)
    behind = records + blocks.data + blocks.captured + -blocks.captured % 4
    stops = records + blocks.total - TRAILER
    for row, simple in enumerate(blocks.simple.tolist()):
        clock = state.clocks[int(frames.interface[row])]
        if simple:
            yield clock, None, []
            continue
        octets = frames.octets[int(behind[row]) : int(stops[row])].tobytes()
        options = [(code, _value(code, value, state)) for code, value in read_options(octets, state.order)]
        kept = [
            one for one in options if one[0] == COMMENT or (one[0] == FLAGS and len(one[1]) == FLAGS_OCTETS)
        ]
        yield clock, int(blocks.ticks[row]), kept


def _value(code: int, value: bytes, state: BlockState) -> bytes:
    """An option's value, little-endian."""
    return value[::-1] if code == FLAGS and state.order == ">" else value
