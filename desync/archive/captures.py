"""What is known of a capture, and of each of its slices, once they have been analysed.

May know partials and where they lie in the spool; must not know how slices were cut.
"""

import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from desync.analysis.kept import Kept, Reader, joined_kept
from desync.analysis.plain import Plain, none_plain
from desync.analysis.record import Outcome
from desync.analysis.slice import Times
from desync.archive.spool import Spool
from desync.archive.tasks import Packed, reader_of
from desync.archive.traits import Traits
from desync.capture.frames import Integers, Interface
from desync.capture.notes import Comment
from desync.capture.slices import Slice, within
from desync.findings.quality import CaptureQuality
from desync.tcp.numbering import StreamEvents
from desync.tcp.pair_keys import Keys, among

Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with a path, and how many octets of the file as stored and how many frames came on top; with
neither when the file is done, a capture or not."""


@dataclass(frozen=True, slots=True)
class SliceEntry:
    """What stays in memory of slices that were analysed together.

    Attributes:
        pieces: Where the slices themselves lie in the spool; None where they cannot be analysed again.
        keys: The pairs that it kept.
        speaking: The pairs that may carry mail by what it shows: kept, or ``plain``.
        octets: How many octets reading each of them again costs.
        open: The speaking pairs that it did not examine.
        held: All its pairs.
        traits: What must be known of the outcomes before all are read again, but for ``identities``.
        kept, outcomes, plain, identities, events: Where these lie in the spool; ``identities`` are the
            traits of every connection.
    """

    pieces: int | None
    keys: Keys
    speaking: Keys
    octets: Integers
    open: Keys
    held: Keys
    traits: Traits
    kept: int
    outcomes: int
    plain: int
    identities: int
    events: int


@dataclass(slots=True)
class CaptureEntry:
    """What is known of a capture once it has been analysed.

    The names are those of the report (DESIGN.md, section 6).
    """

    index: int
    path: str
    sha256: str | None
    size: int | None
    format: str | None
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

    @property
    def link_types(self) -> tuple[int | None, ...]:
        """Its link types, each once, in order."""
        return tuple(dict.fromkeys(one.link_type for one in self.interfaces))

    def reader(self) -> Reader:
        """Reads octets of this capture by place."""
        return reader_of(self.path)


def entry_of(pieces: int | None, packed: Packed, events: StreamEvents, spool: Spool) -> SliceEntry:
    """Put what was found in a slice on disk, and keep what has to stay in memory.

    Args:
        pieces: Where the slices lie in the spool, None where they cannot be analysed again.
        packed: What was found in it.
        events: What numbering its streams needs; the keys are all its pairs.
        spool: Where it is put.
    """
    kept, outcomes = spool.put_pickled(packed.kept), spool.put_pickled(packed.outcomes)
    plain = spool.put_pickled(packed.plain)
    return SliceEntry(
        pieces=pieces,
        keys=packed.keys,
        speaking=packed.speaking,
        octets=packed.octets,
        open=packed.open,
        held=events.keys,
        traits=packed.traits.take(np.zeros(len(packed.traits.keys), dtype=np.bool_)),
        kept=kept,
        outcomes=outcomes,
        plain=plain,
        identities=spool.put(packed.traits),
        events=spool.put(events),
    )


def with_more(entry: SliceEntry, more: Packed, spool: Spool) -> SliceEntry:
    """Add segments of pairs that slices had let go to what they kept."""
    both = joined_kept([kept_of(entry, spool), pickle.loads(more.kept)])  # noqa: S301 - from a worker of ours
    outcomes = (*spool.get(entry.outcomes), *((),) * len(more.keys))
    return replace(
        entry,
        keys=np.concatenate([entry.keys, more.keys]),
        octets=np.concatenate([entry.octets, more.octets]),
        kept=spool.put(both),
        outcomes=spool.put(outcomes),
    )


def kept_of(entry: SliceEntry, spool: Spool) -> Kept:
    """The kept segments of a slice, from the spool."""
    kept: Kept = spool.get(entry.kept)
    return kept


def span_of(entry: SliceEntry, keys: Keys, spool: Spool) -> tuple[Slice, ...]:
    """The slices themselves, as far as they may hold frames of pairs; none where they cannot be read again.

    Args:
        entry: What is known of them.
        keys: The pairs. Where all are textbook or silent ones it is known where their frames are.
        spool: Where it lies.
    """
    if entry.pieces is None:
        return ()
    pieces: tuple[Slice, ...] = spool.get(entry.pieces)
    plain = plain_of(entry, spool)
    frames = plain.frames[among(plain.keys, keys)]
    if not among(keys, plain.keys).all():
        return pieces
    return within(pieces, int(frames[:, 0].min()), int(frames[:, 1].max()))


def outcomes_of(entry: SliceEntry, spool: Spool) -> Iterator[tuple[Keys, tuple[Outcome, ...]]]:
    """The outcomes of a slice, from the spool, with the key of each pair that it examined."""
    for key, outcomes in zip(entry.keys, spool.get(entry.outcomes), strict=True):
        if outcomes is not None:
            yield key, outcomes


def identities_of(entry: SliceEntry, spool: Spool) -> Traits:
    """The traits of every connection of a slice, from the spool."""
    traits: Traits = spool.get(entry.identities)
    return traits


def events_of(capture: CaptureEntry, spool: Spool) -> Iterator[StreamEvents]:
    """What numbering the streams of a capture needs, from the spool."""
    for entry in capture.slices:
        yield spool.get(entry.events)


def plain_of(entry: SliceEntry, spool: Spool) -> Plain:
    """The textbook connections of a slice, from the spool."""
    plain: Plain = spool.get(entry.plain)
    return plain


def plain_among(entry: SliceEntry, keys: Keys, spool: Spool) -> Plain:
    """The textbook connections of a slice on some pairs; nothing is read where there is none."""
    if not among(entry.speaking, keys).any():
        return none_plain(0)
    plain = plain_of(entry, spool)
    return plain.take(among(plain.keys, keys))
