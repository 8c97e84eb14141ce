"""Captures, one after the other: walked, cut into slices, analysed by workers, spooled.

Slices are cut here, in the order of the file; their results are taken in that order too, whoever was
first. May know slices and partials; must not know how a report looks.
"""

import hashlib
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np

from desync.analysis.options import Options
from desync.analysis.plain import none_plain
from desync.analysis.slice import NO_TIMES, clock_of, join_times, keep_all
from desync.archive.captures import CaptureEntry, Progress, SliceEntry, entry_of
from desync.archive.discovery import STANDARD_INPUT
from desync.archive.spool import Spool
from desync.archive.tasks import Analysed, Packed, Unread, analyse_slice, keep_more, pack
from desync.archive.workers import Workers
from desync.capture.open import CaptureReader
from desync.capture.problems import Problem
from desync.capture.slices import Slice
from desync.findings.finding import Facts
from desync.findings.quality import CaptureQuality
from desync.packets.reassembly import Datagram, Reassembler, datagram_segments
from desync.tcp.numbering import StreamEvents
from desync.tcp.pair_keys import Keys, among, unique

ALONE_OCTETS: Final = 32 << 20
LEAST_OCTETS: Final = 8 << 20
MOST_OCTETS: Final = 16 << 20
"""Slices for one process and for several: smaller, as several are in memory at once; not too small, as
what lies in two slices is examined twice."""

CARRIED_OCTETS: Final = 8 << 20
"""Slices that carry their octets: those are copied when they are kept, and to reach another process."""

SLICES_EACH: Final = 2
"""Slices of a capture for each process, where it is large enough: the last ones end about together."""


def take_capture(
    capture: CaptureReader,
    index: int,
    *,
    options: Options,
    facts: Facts,
    spool: Spool,
    workers: Workers,
    done: Callable[[CaptureEntry], None],
    progress: Progress | None = None,
) -> None:
    """Cut a capture into slices, and have them analysed.

    Args:
        capture: The capture, open.
        index: Its number in the report.
        options: What to look for.
        facts: What is known of the rest of the archive.
        spool: Where results go.
        workers: Who analyses; slices of captures before may still be with them.
        done: Called when all results have been taken, maybe long after this has returned.
        progress: Told how far it has come.
    """
    state = _Running(capture, index, options, facts, spool, workers, progress)
    for piece in capture.slices(slice_octets(options, capture)):
        work = partial(analyse_slice, piece, index, options, facts, state.watch)
        # A slice that carries its octets is here, in a pipe and there.
        weight = (piece.stop - piece.start) * (1 if piece.octets is None else 4)
        workers.put(work, partial(state.take, piece, state.watch), weight)
    workers.then(lambda: done(state.finish()))


def slice_octets(options: Options, capture: CaptureReader) -> int:
    """How large slices are to be; it does not change the report."""
    if not capture.rereadable or capture.size is None:
        return min(options.slice_octets, CARRIED_OCTETS)
    if options.jobs == 1:
        return min(options.slice_octets, ALONE_OCTETS)
    share = capture.size // (options.jobs * SLICES_EACH) + 1
    return min(options.slice_octets, max(LEAST_OCTETS, min(share, MOST_OCTETS)))


