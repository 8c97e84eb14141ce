"""Captures, one after the other: walked, cut into slices, analysed by workers, spooled.

Slices are cut here, in the order of the file; their results are taken in that order too, whoever was
first. May know slices and partials; must not know how a report looks.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Final

import numpy as np

from desync.analysis.options import Options
from desync.analysis.plain import none_plain
from desync.analysis.slice import NO_TIMES, Terms, clock_of, join_times, keep_all, opaque_rows
from desync.archive.captures import CaptureEntry, Progress, SliceEntry, entry_of
from desync.archive.discovery import STANDARD_INPUT
from desync.archive.executor import WorkLost
from desync.archive.hashes import hash_of
from desync.archive.shared import given_up, not_kept, shared_slice, shorter, unread
from desync.archive.spool import Spool
from desync.archive.tasks import Analysed, More, Packed, analyse_slices, keep_more, pack
from desync.archive.workers import Workers
from desync.capture.open import CaptureReader
from desync.capture.problems import Problem
from desync.capture.slices import Slice
from desync.findings.finding import Facts
from desync.findings.quality import CaptureQuality
from desync.packets.reassembly import Datagram, Reassembler, datagram_segments
from desync.tcp.numbering import NO_EVENTS, StreamEvents
from desync.tcp.pair_keys import Keys, among, unique

LEAST_OCTETS: Final = 8 << 20
MOST_OCTETS: Final = 32 << 20
"""How large slices are: not too large, as several are in memory at once."""

MOST_SLICES: Final = 8
MOST_FRAMES: Final = 1 << 18
"""How many slices are analysed together at most, and by one of several processes with how many frames."""

HEAVY: Final = 2 << 20
FEW_SLICES: Final = 2
"""Where the outcomes of slices take so many octets each, only so few are analysed together."""

CARRIED_OCTETS: Final = 8 << 20
"""Slices that carry their octets: those are copied when they are kept, and to reach another process."""

CARRIED: Final = 4
HELD: Final = 2
"""How many times its octets a slice takes until it is done, where it carries them and where not."""

HASTE: Final = 1.2
"""What is left to each process is more than what it is given next by this factor."""

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
    watch: Keys | None = None,
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
        watch: Pairs to keep whatever they say.
    """
    state = _Running(capture, index, options, facts, spool, workers, progress)
    state.watch = watch
    slices = capture.slices(slice_octets(options, capture))
    for pieces in stretches(slices, capture, options, lambda: state.most_slices):
        shared = tuple(shared_slice(piece, options) for piece in pieces)
        work = partial(analyse_slices, shared, Terms(index, options, facts, state.watch))
        octets = pieces[-1].stop - pieces[0].start
        # A slice that carries its octets is here, in a pipe and there. Of others one at a time is read.
        held = octets // len(pieces) * HELD if pieces[0].octets is None else octets * CARRIED
        take, lose = partial(state.take, pieces, state.watch), partial(state.lose, pieces)
        workers.put(work, take, octets, lose, held=held)
    workers.then(lambda: done(state.finish()))


def stretches(
    pieces: Iterable[Slice],
    capture: CaptureReader,
    options: Options,
    bound: Callable[[], int] = lambda: MOST_SLICES,
) -> Iterator[tuple[Slice, ...]]:
    """Say which slices are analysed together; it does not change the report.

    The more, the fewer connections part.

    Args:
        pieces: The slices.
        capture: Their capture.
        options: What the caller asked for.
        bound: How many there may be together, as far as is known by then.
    """
    together: list[Slice] = []
    most, given = 1, 0
    for piece in pieces:
        if not together and given % options.jobs == 0:
            # Each process is given as much as the others.
            most = _most_slices(piece, capture, options)
        most = min(most, bound())
        together.append(piece)
        full = options.jobs > 1 and sum(len(one.records) for one in together) >= MOST_FRAMES
        if len(together) >= most or full:
            yield tuple(together)
            together, given = [], given + 1
    if together:
        yield tuple(together)


