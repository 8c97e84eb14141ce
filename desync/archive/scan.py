"""Scan an archive: all captures, their slices stitched, each mail connection once, in order.

May know captures, sets and the spool; must not know how a report looks.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import merge
from typing import Final

import numpy as np

from desync.analysis.examine import examine
from desync.analysis.kept import Kept, Reader
from desync.analysis.options import Options
from desync.analysis.record import Brief, Identity, Outcome
from desync.analysis.slice import analyse
from desync.analysis.stitch import joined_rows, shares, sizes
from desync.archive.captures import CaptureEntry, Progress, SliceEntry, analyse_capture, kept_of, outcomes_of
from desync.archive.discovery import Found, discover
from desync.archive.sets import Member, rotated_sets
from desync.archive.spool import Spool
from desync.errors import CaptureError, NotACapture
from desync.findings.finding import Facts
from desync.tcp.flows import Pair
from desync.tcp.numbering import StreamNumbers, number
from desync.tcp.pair_keys import Keys
from desync.tcp.rows import Rows

BATCH_OCTETS: Final = 64 << 20
"""Octets of connections that are read again at a time."""


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
        sets: Which captures are files of one rotation, in the order of time.
    """

    options: Options
    captures: list[CaptureEntry]
    refused: list[Refused]
    facts: Facts
    sets: list[list[int]]
    _spool: Spool
    _again: dict[int, Keys] = field(default_factory=dict)
    _redone: list[tuple[tuple[int, int], int]] = field(default_factory=list)
    _numbers: dict[int, StreamNumbers] = field(default_factory=dict)

    def outcomes(self) -> Iterator[Outcome]:
        """All mail connections, by capture and first frame."""
        ready = (self._spool_outcome(at) for _, at in self._redone)
        yield from merge(self._untouched(), ready, key=lambda one: one.brief.order)

    def stream_of(self, key: Keys, capture: int, frame: int) -> int | None:
        """The ``tcp.stream`` of a frame, as Wireshark numbers it in that capture."""
        if capture not in self._numbers:
            self._numbers[capture] = number(self.captures[capture].events)
        return self._numbers[capture].stream_of_key(key, frame)

    def streams(self) -> int:
        """How many TCP connections the captures hold, as Wireshark counts them."""
        return sum(len(number(one.events)) for one in self.captures)

    def same_connections(self) -> dict[tuple[int, int], list[tuple[int, int]]]:
        """Connections that the archive holds more than once, each with the order keys of the others."""
        found: dict[Identity, list[tuple[int, int]]] = {}
        for outcome in self.outcomes():
            if outcome.brief.identity is not None:
                found.setdefault(outcome.brief.identity, []).append(outcome.brief.order)
        return {
            one: [other for other in group if other != one]
            for group in found.values()
            if len(group) > 1
            for one in group
        }

    def _untouched(self) -> Iterator[Outcome]:
        """What slices found and nothing made doubtful."""
        for capture in self.captures:
            again = self._again.get(capture.index)
            found: list[Outcome] = []
            for entry in capture.slices:
                skip = (
                    np.isin(entry.keys, again)
                    if again is not None and len(again)
                    else np.zeros(len(entry.keys), dtype=np.bool_)
                )
                for skipped, (_, outcomes) in zip(
                    skip.tolist(), outcomes_of(entry, self._spool), strict=True
                ):
                    if not skipped:
                        found += outcomes
                found.sort(key=lambda one: one.brief.order)
                yield from found
                found = []

    def _spool_outcome(self, at: int) -> Outcome:
        outcome: Outcome = self._spool.get(at)
        return outcome

    def redo(self, members: Sequence[int], again: Keys) -> None:
        """Examine pairs again from all their frames in a set of captures."""
        for index in members:
            before = self._again.get(index)
            self._again[index] = again if before is None else np.unique(np.concatenate([before, again]))
        rank = {index: position for position, index in enumerate(members)}
        for batch in self._batches(members, again):
            for pair, rows in joined_rows(self._kept(members), batch, rank.__getitem__):
                for outcome in examine(rows, pair, self.options, self.facts):
                    self._redone.append((outcome.brief.order, self._spool.put(outcome)))
        self._redone.sort()

    def forget(self, members: Sequence[int], again: Keys) -> None:
        """Drop what had been redone of pairs that are to be redone once more."""
        wanted = set(members)
        kept = []
        for order, at in self._redone:
            if order[0] in wanted and np.isin(self._spool_outcome(at).brief.key, again):
                continue
            kept.append((order, at))
        self._redone = kept

    def keep_late(self, members: Sequence[int], late: Sequence[Keys]) -> None:
        """Keep, in slices that let them go, pairs of which another slice shows that they may be mail."""
        at = 0
        for index in members:
            capture = self.captures[index]
            for position, entry in enumerate(capture.slices):
                if len(late[at]) and entry.piece is not None and capture.rereadable:
                    partial = analyse(entry.piece, index, self.options, self.facts, late[at])
                    capture.slices[position] = SliceEntry(
                        entry.piece,
                        partial.kept.keys,
                        entry.held,
                        self._spool.put(partial.kept),
                        self._spool.put(partial.outcomes),
                    )
                at += 1

    def rows_of(self, brief: Brief) -> Iterator[tuple[Pair, Rows]]:
        """The segments of a connection's pair of endpoints, from all captures of its set."""
        members = next((one for one in self.sets if brief.parts[0].capture in one), [brief.parts[0].capture])
        rank = {index: position for position, index in enumerate(members)}
        yield from joined_rows(self._kept(members), np.array([brief.key]), rank.__getitem__)

    def _kept(self, members: Sequence[int]) -> Iterator[tuple[Kept, Reader]]:
        for index in members:
            capture = self.captures[index]
            for entry in capture.slices:
                yield kept_of(entry, self._spool), capture.reader()

    def _batches(self, members: Sequence[int], again: Keys) -> Iterator[Keys]:
        """Part keys so that each part's octets fit into memory."""
        octets: dict[bytes, tuple[Keys, int]] = {}
        for kept, _ in self._kept(members):
            for key, size in sizes(kept, again):
                known = octets.get(key.tobytes(), (key, 0))
                octets[key.tobytes()] = (key, known[1] + size)
        batch: list[Keys] = []
        total = 0
        for key, size in octets.values():
            if batch and total + size > BATCH_OCTETS:
                yield np.array(batch)
                batch, total = [], 0
            batch.append(key)
            total += size
        if batch:
            yield np.array(batch)


