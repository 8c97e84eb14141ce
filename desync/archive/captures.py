"""Captures of an archive, one after the other: walked, cut into slices, analysed, spooled.

May know slices and partials; must not know how a report looks.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from desync.analysis.kept import Kept, Reader
from desync.analysis.options import Options
from desync.analysis.record import Outcome
from desync.analysis.slice import NO_TIMES, Times, analyse, clock_of, join_times, keep_all
from desync.archive.discovery import STANDARD_INPUT
from desync.archive.spool import Spool
from desync.capture.frames import Interface
from desync.capture.notes import Comment
from desync.capture.open import open_capture
from desync.capture.places import read_places
from desync.capture.slices import Slice
from desync.findings.finding import Facts
from desync.findings.quality import CaptureQuality
from desync.packets.reassembly import Datagram, Reassembler, datagram_segments
from desync.tcp.numbering import StreamEvents
from desync.tcp.pair_keys import Keys

Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with a path, and how many octets of the file as stored and how many frames came on top."""

HASH_OCTETS: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class SliceEntry:
    """What stays in memory of an analysed slice.

    Attributes:
        piece: The slice, without its octets; None for reassembled datagrams.
        keys: The pairs that it kept.
        held: All its pairs.
        kept, outcomes: Where these lie in the spool.
    """

    piece: Slice | None
    keys: Keys
    held: Keys
    kept: int
    outcomes: int


@dataclass(slots=True)
class CaptureEntry:
    """What is known of a capture once it has been analysed.

    The names are those of the report (DESIGN.md, section 6).
    """

    index: int
    path: str
    sha256: str | None
    size: int | None
    format: str
    compression: str | None
    snap_length: int
    interfaces: tuple[Interface, ...]
    comments: tuple[Comment, ...]
    dropped: int | None
    frames: int
    tcp_frames: int
    times: Times
    quality: CaptureQuality
    damage: tuple[tuple[int, int], ...]
    rereadable: bool
    slices: list[SliceEntry]
    events: list[StreamEvents]

    @property
    def link_types(self) -> tuple[int | None, ...]:
        """Its link types, each once, in order."""
        return tuple(dict.fromkeys(one.link_type for one in self.interfaces))

    def reader(self) -> Reader:
        """Reads octets of this capture by place."""
        return lambda places, lengths: (
            read_places(self.path, places, lengths) if len(places) else np.empty(0, np.uint8)
        )


def analyse_capture(
    path: str, index: int, options: Options, facts: Facts, spool: Spool, *, progress: Progress | None = None
) -> CaptureEntry:
    """Analyse all slices of a capture.

    Raises:
        CaptureError: It cannot be analysed at all.
    """
    with open_capture(path) as capture:
        state = _Running(index, options, facts, spool, capture.rereadable)
        taken = 0
        for piece in capture.slices(options.slice_octets):
            frames = state.take(piece)
            if progress is not None:
                progress(path, piece.stop - taken if capture.rereadable else 0, frames)
                taken = piece.stop
        state.finish()
        return CaptureEntry(
            index=index,
            path=path,
            sha256=_sha256(path) if options.hash and path != STANDARD_INPUT else None,
            size=capture.size,
            format=capture.format,
            compression=capture.compression,
            snap_length=capture.snap_length,
            interfaces=tuple(capture.interfaces),
            comments=tuple(capture.comments),
            dropped=capture.dropped,
            frames=capture.frames,
            tcp_frames=state.tcp_frames,
            times=state.times,
            quality=CaptureQuality(
                index=index,
                frames=capture.frames,
                problems=tuple(capture.problems),
                clock=clock_of(state.times),
                opaque=tuple(
                    sorted(((link, reason, count) for (link, reason), count in state.opaque.items()), key=str)
                ),
            ),
            damage=tuple(capture.damage),
            rereadable=capture.rereadable,
            slices=state.slices,
            events=state.events,
        )


class _Running:
    """A capture while its slices come in."""

    def __init__(self, index: int, options: Options, facts: Facts, spool: Spool, rereadable: bool) -> None:  # noqa: FBT001
        self.index = index
        self.options = options
        self.facts = facts
        self.spool = spool
        self.rereadable = rereadable
        self.slices: list[SliceEntry] = []
        self.events: list[StreamEvents] = []
        self.times = NO_TIMES
        self.tcp_frames = 0
        self.opaque: Counter[tuple[int | None, str]] = Counter()
        self.fragments = Reassembler()
        self.datagrams: list[Datagram] = []
        self.watch: Keys | None = None

    def take(self, piece: Slice) -> int:
        """Analyse one slice.

        Returns:
            How many frames it has.
        """
        partial = analyse(piece, self.index, self.options, self.facts, self.watch)
        if not self.rereadable:
            # What is not kept now cannot be read again: go on with every pair that was kept before.
            keys = partial.kept.keys
            self.watch = (
                np.unique(np.concatenate([self.watch, keys])) if self.watch is not None else np.unique(keys)
            )
        self.times = join_times(self.times, partial.times, partial.first_frame)
        self.tcp_frames += partial.tcp_frames
        self.opaque.update({(link, reason): count for link, reason, count in partial.opaque})
        self.datagrams += self.fragments.feed(partial.fragments)
        self._put(_without_octets(piece), partial.kept, partial.events, partial.outcomes)
        return partial.frames

    def finish(self) -> None:
        """Add what was put together from fragments."""
        if self.datagrams:
            events, kept = keep_all(datagram_segments(self.datagrams), self.index)
            # They belong to pairs whose other frames lie in slices; alone they say nothing.
            self._put(None, kept, events, ((),) * len(kept))

    def _put(
        self, piece: Slice | None, kept: Kept, events: StreamEvents, outcomes: Sequence[Sequence[Outcome]]
    ) -> None:
        self.slices.append(
            SliceEntry(piece, kept.keys, events.keys, self.spool.put(kept), self.spool.put(outcomes))
        )
        self.events.append(events)


def _without_octets(piece: Slice) -> Slice:
    return (
        Slice(piece.path, piece.start, piece.stop, piece.first_frame, piece.records, piece.state, None)
        if piece.octets
        else piece
    )


def _sha256(path: str) -> str:
    with open(path, "rb") as file:  # noqa: PTH123 - a path from the caller, as it is
        return hashlib.file_digest(file, "sha256").hexdigest()


def kept_of(entry: SliceEntry, spool: Spool) -> Kept:
    """The kept segments of a slice, from the spool."""
    kept: Kept = spool.get(entry.kept)
    return kept


def outcomes_of(entry: SliceEntry, spool: Spool) -> Iterator[tuple[Keys, tuple[Outcome, ...]]]:
    """The outcomes of a slice, from the spool, with the key of each pair."""
    yield from zip(entry.keys, spool.get(entry.outcomes), strict=True)
