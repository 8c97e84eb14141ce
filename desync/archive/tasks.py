"""What is done apart from all else, in any process: work that is handed over and its results.

What a scan needs at once comes back as it is. What is only needed when slices are stitched or the
report is written (columns of kept segments, outcomes) comes back pickled already: whoever asked puts
the octets on disk as they are. May know slices and partials; must not know in which order they come.
"""

import pickle
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from desync.analysis.kept import Kept, Reader, keep, take_flows
from desync.analysis.more import more_of
from desync.analysis.options import Options
from desync.analysis.outcomes import outcomes_of
from desync.analysis.plain import Plain, none_plain
from desync.analysis.record import Outcome
from desync.analysis.slice import Terms, Times
from desync.analysis.stitch import joined_rows
from desync.analysis.stretch import analyse_stretch
from desync.archive.collector import no_collection
from desync.archive.heap import give_back_freed_memory, keep_freed_memory
from desync.archive.long_pairs import long_pairs, long_rows
from desync.archive.rejoin import rejoin
from desync.archive.traits import Traits, traits_of
from desync.capture.frames import Integers, Octets
from desync.capture.places import read_places
from desync.capture.slices import Slice
from desync.errors import UnreadableFile
from desync.findings.finding import Facts
from desync.packets.fragments import Fragments
from desync.tcp.flows import group
from desync.tcp.numbering import StreamEvents
from desync.tcp.pair_keys import KEY, Keys, among, repeated, unique


class Packed(NamedTuple):
    """Kept segments and outcomes, pickled.

    Attributes:
        keys: The pairs kept.
        speaking: The pairs that may carry mail by what these slices show: kept, or ``plain``.
        octets: How many octets reading each of them again costs.
        open: The speaking ones that were not examined in this slice (their outcomes are None, not a
            tuple): whether or not another slice has some of them, they are examined when all is known.
        traits: What must be known of the outcomes before all are read again.
        kept: ``Kept``, pickled.
        outcomes: For each pair its outcomes, pickled.
        plain: The textbook connections, pickled.
    """

    keys: Keys
    speaking: Keys
    octets: Integers
    open: Keys
    traits: Traits
    kept: bytes
    outcomes: bytes
    plain: bytes


class Analysed(NamedTuple):
    """What consecutive slices hold; as ``Stretch``, but for what is ``packed``."""

    first_frame: int
    frames: int
    tcp_frames: int
    times: Times
    opaque: tuple[tuple[int | None, str, int], ...]
    events: StreamEvents
    fragments: Fragments
    unread: tuple[tuple[Slice, str], ...]
    packed: Packed


class Examined(NamedTuple):
    """Outcomes of pairs that were examined again, as ``n`` rows.

    Attributes:
        keys: The pair of each.
        orders: Capture and frame by which it is sorted, int64 of shape (n, 2).
        places: Where it begins in ``outcomes``.
        traits: What must be known of them before all are read again.
        outcomes: Each outcome, pickled, one behind the other.
        plain: The textbook connections of each capture.
        unread: Captures that could not be read again, and why; connections are found without them.
    """

    keys: Keys
    orders: Integers
    places: Integers
    traits: tuple[Traits, ...]
    outcomes: bytes
    plain: tuple[Plain, ...]
    unread: tuple[tuple[int, str], ...] = ()


@no_collection()
def analyse_slices(pieces: Sequence[Slice], terms: Terms) -> Analysed:
    """Analyse consecutive slices; the arguments are those of ``analyse_stretch``."""
    keep_freed_memory()
    stretch = analyse_stretch(pieces, terms)
    partial = stretch.partial
    return Analysed(
        first_frame=partial.first_frame,
        frames=partial.frames,
        tcp_frames=partial.tcp_frames,
        times=partial.times,
        opaque=partial.opaque,
        events=partial.events,
        fragments=partial.fragments,
        unread=stretch.unread,
        packed=pack(partial.kept, partial.speaking, partial.outcomes, partial.plain),
    )


class More(NamedTuple):
    """Segments that slices had let go.

    Attributes:
        packed: The segments; no connection is among them.
        unread: As in ``Stretch``.
    """

    packed: Packed
    unread: tuple[tuple[Slice, str], ...]


def keep_more(pieces: Sequence[Slice], capture: int, wanted: Keys) -> More:
    """Keep some pairs of consecutive slices, without examining them.

    Args:
        pieces: The slices.
        capture: Index of their capture.
        wanted: Which pairs.
    """
    kept, unread = more_of(pieces, capture, wanted)
    silent = np.zeros(len(kept), dtype=np.bool_)
    return More(pack(kept, silent, ((),) * len(kept), none_plain(capture)), tuple(unread))


@no_collection()
def examine_again(
    parts: Sequence[tuple[Kept, str]], rank: Mapping[int, int], options: Options, facts: Facts
) -> Examined:
    """Examine pairs from all their segments in several slices.

    Args:
        parts: Their kept segments in each slice, and the path of its capture.
        rank: In which order captures follow each other in their set.
        options: What the caller asked for.
        facts: What is known of the rest of the archive.
    """
    give_back_freed_memory()
    unread: dict[int, str] = {}
    while True:
        try:
            found = _examine_again(parts, rank, options, facts) if parts else examined((), ())
            return found._replace(unread=tuple(sorted(unread.items())))
        except UnreadableFile as error:
            gone = {kept.capture for kept, path in parts if path == error.path}
            if not gone:
                raise
            unread |= dict.fromkeys(gone, error.reason)
            parts = [(kept, path) for kept, path in parts if kept.capture not in gone]


