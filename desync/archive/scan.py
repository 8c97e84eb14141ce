"""Scan an archive: all captures, their slices stitched, each mail connection once, in order.

May know captures, sets and the spool; must not know how a report looks.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from heapq import merge

import numpy as np

from desync.analysis.kept import Kept
from desync.analysis.options import Options
from desync.analysis.plain import Plain
from desync.analysis.record import Brief, Outcome
from desync.analysis.stitch import joined_rows, shares
from desync.archive.captures import (
    CaptureEntry,
    Progress,
    entry_of,
    kept_of,
    outcomes_of,
    piece_of,
    plain_of,
)
from desync.archive.discovery import Found, discover
from desync.archive.later import searches
from desync.archive.merging import merged_sets
from desync.archive.redone import Redone, parts_of, ranks
from desync.archive.repeats import Collect, repeats
from desync.archive.sets import Member, rotated_sets
from desync.archive.spool import Spool
from desync.archive.store import Stamp, Store, stamp_of
from desync.archive.streams import count_streams
from desync.archive.taking import take_capture
from desync.archive.tasks import Analysed, Unread, analyse_slice, examine_again
from desync.archive.traits import Traits, same_connections
from desync.archive.unchanged import settle
from desync.archive.workers import Workers
from desync.capture.open import open_capture
from desync.errors import CaptureError, NotACapture
from desync.findings.finding import Facts
from desync.tcp.flows import Pair
from desync.tcp.numbering import StreamNumbers, number
from desync.tcp.pair_keys import KEY, Keys, among, unique
from desync.tcp.rows import Rows


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that could not be analysed.

    Attributes:
        path, reason: Which, and why.
        named: Whether the caller named it; what is met in a directory and is no capture is counted only.
    """

    path: str
    reason: str
    named: bool