class _Running:
    """A capture while the results of its slices come in, in order.

    Attributes:
        watch: Pairs that slices before kept. What is not kept of a capture that cannot be read again
            is gone: each slice has to go on with them.
    """

    def __init__(  # noqa: PLR0917 - all of them at one place
        self,
        capture: CaptureReader,
        index: int,
        options: Options,
        facts: Facts,
        spool: Spool,
        workers: Workers,
        progress: Progress | None,
    ) -> None:
        self.capture = capture
        self.index = index
        self.options = options
        self.facts = facts
        self.spool = spool
        self.workers = workers
        self.progress = progress
        self.slices: list[SliceEntry] = []
        self.events: list[StreamEvents] = []
        self.times = NO_TIMES
        self.tcp_frames = 0
        self.opaque: Counter[tuple[int | None, str]] = Counter()
        self.fragments = Reassembler()
        self.datagrams: list[Datagram] = []
        self.unread: list[Problem] = []
        self.watch: Keys | None = None
        self._more: Callable[[], Packed] | None = None
        self._reached = 0

    def take(self, piece: Slice, watched: Keys | None, found: Analysed | Unread) -> None:
        """Take the result of one slice.

        Args:
            piece: The slice.
            watched: The pairs that it was told to keep.
            found: What was found in it.
        """
        self._tell(piece)
        if isinstance(found, Unread):
            self.unread.append(_unread(piece, found.reason))
            return
        if not self.capture.rereadable:
            self._watch(piece, watched, found)
        self.times = join_times(self.times, found.times, found.first_frame)
        self.tcp_frames += found.tcp_frames
        self.opaque.update({(link, reason): count for link, reason, count in found.opaque})
        self.datagrams += self.fragments.feed(found.fragments)
        at = self.spool.put(piece) if self.capture.rereadable else None
        self._put(at, found.packed, found.events.keys)
        self.events.append(found.events)

    def finish(self) -> CaptureEntry:
        """Add what was put together from fragments, and say all that is known of the capture."""
        if self.progress is not None:
            self.progress(self.capture.path, 0, 0)
        self._settle()
        if self.datagrams:
            events, kept, speaking = keep_all(datagram_segments(self.datagrams), self.index, self.options)
            # They belong to pairs whose other frames lie in slices; alone they say nothing.
            self._put(None, pack(kept, speaking, ((),) * len(kept), none_plain(self.index)), events.keys)
            self.events.append(events)
        return self._entry()

    def _tell(self, piece: Slice) -> None:
        octets = piece.stop - self._reached if self.capture.rereadable else 0
        if self.progress is not None and (octets or len(piece.records)):
            self.progress(self.capture.path, octets, len(piece.records))
        self._reached = piece.stop

    def _watch(self, piece: Slice, watched: Keys | None, found: Analysed) -> None:
        """Go on with every pair kept before; make up for what a slice in flight did not know."""
        known = self.watch
        if known is not None and known is not watched:
            missed = known[among(known, found.events.keys) & ~among(known, found.packed.keys)]
            if len(missed):
                self._settle()
                self._more = self.workers.ask(partial(keep_more, piece, self.index, missed))
        keys = unique(found.packed.keys)
        self.watch = keys if known is None else unique(np.concatenate([known, keys]))

    def _settle(self) -> None:
        if self._more is not None:
            more, self._more = self._more(), None
            # They are examined again, together with what the slices before have of them.
            self._put(None, more, more.keys[:0])

    def _put(self, piece: int | None, packed: Packed, held: Keys) -> None:
        self.slices.append(entry_of(piece, packed, held, self.spool))

    def _entry(self) -> CaptureEntry:
        capture = self.capture
        return CaptureEntry(
            index=self.index,
            path=capture.path,
            sha256=_sha256(capture.path) if self.options.hash and capture.path != STANDARD_INPUT else None,
            size=capture.size,
            format=capture.format,
            compression=capture.compression,
            snap_length=capture.snap_length,
            interfaces=tuple(capture.interfaces),
            comments=tuple(capture.comments),
            dropped=capture.dropped,
            frames=capture.frames,
            tcp_frames=self.tcp_frames,
            times=self.times,
            quality=CaptureQuality(
                index=self.index,
                frames=capture.frames,
                problems=(*capture.problems, *self.unread),
                clock=clock_of(self.times),
                opaque=tuple(
                    sorted(((link, reason, count) for (link, reason), count in self.opaque.items()), key=str)
                ),
            ),
            damage=tuple(capture.damage),
            rereadable=capture.rereadable,
            slices=self.slices,
            events=self.events,
        )


def _unread(piece: Slice, reason: str) -> Problem:
    octets = piece.stop - piece.start
    message = f"octets {piece.start} to {piece.stop} could not be read again: {reason}"
    return Problem("unreadable", piece.start, octets, piece.first_frame - 1, message)


def _sha256(path: str) -> str:
    with open(path, "rb") as file:  # noqa: PTH123 - a path from the caller, as it is
        return hashlib.file_digest(file, "sha256").hexdigest()
