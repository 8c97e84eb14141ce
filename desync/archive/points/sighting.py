"""A mail connection as one point saw it: its segments with all their octets, its dialogue, its findings.

May know archives and how captures are read; must not know the other point.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from desync.analysis.examine import connections, conversations
from desync.analysis.kept import Kept, Reader, keep
from desync.analysis.options import Options
from desync.analysis.record import Brief, Outcome
from desync.analysis.stitch import joined_rows
from desync.archive.archive import Archive
from desync.archive.redone import ranks
from desync.archive.scan import scan_archive
from desync.archive.tasks import reader_of
from desync.capture.open import open_capture
from desync.capture.slices import read_frames
from desync.capture.url import named
from desync.errors import CaptureError
from desync.exchanges.conversation import Conversation
from desync.findings.finding import Finding
from desync.packets.decode import decode
from desync.packets.reassembly import Datagram, Reassembler, datagram_segments
from desync.packets.segments import Segments
from desync.tcp.connection import Connection
from desync.tcp.flows import group
from desync.tcp.pair_keys import Keys, among, keys_of, unique


@dataclass(frozen=True, slots=True)
class Sighting:
    """One connection, as captured at one point.

    Attributes:
        brief: What it is counted by.
        findings: What is to be said of it at this point.
        conversation: Its dialogue; of long mail data the octets are not kept.
        whole: The connection with all its octets.
        stream: Its ``tcp.stream``, or None.
        paths: The captures of that point, by their index.
        reused: Whether its addresses and ports had another connection at that point: a lone RST between
            two of them may belong to either.
        span: When its captures began and ended, or None where their clocks do not say.
    """

    brief: Brief
    findings: tuple[Finding, ...]
    conversation: Conversation
    whole: Connection
    stream: int | None
    paths: Mapping[int, str]
    reused: bool
    span: tuple[int, int] | None

    @property
    def path(self) -> str:
        """The capture that it begins in."""
        return self.paths[self.whole.rows.capture[0]]


@dataclass(slots=True)
class View:
    """The captures of one point.

    Attributes:
        archive: What scanning them found.
        outcomes: Their mail connections, in order.
    """

    archive: Archive
    outcomes: list[Outcome]
    _kept: list[tuple[int, Kept, Reader]]

    def sightings(self, outcomes: Sequence[Outcome]) -> dict[tuple[int, int], Sighting]:
        """Some connections with all their octets, by their ``order``."""
        if not outcomes:
            return {}
        wanted = {one.brief.order: one for one in outcomes}
        keys = unique(np.array([one.brief.key for one in outcomes]))
        found: dict[tuple[int, int], Sighting] = {}
        for members in self.archive.sets:
            kept = [(each, read) for index, each, read in self._kept if index in set(members)]
            rank = ranks(members, by_time=self.archive.options.merge)
            for pair, rows in joined_rows(kept, keys, rank.__getitem__) if kept else ():
                options = self.archive.options
                said = {_order(one.connection): one for one in conversations(rows, pair, options)}
                for whole in connections(rows, pair, options):
                    order = _order(whole)
                    if order in wanted and order in said:
                        found[order] = self._sighting(wanted[order], said[order], whole, reused=len(said) > 1)
        return found

    def _sighting(
        self, outcome: Outcome, conversation: Conversation, whole: Connection, *, reused: bool
    ) -> Sighting:
        record = outcome.record
        times = [one.times for one in self.archive.captures if one.times.known]
        return Sighting(
            brief=outcome.brief,
            findings=tuple(record.findings) if record is not None else (),
            conversation=conversation,
            whole=whole,
            stream=self.archive.stream_of(outcome.brief),
            paths={one.index: one.path for one in self.archive.captures},
            reused=reused,
            span=(min(one.earliest for one in times), max(one.latest for one in times)) if times else None,
        )


def view_of(path: str, options: Options) -> View:
    """Scan the captures of one point, and keep where the frames of its mail connections are.

    Args:
        path: A capture, a directory or a pattern.
        options: What is mail, and how many processes work. ``details`` is expected to be set.
    """
    archive = scan_archive([named(path)], options)
    outcomes = list(archive.outcomes())
    keys = unique(np.array([one.brief.key for one in outcomes])) if outcomes else None
    kept = list(_kept(archive, keys)) if keys is not None else []
    return View(archive, outcomes, kept)


def _order(connection: Connection) -> tuple[int, int]:
    return connection.rows.capture[0], connection.rows.frame[0]


def _kept(archive: Archive, keys: Keys) -> Iterator[tuple[int, Kept, Reader]]:
    """The segments of pairs in all captures, none of their octets passed over."""
    for entry in archive.captures:
        try:
            with open_capture(entry.path) as capture:
                fragments, datagrams = Reassembler(), list[Datagram]()
                for piece in capture.slices(archive.options.slice_octets):
                    decoded = decode(read_frames(piece))
                    datagrams += fragments.feed(decoded.fragments)
                    kept = _chosen(decoded.segments, keys, entry.index, rereadable=capture.rereadable)
                    yield entry.index, kept, reader_of(entry.path)
                if datagrams:
                    kept = _chosen(datagram_segments(datagrams), keys, entry.index, rereadable=False)
                    yield entry.index, kept, reader_of(entry.path)
        except CaptureError:
            # It was there a moment ago: what was read of it still holds.
            continue


def _chosen(segments: Segments, keys: Keys, capture: int, *, rereadable: bool) -> Kept:
    flows = group(segments)
    return keep(segments, flows, among(keys_of(flows.keys), keys), capture, rereadable=rereadable)