def scan_archive(paths: Iterable[str], options: Options, progress: Progress | None = None) -> Archive:
    """Scan captures.

    Args:
        paths: Files, directories, patterns, or ``-`` for standard input.
        options: What to look for.
        progress: Told how far it has come.
    """
    spool = Spool()
    archive = Archive(options, [], [], Facts(), [], spool)
    for found in discover(paths):
        try:
            entry = analyse_capture(
                found.path, len(archive.captures), options, archive.facts, spool, progress=progress
            )
        except CaptureError as error:
            archive.refused.append(_refused(found, error))
        else:
            archive.captures.append(entry)
    archive.sets = rotated_sets([_member(one) for one in archive.captures])
    for members in archive.sets:
        _stitch(archive, members)
    _apply_facts(archive)
    return archive


def _stitch(archive: Archive, members: Sequence[int]) -> None:
    """Examine again what several slices of a set share."""
    entries = [entry for index in members for entry in archive.captures[index].slices]
    if len(entries) < 2:
        return
    shared = shares([entry.held for entry in entries], [entry.keys for entry in entries])
    if any(len(late) for late in shared.late):
        archive.keep_late(members, shared.late)
    if len(shared.again):
        archive.redo(members, shared.again)


def _apply_facts(archive: Archive) -> None:
    """Examine again the connections whose verdict depends on what others showed."""
    briefs = [
        outcome.brief
        for outcome in archive.outcomes()
        if outcome.brief.depends or outcome.brief.offers_early_pipelining
    ]
    early = frozenset(brief.server.address for brief in briefs if brief.offers_early_pipelining)
    if not early:
        return
    archive.facts = Facts(early)
    for members in archive.sets:
        wanted = [
            brief.key
            for brief in briefs
            if brief.depends and brief.server.address in early and brief.order[0] in members
        ]
        if wanted:
            again = np.unique(np.array(wanted))
            archive.forget(members, again)
            archive.redo(members, again)


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
