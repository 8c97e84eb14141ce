"""Segments of pairs that slices have let go, read once more.

May know slices and columns; must not know connections.
"""

from collections.abc import Sequence

from desync.analysis.kept import Kept, joined_kept, keep
from desync.analysis.lighter import lighten
from desync.capture.slices import Slice, read_frames
from desync.errors import UnreadableFile
from desync.packets.decode import decode
from desync.packets.segments import NO_SEGMENTS, Segments
from desync.tcp.flows import group
from desync.tcp.pair_keys import Keys, among, keys_of

Unread = list[tuple[Slice, str]]
"""Slices that the operating system would not hand over, and why."""


def more_of(pieces: Sequence[Slice], capture: int, wanted: Keys) -> tuple[Kept, Unread]:
    """Keep the segments of some pairs in consecutive slices.

    Args:
        pieces: The slices.
        capture: Index of their capture.
        wanted: Which pairs.
    """
    parts, unread = [_kept(NO_SEGMENTS, capture, wanted, rereadable=True)], []
    for piece in pieces:
        try:
            segments = decode(read_frames(piece)).segments
        except UnreadableFile as error:
            unread.append((piece, error.reason))
            continue
        parts.append(_kept(segments, capture, wanted, rereadable=piece.octets is None))
    return joined_kept(parts), unread


def _kept(segments: Segments, capture: int, wanted: Keys, *, rereadable: bool) -> Kept:
    flows = group(segments)
    chosen = among(keys_of(flows.keys), wanted)
    kept = keep(segments, flows, chosen, capture, rereadable=rereadable)
    return lighten(kept, segments.octets, segments.payload[flows.rows_of(chosen)])
