"""The kept pairs of endpoints become outcomes: the short way where that will do, else the general one.

Used for a slice, and for what is put together from several. May know columns; must not know slices.
"""

import numpy as np
from numpy.typing import NDArray

from desync.analysis.kept import Kept
from desync.analysis.options import Options
from desync.analysis.plain import Plain
from desync.analysis.quick import quick_outcomes
from desync.analysis.record import Outcome
from desync.capture.frames import Integers
from desync.findings.finding import Facts
from desync.packets.segments import Segments
from desync.tcp.endings import endings_of
from desync.tcp.rows import ACK, SYN, take_rows


def outcomes_of(
    segments: Segments,
    order: Integers,
    kept: Kept,
    options: Options,
    facts: Facts,
    *,
    wanted: NDArray[np.bool_],
) -> tuple[tuple[tuple[Outcome, ...] | None, ...], Plain]:
    """The mail connections of each kept pair.

    Args:
        segments: What was kept, and maybe more.
        order: Which rows of ``segments`` were kept, pair after pair.
        kept: The same rows as they were kept.
        options: What the caller asked for.
        facts: What is known of the rest of the archive.
        wanted: Which pairs are to be examined now, shape (f,).

    Returns:
        For each pair its connections in the order of their first frames, or None where it is not wanted
        now; but the textbook ones, of pairs that have no other, as columns.
    """
    found: list[tuple[Outcome, ...] | None] = [None] * len(kept)
    textbook, plain = quick_outcomes(segments, kept, order, options)
    wanted = wanted.copy()
    wanted[textbook] = False
    for pair in textbook.tolist():
        found[pair] = ()
    if not wanted.any():
        return tuple(found), plain
    # The general way is imported with all that it reads and judges by; most small captures go without.
    from desync.analysis.examine import examine  # noqa: PLC0415 - see above

    counts = np.diff(kept.starts)
    chosen = np.repeat(wanted, counts)
    rows = take_rows(segments, _sides(kept, order, len(segments)), order[chosen], kept.capture)
    at = 0
    for pair, count in zip(np.flatnonzero(wanted).tolist(), counts[wanted].tolist(), strict=True):
        found[pair] = tuple(examine(rows.cut(at, at + count), kept.pairs.pair(pair), options, facts))
        at += count
    return tuple(found), plain


def open_pairs(kept: Kept) -> NDArray[np.bool_]:
    """Which pairs seem to have frames in other slices: no SYN opens them, or one side at least goes on.

    What they say here alone would be thrown away: they wait until all their frames are known.
    """
    if not len(kept):
        return np.zeros(0, dtype=np.bool_)
    opens = (kept.flags & np.uint16(SYN | ACK)) == SYN
    opened = np.logical_or.reduceat(opens, kept.starts[:-1])
    ends = endings_of(kept.flags, kept.side, kept.starts)
    return np.asarray(~(opened & (ends.reset | ends.both)))


def ended_pairs(kept: Kept) -> NDArray[np.bool_]:
    """Which pairs seem to have no frames behind these: both sides ended, and somebody still acknowledged."""
    if not len(kept):
        return np.zeros(0, dtype=np.bool_)
    ends = endings_of(kept.flags, kept.side, kept.starts)
    return ends.both & ends.answered


def _sides(kept: Kept, order: Integers, count: int) -> NDArray[np.uint8]:
    """Who sent each segment, in the order of the segments."""
    sides = np.zeros(count, dtype=np.uint8)
    sides[order] = kept.side
    return sides