@dataclass(slots=True)
class Archive:
    """What scanning an archive found.

    Attributes:
        options: What was asked for.
        captures: The captures, in the order given.
        refused: Files that are none, or that could not be read.
        facts: What one connection tells of others.
        sets: Which captures are files of one rotation, or hold one direction each; in the order of time.
        spool: Where slices' results are.
    """

    options: Options
    captures: list[CaptureEntry]
    refused: list[Refused]
    facts: Facts
    sets: list[list[int]]
    spool: Spool
    _redone: Redone
    _again: dict[int, Keys] = field(default_factory=dict)
    _numbers: dict[int, StreamNumbers] = field(default_factory=dict)
    _bare: set[int] = field(default_factory=set)
    """Captures that were recalled without the octets that cannot be read again by place."""

    def outcomes(self) -> Iterator[Outcome]:
        """The mail connections but those that are ``plain``, by capture and first frame."""
        yield from merge(self._untouched(), self._redone.outcomes(), key=lambda one: one.brief.order)

    def plain(self) -> Iterator[Plain]:
        """The textbook connections: nothing but notes on splits is to be said of them."""
        for capture in self.captures:
            again = self._again.get(capture.index)
            for entry in capture.slices:
                found = plain_of(entry, self.spool)
                yield found if again is None else found.take(~among(found.keys, again))
        yield from self._redone.plain()

    def stream_of(self, key: Keys, capture: int, frame: int) -> int | None:
        """The ``tcp.stream`` of a frame, as Wireshark numbers it in that capture."""
        return self._numbered(capture).stream_of_key(key, frame)

    def _numbered(self, capture: int) -> StreamNumbers:
        """The streams of a capture, numbered once."""
        if capture not in self._numbers:
            self._numbers[capture] = number(self.captures[capture].events)
        return self._numbers[capture]

    def streams(self) -> int:
        """How many TCP connections the captures hold, as Wireshark counts them in each set."""
        return count_streams(self.sets, self.captures)

    def same_connections(self) -> dict[tuple[int, int], list[tuple[int, int]]]:
        """Connections that the archive holds more than once, each with the order keys of the others."""
        parts = list(self._redone.traits())
        for capture in self.captures:
            again = self._again.get(capture.index)
            for entry in capture.slices:
                traits = entry.traits
                parts.append(traits if again is None else traits.take(~among(traits.keys, again)))
        return same_connections(parts)

    def _untouched(self) -> Iterator[Outcome]:
        """What slices found and nothing made doubtful."""
        for capture in self.captures:
            again = self._again.get(capture.index)
            for entry in capture.slices:
                redone = set(entry.keys[among(entry.keys, again)].tolist()) if again is not None else set()
                found = [
                    outcome
                    for key, outcomes in outcomes_of(entry, self.spool)
                    if outcomes and key.item() not in redone
                    for outcome in outcomes
                ]
                found.sort(key=lambda one: one.brief.order)
                yield from found

    def traits(self) -> Iterator[Traits]:
        """What must be known of the connections before all are read again; of some that were redone, too."""
        yield from self._redone.traits()
        for capture in self.captures:
            for entry in capture.slices:
                yield entry.traits

    def parts(self, members: Sequence[int], keys: Keys) -> Iterator[tuple[list[tuple[Kept, str]], int]]:
        """What the slices of a set of captures hold of pairs, in batches, and how many octets that is."""
        if self._bare:
            with Workers(1) as workers:
                self._take_again(members, keys, workers)
        entries = [
            (entry, self.captures[index].path) for index in members for entry in self.captures[index].slices
        ]
        return parts_of(entries, keys, self.spool)

    def redo(self, members: Sequence[int], again: Keys, workers: Workers) -> None:
        """Examine pairs again from all their frames in a set of captures."""
        self._take_again(members, again, workers)
        for index in members:
            # Those of the capture alone: in a set of thousands of files each has a few of very many.
            held = [entry.keys for entry in self.captures[index].slices]
            own = [keys[among(keys, again)] for keys in held]
            self._again[index] = unique(np.concatenate([self._again.get(index, again[:0]), *own]))
        rank = ranks(members, by_time=self.options.merge)
        for parts, octets in self.parts(members, again):
            work = partial(examine_again, parts, rank, self.options, self.facts)
            carried = sum(len(kept.octets) for kept, _ in parts)
            # Its columns take about as much as its octets, here, in a pipe and there.
            workers.put(work, self._redone.add, 4 * octets + 3 * carried)
        workers.drain()

    def recall(self, entry: CaptureEntry, progress: Progress | None) -> None:
        """Add a capture that was analysed by an earlier run."""
        if progress is not None:
            progress(entry.path, entry.size or 0, entry.frames)
            progress(entry.path, 0, 0)
        if not entry.rereadable:
            self._bare.add(entry.index)
        self.captures.append(entry)

    def _take_again(self, members: Sequence[int], keys: Keys, workers: Workers) -> None:
        """Read recalled captures once more where octets of these pairs are wanted that nobody kept."""
        for index in sorted(self._bare.intersection(members)):
            if any(among(entry.keys, keys).any() for entry in self.captures[index].slices):
                self._bare.remove(index)
                with open_capture(self.captures[index].path) as capture:
                    take_capture(
                        capture,
                        index,
                        options=self.options,
                        facts=Facts(),
                        spool=self.spool,
                        workers=workers,
                        done=partial(self.captures.__setitem__, index),
                    )
        workers.drain()

    def merge(self, workers: Workers) -> None:
        """Join the sets whose captures hold one direction each of the same connections."""
        for index in sorted(self._bare):
            keys = [entry.keys for entry in self.captures[index].slices]
            self._take_again([index], np.concatenate(keys) if keys else np.empty(0, dtype=KEY), workers)
        self.sets = merged_sets(self.sets, self.captures, self.spool)

    def forget(self, members: Sequence[int], again: Keys) -> None:
        """Drop what had been redone of pairs that are to be redone once more."""
        self._redone.forget(members, again)

    def keep_late(self, members: Sequence[int], late: Sequence[Keys], workers: Workers) -> None:
        """Keep, in slices that let them go, pairs of which another slice shows that they may be mail."""
        places = [
            (index, position) for index in members for position in range(len(self.captures[index].slices))
        ]
        for (index, position), keys in zip(places, late, strict=True):
            piece = piece_of(self.captures[index].slices[position], self.spool) if len(keys) else None
            if piece is not None:
                work = partial(analyse_slice, piece, index, self.options, self.facts, keys)
                workers.put(work, partial(self._replace, index, position), piece.stop - piece.start)
        workers.drain()

    def _replace(self, index: int, position: int, found: Analysed | Unread) -> None:
        if isinstance(found, Analysed):
            slices = self.captures[index].slices
            before = slices[position]
            slices[position] = entry_of(before.piece, found.packed, before.held, self.spool)

    def rows_of(self, brief: Brief) -> Iterator[tuple[Pair, Rows]]:
        """The segments of a connection's pair of endpoints, from all captures of its set."""
        members = next((one for one in self.sets if brief.parts[0].capture in one), [brief.parts[0].capture])
        kept = (
            (kept_of(entry, self.spool), self.captures[index].reader())
            for index in members
            for entry in self.captures[index].slices
        )
        rank = ranks(members, by_time=self.options.merge)
        yield from joined_rows(kept, np.array([brief.key]), rank.__getitem__)


