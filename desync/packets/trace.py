"""Which headers a frame has, and where each of them begins.

May know the order in which headers are peeled; must not know what they say. For those who change
octets of a frame: they must know which checksums cover what.
"""

from typing import NamedTuple

from desync.capture.frames import Frames
from desync.packets.decode import begin, peel
from desync.packets.layers import Layer
from desync.packets.work import Rows, Work, indices


class Trace(NamedTuple):
    """The headers of one frame.

    Attributes:
        headers: Each header that was peeled, outermost first, with the offset at which it begins.
        last: What the frame is behind them: ``Layer.TCP``, or an end.
        at: Where that begins.
        end: Behind the last octet that was captured of the innermost packet.
        wire: Behind its last octet as it was on the wire.
        quoted: Whether the innermost packet is one that an ICMP error quotes.

    Units:
        Octets from the frame's first.
    """

    headers: tuple[tuple[Layer, int], ...]
    last: Layer
    at: int
    end: int
    wire: int
    quoted: bool


def trace(frames: Frames) -> list[Trace]:
    """Find the headers of frames, in their order. Nothing in a frame makes it raise."""
    found: list[Trace] = []
    while len(found) < len(frames):
        found += _block(frames, len(found))
    return found


def _block(frames: Frames, first: int) -> list[Trace]:
    work = begin(frames, first)
    count = len(work.at)
    starts = frames.offset[first : first + count].tolist()
    headers: list[list[tuple[Layer, int]]] = [[] for _ in range(count)]

    def watch(layer: Layer, rows: Rows, work: Work) -> None:
        for row in indices(rows, count).tolist():
            headers[row].append((layer, int(work.at[row]) - starts[row]))

    peel(work, watch)
    return [
        Trace(
            tuple(headers[row]),
            Layer(int(work.layer[row])),
            int(work.at[row]) - start,
            int(work.end[row]) - start,
            int(work.wire[row]) - start,
            bool(work.quoted[row]),
        )
        for row, start in enumerate(starts)
    ]
