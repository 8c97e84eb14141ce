"""Every TCP connection of captures, mail or not, with both its streams.

May know slices and sets; must not know mail.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from desync.analysis.examine import connections as connections_of
from desync.analysis.kept import Kept, Reader, keep
from desync.analysis.options import Options
from desync.analysis.slice import NO_TIMES, Times, join_times, keep_all, times_of
from desync.analysis.stitch import joined_rows
from desync.archive.discovery import discover
from desync.archive.sets import Member, rotated_sets
from desync.capture.archives import open_members
from desync.capture.frames import Integers, Octets
from desync.capture.open import CaptureReader
from desync.capture.opened import Opened
from desync.capture.places import read_places
from desync.capture.slices import read_frames
from desync.errors import CaptureError, NotACapture
from desync.packets.decode import decode
from desync.packets.reassembly import Datagram, Reassembler, datagram_segments
from desync.tcp.connection import Connection
from desync.tcp.flows import group
from desync.tcp.pair_keys import unique


@dataclass(frozen=True, slots=True)
class _Taken:
    """A capture with all its segments kept."""

    member: Member
    kept: list[Kept]
    read: Reader


def connections(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]], *, options: Options | None = None
) -> Iterator[Connection]:
    """Yield every TCP connection, in the order of their first frames.

    Args:
        paths: Captures. Several are taken as one rotated set where they are one.
        options: Mail ports (they tell client from server where no SYN does) and the slices' size.

    Raises:
        CaptureError: A capture cannot be analysed at all.
    """
    chosen = options or Options()
    several = [paths] if isinstance(paths, str | os.PathLike) else paths
    taken: list[_Taken] = []
    for file in discover(os.fspath(path) for path in several):
        for one in open_members(file.path):
            try:
                taken.append(_take(one, len(taken), chosen))
            except NotACapture:
                if one.path == file.path:
                    raise
    for members in rotated_sets([one.member for one in taken]):
        rank = {index: position for position, index in enumerate(members)}
        kept = [(each, taken[index].read) for index in members for each in taken[index].kept]
        if not kept:
            continue
        wanted = unique(np.concatenate([each.keys for each, _ in kept]))
        found = [
            connection
            for pair, rows in joined_rows(kept, wanted, rank.__getitem__)
            for connection in connections_of(rows, pair, chosen)
        ]
        yield from sorted(found, key=lambda one: (rank[one.rows.capture[0]], one.rows.frame[0]))


def _take(one: Opened | CaptureError, index: int, options: Options) -> _Taken:
    if isinstance(one, CaptureError):
        raise one
    with CaptureReader(one) as capture:
        kept: list[Kept] = []
        times = NO_TIMES
        fragments = Reassembler()
        datagrams: list[Datagram] = []
        for piece in capture.slices(options.slice_octets):
            frames = read_frames(piece)
            decoded = decode(frames)
            flows = group(decoded.segments)
            everything = np.ones(len(flows), dtype=np.bool_)
            kept.append(keep(decoded.segments, flows, everything, index, rereadable=capture.rereadable))
            datagrams += fragments.feed(decoded.fragments)
            times = join_times(times, times_of(frames), piece.first_frame)
        if datagrams:
            kept.append(keep_all(datagram_segments(datagrams), index, options)[1])
        return _Taken(_member(capture, index, times), kept, _reader(one.path))


def _member(capture: CaptureReader, index: int, times: Times) -> Member:
    known = times.known > 0
    link_types = tuple(dict.fromkeys(one.link_type for one in capture.interfaces))
    return Member(
        index, capture.path, link_types, times.earliest if known else None, times.latest if known else None
    )


def _reader(path: str) -> Reader:
    def read(places: Integers, lengths: Integers) -> Octets:
        return read_places(path, places, lengths) if len(places) else np.empty(0, np.uint8)

    return read
