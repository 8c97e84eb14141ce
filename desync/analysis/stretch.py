"""Analyse slices of a capture that follow each other, and put what they hold together.

What is open where one ends goes on in the next: only at the ends of a stretch do connections part. May
know slices and partials; must not know which slices others analyse.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import compress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desync.analysis.kept import joined_kept, take_flows
from desync.analysis.more import Unread, more_of
from desync.analysis.outcomes import ended_pairs
from desync.analysis.plain import joined_plain, lone_pairs
from desync.analysis.slice import (
    NO_TIMES,
    Partial,
    Terms,
    analyse_next,
    analyse_rest,
    join_times,
    opaque_rows,
)
from desync.analysis.stitch import shared_pairs
from desync.capture.slices import Slice, within
from desync.errors import UnreadableFile
from desync.packets.fragments import joined
from desync.packets.segments import NO_SEGMENTS
from desync.tcp.numbering import joined_events
from desync.tcp.pair_keys import Keys, among


@dataclass(frozen=True, slots=True)
class Stretch:
    """What consecutive slices hold.

    Attributes:
        partial: As of one slice.
        unread: The slices that the operating system would not hand over, and why.
    """

    partial: Partial
    unread: tuple[tuple[Slice, str], ...]


def analyse_stretch(pieces: Sequence[Slice], terms: Terms) -> Stretch:
    """Analyse consecutive slices of one capture.

    Args:
        pieces: The slices, in the order of the capture, at least one.
        terms: What they are analysed by.
    """
    parts, unread = _each(pieces, terms)
    partial = parts[0]
    if len(parts) > 1:
        partial, more = _joined(parts, pieces)
        unread += more
    return Stretch(partial, tuple(unread))


def _each(pieces: Sequence[Slice], terms: Terms) -> tuple[list[Partial], Unread]:
    """Analyse slice after slice."""
    parts: list[Partial] = []
    unread: Unread = []
    before = NO_SEGMENTS
    for piece in pieces:
        goes_on = piece is not pieces[-1] and piece.octets is None
        try:
            partial, before = analyse_next(piece, before, terms, goes_on=goes_on)
        except UnreadableFile as error:
            unread.append((piece, error.reason))
            if piece is not pieces[-1]:
                continue
            partial = analyse_rest(before, terms, piece.first_frame)
        # With --merge what lies elsewhere may be the other half of any connection.
        lean = piece.octets is None and not terms.options.merge
        parts.append(_lean(partial, terms.watch) if lean else partial)
    return parts, unread


def _lean(partial: Partial, watch: Keys | None) -> Partial:
    """Let the segments of textbook connections that ended go: should they be wanted, they are read again."""
    stays = ~(among(partial.kept.keys, partial.plain.keys) & ended_pairs(partial.kept))
    if watch is not None:
        stays |= among(partial.kept.keys, watch)
    return partial if stays.all() else _only(partial, stays)


def _only(partial: Partial, stays: NDArray[np.bool_]) -> Partial:
    """A partial with some of the pairs that it kept."""
    return replace(
        partial,
        kept=take_flows(partial.kept, np.flatnonzero(stays)),
        speaking=partial.speaking[stays],
        outcomes=tuple(compress(partial.outcomes, stays.tolist())),
    )


def _joined(parts: Sequence[Partial], pieces: Sequence[Slice]) -> tuple[Partial, Unread]:
    """The partials of consecutive slices as that of one."""
    again = _again(parts)
    lacking = _lacking(again, parts)
    more, unread = more_of(within(pieces, *_frames(lacking, parts)), parts[0].capture, lacking)
    if len(lacking):
        parts = [_only(part, ~among(part.kept.keys, lacking)) for part in parts]
    kept = joined_kept([*(part.kept for part in parts), more])
    plain = joined_plain([part.plain for part in parts])
    # A pair that came again is examined from all its frames.
    outcomes = [*(each for part in parts for each in part.outcomes), *[None] * len(more)]
    for pair in np.flatnonzero(among(kept.keys, again)).tolist():
        outcomes[pair] = None
    return _summed(
        parts,
        kept=kept,
        speaking=np.concatenate([*(part.speaking for part in parts), np.ones(len(more), dtype=np.bool_)]),
        outcomes=tuple(outcomes),
        plain=plain.take(~among(plain.keys, again)) if len(again) else plain,
    ), unread


def _again(parts: Sequence[Partial]) -> Keys:
    """The pairs that have frames in several slices and have to be looked at as a whole."""
    held = [part.events.keys for part in parts]
    speaking = [np.concatenate([part.kept.keys[part.speaking], part.plain.keys]) for part in parts]
    shared = shared_pairs(held, speaking)
    return shared[~among(shared, lone_pairs(shared, held, [part.plain for part in parts]))]


def _lacking(pairs: Keys, parts: Sequence[Partial]) -> Keys:
    """Those of some pairs of which a slice has frames that it did not keep."""
    lacking = np.zeros(len(pairs), dtype=np.bool_)
    for part in parts:
        lacking |= among(pairs, part.events.keys) & ~among(pairs, part.kept.keys)
    return pairs[lacking]


def _frames(pairs: Keys, parts: Sequence[Partial]) -> tuple[int, int]:
    """The first and the last frame that pairs may have."""
    if not len(pairs):
        return 0, -1
    first, last = [], []
    for part in parts:
        here = pairs[among(pairs, part.events.keys)]
        known = among(here, part.kept.keys) | among(here, part.plain.keys)
        if not known.all():
            # What was let go at first sight may lie anywhere in the slice.
            first.append(part.first_frame)
            last.append(part.first_frame + part.frames)
        plain = part.plain.frames[among(part.plain.keys, here)]
        kept = part.kept.frame[np.repeat(among(part.kept.keys, here), np.diff(part.kept.starts))]
        first += [int(edge.min()) for edge in (plain, kept) if edge.size]
        last += [int(edge.max()) for edge in (plain, kept) if edge.size]
    return min(first), max(last)


def _summed(parts: Sequence[Partial], **members: Any) -> Partial:
    """What slices hold in all, but for the connections."""
    times = NO_TIMES
    opaque: Counter[tuple[int | None, str]] = Counter()
    for part in parts:
        times = join_times(times, part.times, part.first_frame)
        opaque.update({(link, reason): count for link, reason, count in part.opaque})
    return replace(
        parts[0],
        frames=sum(part.frames for part in parts),
        tcp_frames=sum(part.tcp_frames for part in parts),
        cut=sum(part.cut for part in parts),
        malformed=sum(part.malformed for part in parts),
        times=times,
        opaque=opaque_rows(opaque),
        events=joined_events([part.events for part in parts]),
        fragments=joined([part.fragments for part in parts]),
        **members,
    )