def _examine_again(
    parts: Sequence[tuple[Kept, str]], rank: Mapping[int, int], options: Options, facts: Facts
) -> Examined:
    from desync.analysis.examine import examine  # noqa: PLC0415 - see ``analysis.outcomes``

    found: list[Outcome] = []
    plain: list[Plain] = []
    long = long_pairs(parts, rank)
    if len(long):
        for pair, rows in long_rows(parts, long, rank):
            found += examine(rows, pair, options, facts)
        parts = _but(parts, long)
    for capture, path, kept, pairs in _apart(parts):
        outcomes, textbook = _examine_together(
            [pick(each, pairs) for each in kept], capture, path, options, facts
        )
        found += outcomes
        plain.append(textbook)
    several = _in_several(parts)
    if len(several):
        readers = [(kept, reader_of(path)) for kept, path in parts]
        for pair, rows in joined_rows(readers, several, rank.__getitem__):
            found += examine(rows, pair, options, facts)
    return examined(found, plain)


def _but(parts: Sequence[tuple[Kept, str]], without: Keys) -> list[tuple[Kept, str]]:
    """What slices kept but some pairs."""
    others = [(pick(kept, kept.keys[~among(kept.keys, without)]), path) for kept, path in parts]
    return [(kept, path) for kept, path in others if len(kept)]


def _apart(parts: Sequence[tuple[Kept, str]]) -> Iterator[tuple[int, str, list[Kept], Keys]]:
    """For each capture its path, its slices and the pairs that lie in no other capture."""
    several = _in_several(parts)
    for capture in sorted({kept.capture for kept, _ in parts}):
        own = [(kept, path) for kept, path in parts if kept.capture == capture]
        keys = unique(np.concatenate([kept.keys for kept, _ in own]))
        pairs = keys[~among(keys, several)]
        if len(pairs):
            yield capture, own[0][1], [kept for kept, _ in own], pairs


def _in_several(parts: Sequence[tuple[Kept, str]]) -> Keys:
    """The pairs that lie in more than one capture."""
    of_captures: dict[int, list[Keys]] = {}
    for kept, _ in parts:
        of_captures.setdefault(kept.capture, []).append(kept.keys)
    return repeated([unique(np.concatenate(keys)) for keys in of_captures.values()])


def _examine_together(
    parts: Sequence[Kept], capture: int, path: str, options: Options, facts: Facts
) -> tuple[list[Outcome], Plain]:
    """Examine pairs of one capture, as if all their segments lay in one slice."""
    segments = rejoin(parts, path)
    flows = group(segments)
    every = np.ones(len(flows), dtype=np.bool_)
    # Nothing is to be kept whole: the octets are at hand.
    nowhere = replace(segments, place=np.zeros_like(segments.place))
    kept = keep(nowhere, flows, every, capture, rereadable=True)
    outcomes, plain = outcomes_of(segments, flows.rows, kept, options, facts, wanted=every)
    return [outcome for several in outcomes for outcome in several or ()], plain


def examined(found: Sequence[Outcome], plain: Sequence[Plain]) -> Examined:
    """Pickle outcomes, and collect what must be known of them."""
    pickled = [pickle.dumps(outcome, pickle.HIGHEST_PROTOCOL) for outcome in found]
    sizes = np.array([len(each) for each in pickled], dtype=np.int64)
    return Examined(
        keys=np.array([outcome.brief.key for outcome in found], dtype=KEY),
        orders=np.array([outcome.brief.order for outcome in found], dtype=np.int64).reshape(-1, 2),
        places=np.cumsum(sizes) - sizes,
        traits=(traits_of(found, none_plain(0)), *(traits_of((), each) for each in plain)),
        outcomes=b"".join(pickled),
        plain=tuple(each for each in plain if len(each)),
    )


def pack(
    kept: Kept,
    speaking: NDArray[np.bool_],
    outcomes: Sequence[Sequence[Outcome] | None],
    plain: Plain,
) -> Packed:
    """Pickle kept segments and outcomes."""
    opened = np.array([each is None for each in outcomes], dtype=np.bool_)
    octets = np.cumsum(np.concatenate([[0], kept.sizes]))
    return Packed(
        keys=kept.keys,
        speaking=unique(np.concatenate([kept.keys[speaking], plain.keys])),
        octets=octets[kept.starts[1:]] - octets[kept.starts[:-1]],
        open=kept.keys[opened & speaking],
        traits=traits_of((outcome for several in outcomes for outcome in several or ()), plain),
        kept=pickle.dumps(kept, pickle.HIGHEST_PROTOCOL),
        outcomes=pickle.dumps(outcomes, pickle.HIGHEST_PROTOCOL),
        plain=pickle.dumps(plain, pickle.HIGHEST_PROTOCOL),
    )


def pick(kept: Kept, wanted: Keys) -> Kept:
    """The kept segments of some pairs only."""
    return take_flows(kept, np.flatnonzero(among(kept.keys, wanted)))


def reader_of(path: str) -> Reader:
    """What reads octets of a capture by place."""

    def read(places: Integers, lengths: Integers) -> Octets:
        return read_places(path, places, lengths) if len(places) else np.empty(0, np.uint8)

    return read
