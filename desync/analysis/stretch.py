"""Analyse slices of a capture that follow each other, and put what they hold together.

What is open where one ends goes on in the next: only at the ends of a stretch do connections part. May
know slices and partials; must not know which slices others analyse.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import compress

import numpy as np

from desync.analysis.kept import joined_kept, take_flows
from desync.analysis.plain import joined_plain, lone_pairs
from desync.analysis.slice import NO_TIMES, Partial, Terms, analyse_next, analyse_rest, join_times
from desync.capture.slices import Slice
from desync.errors import UnreadableFile
from desync.packets.fragments import joined
from desync.packets.segments import NO_SEGMENTS
from desync.tcp.numbering import joined_events
from desync.tcp.pair_keys import Keys, among, repeated, unique


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
    found = _each(pieces, terms)
    missed = _missed(found[0])
    if len(missed):
        watch = missed if terms.watch is None else unique(np.concatenate([terms.watch, missed]))
        found = _each(pieces, terms._replace(watch=watch))
    parts, unread = found
    partial = _joined(parts) if len(parts) > 1 else parts[0]
    # With --merge what lies elsewhere may be the other half of any connection.
    lean = pieces[0].octets is None and not terms.options.merge
    return Stretch(_lean(partial, terms.watch) if lean else partial, tuple(unread))


def _lean(partial: Partial, watch: Keys | None) -> Partial:
    """Let the segments of textbook and silent connections go: should they be wanted, they are read again."""
    kept = partial.kept
    stays = ~among(kept.keys, partial.plain.keys)
    if watch is not None:
        stays |= among(kept.keys, watch)
    if stays.all():
        return partial
    return replace(
        partial,
        kept=take_flows(kept, np.flatnonzero(stays)),
        speaking=partial.speaking[stays],
        outcomes=tuple(compress(partial.outcomes, stays.tolist())),
    )


def _each(pieces: Sequence[Slice], terms: Terms) -> tuple[list[Partial], list[tuple[Slice, str]]]:
    """Analyse slice after slice."""
    parts: list[Partial] = []
    unread: list[tuple[Slice, str]] = []
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
        parts.append(partial)
    return parts, unread


def _missed(parts: Sequence[Partial]) -> Keys:
    """The pairs that one slice kept and another, which has frames of them, did not."""
    kept = unique(np.concatenate([part.kept.keys for part in parts]))
    if len(parts) == 1 or not len(kept):
        return kept[:0]
    dropped = [
        each.events.keys[among(each.events.keys, kept) & ~among(each.events.keys, each.kept.keys)]
        for each in parts
    ]
    return unique(np.concatenate(dropped))


def _lone(pairs: Keys, parts: Sequence[Partial]) -> Keys:
    """The pairs of which each slice that has any frames has a textbook connection, and nothing else."""
    return lone_pairs(pairs, [part.events.keys for part in parts], [part.plain for part in parts])


def _joined(parts: Sequence[Partial]) -> Partial:
    """The partials of consecutive slices as that of one."""
    several = repeated([part.kept.keys for part in parts])
    several = several[~among(several, _lone(several, parts))]
    times = NO_TIMES
    opaque: Counter[tuple[int | None, str]] = Counter()
    for part in parts:
        times = join_times(times, part.times, part.first_frame)
        opaque.update({(link, reason): count for link, reason, count in part.opaque})
    kept = joined_kept([part.kept for part in parts])
    plain = joined_plain([part.plain for part in parts])
    outcomes = [each for part in parts for each in part.outcomes]
    if len(several):
        # A pair that came again is examined from all its frames.
        for pair in np.flatnonzero(among(kept.keys, several)).tolist():
            outcomes[pair] = None
        plain = plain.take(~among(plain.keys, several))
    return Partial(
        capture=parts[0].capture,
        first_frame=parts[0].first_frame,
        frames=sum(part.frames for part in parts),
        tcp_frames=sum(part.tcp_frames for part in parts),
        cut=sum(part.cut for part in parts),
        malformed=sum(part.malformed for part in parts),
        times=times,
        opaque=tuple(sorted(((link, reason, count) for (link, reason), count in opaque.items()), key=str)),
        events=joined_events([part.events for part in parts]),
        fragments=joined([part.fragments for part in parts]),
        kept=kept,
        speaking=np.concatenate([part.speaking for part in parts]),
        outcomes=tuple(outcomes),
        plain=plain,
    )
