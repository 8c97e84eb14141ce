"""An archive: what is known of its captures, and pairs of endpoints examined again from several of them.

May know captures' entries, sets and the spool; must not know in which order all this is done, nor how a
report looks.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from heapq import merge
from typing import NamedTuple

import numpy as np

from desync.analysis.kept import Kept
from desync.analysis.options import Options
from desync.analysis.plain import Plain
from desync.analysis.record import Brief, Outcome
from desync.analysis.stitch import joined_rows
from desync.archive.captures import (
    CaptureEntry,
    Progress,
    events_of,
    identities_of,
    kept_of,
    outcomes_of,
    plain_of,
    span_of,
    with_more,
)
from desync.archive.discovery import STANDARD_INPUT
from desync.archive.executor import WorkLost
from desync.archive.joined import Keep, forget, holders, recall, remembering, stage_of
from desync.archive.merging import merged_sets
from desync.archive.redone import Parts, Redone, parts_of, ranks
from desync.archive.shared import add_problem, given_up, not_joined, shared_path, shared_slice, unread
from desync.archive.spool import Spool
from desync.archive.store import Stamp, Store, stamp_of
from desync.archive.streams import count_streams
from desync.archive.taking import take_capture
from desync.archive.tasks import Examined, More, examine_again, keep_more
from desync.archive.traits import Traits, same_connections
from desync.archive.unchanged import ChangedMeanwhile, change
from desync.archive.workers import Workers
from desync.capture.open import open_capture
from desync.capture.problems import Problem
from desync.capture.slices import Slice
from desync.capture.url import Url
from desync.findings.finding import Facts
from desync.tcp.flows import Pair
from desync.tcp.numbering import StreamNumbers, number
from desync.tcp.pair_keys import Keys, among, unique
from desync.tcp.rows import Rows


class Refused(NamedTuple):
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
        store: Remembers what was found, if anything does.
        remarks: What is worth saying of captures though nothing is wrong with them, each with the path.
    """

    options: Options
    captures: list[CaptureEntry]
    refused: list[Refused]
    facts: Facts
    sets: list[list[int]]
    spool: Spool
    store: Store | None
    _redone: Redone
    remarks: list[tuple[str, str]] = field(default_factory=list)
    _again: dict[int, Keys] = field(default_factory=dict)
    _numbers: dict[int, StreamNumbers] = field(default_factory=dict)
    _bare: set[int] = field(default_factory=set)
    """Captures that were recalled without the octets that cannot be read again by place."""
    _stamps: dict[int, Stamp] = field(default_factory=dict)
    """What the file of each capture was like before it was analysed."""
    _read: set[int] = field(default_factory=set)
    """The captures that were read again since ``stayed`` was asked."""

    @property
    def unreadable(self) -> list[tuple[str, str]]:
        """Paths that could not be analysed though they were named, each with the reason."""
        return [(one.path, one.reason) for one in self.refused if one.named]

    @property
    def damaged(self) -> bool:
        """Whether a capture was truncated or damaged."""
        return any(one.quality.problems for one in self.captures)

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

    def stream_of(self, brief: Brief, part: int = 0) -> int | None:
        """The ``tcp.stream`` of a part of a connection, as Wireshark numbers it in that capture."""
        where = brief.parts[part]
        return self._numbered(where.capture).stream_of_key(brief.key, where.last_frame)

    def _numbered(self, capture: int) -> StreamNumbers:
        """The streams of a capture, numbered once."""
        if capture not in self._numbers:
            self._numbers[capture] = number(list(events_of(self.captures[capture], self.spool)))
        return self._numbers[capture]

    def streams(self) -> int:
        """How many TCP connections the captures hold, as Wireshark counts them in each set."""
        return count_streams(self.sets, self.captures, self.spool)

    def same_connections(self) -> dict[tuple[int, int], list[tuple[int, int]]]:
        """Connections that the archive holds more than once, each with the order keys of the others."""
        parts = list(self._redone.traits())
        for capture in self.captures:
            again = self._again.get(capture.index)
            for entry in capture.slices:
                traits = identities_of(entry, self.spool)
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
        with Workers(1) as workers:
            self._make_ready(members, keys, workers)
        yield from self._parts(members, keys)

    def _parts(self, members: Sequence[int], keys: Keys) -> Iterator[tuple[list[tuple[Kept, str]], int]]:
        """The same, where all that is wanted is kept."""
        entries = [
            (entry, shared_path(self.captures[index].path, self.options))
            for index in members
            for entry in self.captures[index].slices
        ]
        for parts, octets in parts_of(entries, keys, self.spool):
            self._read.update(kept.capture for kept, _ in parts if (kept.place >= 0).any())
            yield parts, octets

    def stayed(self) -> bool:
        """Whether the captures that were read again are what they were; says so of those that are not."""
        problems = {
            index: change(self.captures[index].path, self._stamps[index])
            for index in sorted(self._read & self._stamps.keys())
        }
        self._read.clear()
        for index, problem in problems.items():
            self._complain(index, [problem] if problem is not None else [])
        return not any(problems.values())

    def _complain(self, index: int, problems: Iterable[Problem]) -> None:
        """Say of a capture what was wrong, each once."""
        for problem in problems:
            if problem not in self.captures[index].quality.problems:
                add_problem(self.captures[index], problem)

    def redo(self, members: Sequence[int], again: Keys, workers: Workers) -> None:
        """Examine pairs again from all their frames in a set of captures, as far as they are not known."""
        for index in members:
            # Those of the capture alone: in a set of thousands of files each has a few of very many.
            own = [entry.held[among(entry.held, again)] for entry in self.captures[index].slices]
            self._again[index] = unique(np.concatenate([self._again.get(index, again[:0]), *own]))
        if self.store is None:
            self._examine(members, again, workers, forget)
            self.stayed()
            return
        holding, stage = holders(members, again, self.captures), stage_of(self.facts)
        known, several = recall(self.store, again, holding, stage)
        for found in several:
            self._redone.add(found)
        rest = again[~among(again, known)]
        if len(rest):
            with remembering(self.store, again, holding, stage) as keep:
                self._examine(members, rest, workers, keep)
                if not self.stayed():
                    raise ChangedMeanwhile

    def _examine(self, members: Sequence[int], pairs: Keys, workers: Workers, keep: Keep) -> None:
        """Examine pairs from all their frames in a set of captures."""
        self._make_ready(members, pairs, workers)
        rank = ranks(members, by_time=self.options.merge)
        for parts, octets in self._parts(members, pairs):
            work = partial(examine_again, parts, rank, self.options, self.facts)
            carried = sum(len(kept.octets) for kept, _ in parts)
            keys = unique(np.concatenate([kept.keys for kept, _ in parts]))
            # Its columns take about as much as its octets, here, in a pipe and there.
            lose = partial(self.lose_parts, parts)
            workers.put(work, partial(self._add, keys, keep), 4 * octets + 3 * carried, lose)
        workers.drain()

    def _add(self, keys: Keys, keep: Keep, found: Examined) -> None:
        self._redone.add(found)
        for capture, reason in found.unread:
            message = f"connections could not be read again: {reason}"
            self._complain(capture, [Problem("unreadable", 0, 0, 0, message)])
        if not found.unread:
            keep(keys, found)

    def recall(self, entry: CaptureEntry, progress: Progress | None) -> None:
        """Add a capture that was analysed by an earlier run."""
        if progress is not None:
            progress(entry.path, entry.size or 0, entry.frames)
            progress(entry.path, 0, 0)
        if any(one.pieces is None for one in entry.slices):
            self._bare.add(entry.index)
        self.captures.append(entry)

    def note(self, index: int, stamp: Stamp) -> None:
        """Note what the file of a capture was like before it was analysed."""
        self._stamps[index] = stamp

    def _make_ready(self, members: Sequence[int], keys: Keys, workers: Workers) -> None:
        """Read captures once more where octets of these pairs are wanted that nobody kept."""
        for index in members:
            slices = self.captures[index].slices
            missing = [keys[among(keys, one.held) & ~among(keys, one.keys)] for one in slices]
            gone = any(len(late) for one, late in zip(slices, missing, strict=True) if one.pieces is None)
            if index in self._bare:
                gone = gone or any(among(one.keys, keys).any() for one in slices)
            if gone and _is_file(self.captures[index].path):
                self._bare.discard(index)
                self._take_again(index, np.concatenate([keys[:0], *missing]), workers)
            elif any(len(late) for late in missing):
                self._keep_late(index, missing, workers)
        workers.drain()

    def _take_again(self, index: int, watch: Keys, workers: Workers) -> None:
        """Read a capture once more, and keep some pairs whatever they say."""
        with open_capture(self.captures[index].path) as capture:
            take_capture(
                capture,
                index,
                options=self.options,
                facts=Facts(),
                spool=self.spool,
                workers=workers,
                done=partial(self.captures.__setitem__, index),
                watch=unique(watch) if len(watch) else None,
            )

    def merge(self) -> None:
        """Join the sets whose captures hold one direction each of the same connections."""
        self.sets = merged_sets(self.sets, self.captures, self.spool)

    def forget(self, members: Sequence[int], again: Keys) -> None:
        """Drop what had been redone of pairs that are to be redone once more."""
        self._redone.forget(members, again)

    def _keep_late(self, index: int, late: Sequence[Keys], workers: Workers) -> None:
        """Keep, in slices of a capture that let them go, pairs that are wanted after all."""
        for position, keys in enumerate(late):
            entry = self.captures[index].slices[position]
            pieces = span_of(entry, keys, self.spool) if len(keys) else ()
            if pieces:
                shared = tuple(shared_slice(piece, self.options) for piece in pieces)
                work = partial(keep_more, shared, index, keys)
                octets = pieces[-1].stop - pieces[0].start
                lose = partial(self._lose, index, pieces)
                workers.put(work, partial(self._add_kept, index, position), octets, lose)
        workers.drain()

    def _add_kept(self, index: int, position: int, found: More) -> None:
        self._complain(index, [unread(piece, reason, self.options) for piece, reason in found.unread])
        slices = self.captures[index].slices
        slices[position] = with_more(slices[position], found.packed, self.spool)

    def _lose(self, index: int, pieces: Sequence[Slice], error: WorkLost) -> None:
        for piece in pieces:
            add_problem(self.captures[index], given_up(piece, error))

    def lose_parts(self, parts: Parts, error: WorkLost) -> None:
        """Say that connections of several slices were left out."""
        for index, problem in not_joined(parts, error).items():
            add_problem(self.captures[index], problem)

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


def _is_file(path: str) -> bool:
    return isinstance(path, Url) or (path != STANDARD_INPUT and stamp_of(path) is not None)