def _most_slices(first: Slice, capture: CaptureReader, options: Options) -> int:
    """How many slices from ``first`` on are analysed together."""
    if not capture.rereadable or capture.size is None:
        return 1
    if options.jobs == 1:
        return MOST_SLICES
    # The last ones are small: processes are to end about together.
    left = (capture.size - first.start) / max(1, first.stop - first.start)
    return max(1, min(round(left / (options.jobs * HASTE)), MOST_SLICES))


def slice_octets(options: Options, capture: CaptureReader) -> int:
    """How large slices are to be; it does not change the report."""
    if not capture.rereadable or capture.size is None:
        return min(options.slice_octets, CARRIED_OCTETS)
    share = capture.size // (options.jobs * SLICES_EACH) + 1
    return min(options.slice_octets, max(LEAST_OCTETS, min(share, MOST_OCTETS)))


class _Running:
    """A capture while the results of its slices come in, in order.

    Attributes:
        most_slices: How many slices are to be analysed together at most, by what was found so far.
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
        self.times = NO_TIMES
        self.tcp_frames = 0
        self.opaque: Counter[tuple[int | None, str]] = Counter()
        self.fragments = Reassembler()
        self.datagrams: list[Datagram] = []
        self.unread: list[Problem] = []
        self.watch: Keys | None = None
        self.most_slices = MOST_SLICES
        self._more: Callable[[], More] | None = None
        self._reached = 0

    def take(self, pieces: Sequence[Slice], watched: Keys | None, found: Analysed) -> None:
        """Take the result of slices that were analysed together.

        Args:
            pieces: The slices.
            watched: The pairs that were to be kept.
            found: What was found in them.
        """
        for piece in pieces:
            self._tell(piece)
        if len(found.packed.outcomes) > HEAVY * len(pieces):
            self.most_slices = FEW_SLICES
        self.unread += [unread(piece, reason, self.options) for piece, reason in found.unread]
        if self.options.cluster is not None and not found.unread:
            self.unread += shorter(pieces, found.frames)
        if not self.capture.rereadable:
            self._watch(pieces[0], watched, found)
        self.times = join_times(self.times, found.times, found.first_frame)
        self.tcp_frames += found.tcp_frames
        self.opaque.update({(link, reason): count for link, reason, count in found.opaque})
        self.datagrams += self.fragments.feed(found.fragments)
        at = self.spool.put(tuple(pieces)) if self.capture.rereadable else None
        self._put(at, found.packed, found.events)

    def lose(self, pieces: Sequence[Slice], error: WorkLost) -> None:
        """Go on without slices that nobody could analyse."""
        for piece in pieces:
            self._tell(piece)
        self.unread += [given_up(piece, error) for piece in pieces]

    def finish(self) -> CaptureEntry:
        """Add what was put together from fragments, and say all that is known of the capture."""
        if self.progress is not None:
            self.progress(self.capture.path, 0, 0)
        self._settle()
        if self.datagrams:
            events, kept, speaking = keep_all(datagram_segments(self.datagrams), self.index, self.options)
            # They belong to pairs whose other frames lie in slices; alone they say nothing.
            self._put(None, pack(kept, speaking, ((),) * len(kept), none_plain(self.index)), events)
        return self._entry()

    @property
    def _hashed(self) -> bool:
        return self.options.hash and self.capture.path != STANDARD_INPUT

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
                self._more = self.workers.ask(partial(keep_more, (piece,), self.index, missed))
        keys = unique(found.packed.keys)
        self.watch = keys if known is None else unique(np.concatenate([known, keys]))

    def _settle(self) -> None:
        if self._more is not None:
            ask, self._more = self._more, None
            try:
                more = ask().packed
            except WorkLost as error:
                self.unread.append(not_kept(error))
                return
            # They are examined again, together with what the slices before have of them.
            self._put(None, more, NO_EVENTS)

    def _put(self, pieces: int | None, packed: Packed, events: StreamEvents) -> None:
        self.slices.append(entry_of(pieces, packed, events, self.spool))

    def _entry(self) -> CaptureEntry:
        capture = self.capture
        return CaptureEntry(
            index=self.index,
            path=capture.path,
            sha256=capture.sha256 or hash_of(capture.path, capture.size) if self._hashed else None,
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
                opaque=opaque_rows(self.opaque),
            ),
            damage=tuple(capture.damage),
            rereadable=capture.rereadable,
            slices=self.slices,
        )