def scan_archive(
    paths: Iterable[str], options: Options, progress: Progress | None = None, store: Store | None = None
) -> Archive:
    """Scan captures.

    Args:
        paths: Files, directories, patterns, or ``-`` for standard input.
        options: What to look for.
        progress: Told how far it has come.
        store: Remembers captures that are done, and knows those of earlier runs.
    """
    spool = Spool()
    archive = Archive(options, [], [], Facts(), [], spool, Redone(spool))
    with Workers(options.jobs) as workers:
        _analyse(archive, paths, workers, progress, store)
        archive.sets = rotated_sets([_member(one) for one in archive.captures])
        if options.merge:
            archive.merge(workers)
        for members in archive.sets:
            _stitch(archive, members, workers)
        _apply_early_pipelining(archive, workers)
        _name_repeats(archive, workers)
    return archive


def _analyse(
    archive: Archive,
    paths: Iterable[str],
    workers: Workers,
    progress: Progress | None,
    store: Store | None,
) -> None:
    """Analyse all captures; slices of one may be with the workers while the next is being cut."""
    opened = 0
    for found in discover(paths):
        if store is not None and store.owns(found.path):
            continue
        stamp = stamp_of(found.path)
        known = store.known(found.path, stamp, opened, archive.spool) if store and stamp else None
        if known is not None:
            workers.then(partial(archive.recall, known, progress))
            opened += 1
            continue
        try:
            capture = open_capture(found.path)
        except CaptureError as error:
            archive.refused.append(_refused(found, error))
            if progress is not None:
                progress(found.path, 0, 0)
            continue
        with capture:
            take_capture(
                capture,
                opened,
                options=archive.options,
                facts=archive.facts,
                spool=archive.spool,
                workers=workers,
                done=partial(_done, archive, store, stamp),
                progress=progress,
            )
        opened += 1
    workers.drain()


def _done(archive: Archive, store: Store | None, before: Stamp | None, entry: CaptureEntry) -> None:
    settle(entry, before, store, archive.spool)
    archive.captures.append(entry)


def _stitch(archive: Archive, members: Sequence[int], workers: Workers) -> None:
    """Examine again what several slices of a set share, and what none has examined."""
    entries = [entry for index in members for entry in archive.captures[index].slices]
    again = [entry.open for entry in entries]
    if len(entries) > 1:
        shared = shares(
            [entry.held for entry in entries],
            [entry.keys for entry in entries],
            [entry.speaking for entry in entries],
        )
        if any(len(late) for late in shared.late):
            archive.keep_late(members, shared.late, workers)
        again.append(shared.again)
    if any(len(keys) for keys in again):
        archive.redo(members, unique(np.concatenate(again)), workers)


def _apply_early_pipelining(archive: Archive, workers: Workers) -> None:
    """Examine again the connections whose verdict depends on what a server offers to others."""
    if not any(traits.early for traits in archive.traits()):
        return
    briefs = [
        outcome.brief
        for outcome in archive.outcomes()
        if outcome.brief.depends or outcome.brief.offers_early_pipelining
    ]
    early = frozenset(brief.server.address for brief in briefs if brief.offers_early_pipelining)
    if not early:
        return
    archive.facts = replace(archive.facts, early_pipelining=early)
    for members in archive.sets:
        wanted = [
            brief.key
            for brief in briefs
            if brief.depends and brief.server.address in early and brief.order[0] in members
        ]
        _examine_again(archive, members, wanted, workers)


def _name_repeats(archive: Archive, workers: Workers) -> None:
    """Examine again the connections with a message at risk that comes again on another connection."""
    at_risk = {client for traits in archive.traits() for client in traits.at_risk}
    wanted = searches(at_risk, archive.outcomes(), archive.plain(), archive.sets) if at_risk else []
    if not wanted:
        return
    found = repeats(wanted, Collect(archive.sets, archive.parts, archive.options, workers))
    archive.facts = replace(archive.facts, repeats=found.places, beyond=found.beyond)
    for position, keys in found.keys.items():
        _examine_again(archive, archive.sets[position], keys, workers)


def _examine_again(
    archive: Archive, members: Sequence[int], keys: Sequence[Keys] | Keys, workers: Workers
) -> None:
    """Examine pairs once more, with what is known now of the rest of the archive."""
    if len(keys):
        again = unique(np.array(keys))
        archive.forget(members, again)
        archive.redo(members, again, workers)


def _member(one: CaptureEntry) -> Member:
    known = one.times.known > 0
    return Member(
        one.index,
        one.path,
        one.link_types,
        one.times.earliest if known else None,
        one.times.latest if known else None,
    )


def _refused(found: Found, error: CaptureError) -> Refused:
    return Refused(found.path, error.reason, named=found.named or not isinstance(error, NotACapture))
