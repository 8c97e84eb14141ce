"""One address pair, several connections: which segment belongs to which.

May know flags and sequence numbers; must not look at payload. Works in file order, and for
each segment only looks back, so that a capture cut into slices is split the same way once
the slices are put together.
"""

from dataclasses import dataclass, field
from typing import Final

from desync.tcp.rows import ACK, RST, SYN, Rows
from desync.tcp.sequence import distance

NEAR: Final = 1 << 24
"""Octets by which a sequence number may differ from what is expected next and still belong
to the connection: more than any window without holes, far less than a random ISN would give."""


@dataclass(slots=True)
class _Open:
    """A connection under way: what each side is expected to send next."""

    rows: list[int] = field(default_factory=list)
    initial: list[int | None] = field(default_factory=lambda: [None, None])
    expected: list[int | None] = field(default_factory=lambda: [None, None])
    answered: bool = False

    def fits(self, side: int, sequence: int, acknowledgment: int | None) -> bool:
        mine, theirs = self.expected[side], self.expected[1 - side]
        if mine is not None and abs(distance(sequence, mine)) > NEAR:
            return False
        return acknowledgment is None or theirs is None or abs(distance(acknowledgment, theirs)) <= NEAR

    def is_behind(self, side: int, sequence: int) -> bool:
        """Whether the segment starts no later than what this connection has seen."""
        mine = self.expected[side]
        return mine is not None and distance(sequence, mine) <= 0

    def take(self, row: int, side: int, end: int, acknowledgment: int | None) -> None:
        self.rows.append(row)
        mine = self.expected[side]
        if mine is None or distance(end, mine) > 0:
            self.expected[side] = end
        if acknowledgment is not None and self.expected[1 - side] is None:
            self.expected[1 - side] = acknowledgment


def split_connections(rows: Rows) -> list[list[int]]:
    """Part the segments of one address pair into connections.

    A SYN with a new initial sequence number starts a new connection, unless nothing had been
    answered yet (a SYN tried again with another number). After it, a segment belongs, until
    the SYN-ACK, to the connection whose numbers it fits.

    Returns:
        Row indexes of each connection in file order, connections by their first row.

    Source:
        RFC 9293, sections 3.5 and 3.10.7.4; DESIGN.md, sections 2 and 4.
    """
    if not _may_be_several(rows):
        return [list(range(len(rows)))]
    opened: list[_Open] = []
    for row, (flags, side, sequence) in enumerate(zip(rows.flags, rows.side, rows.sequence, strict=True)):
        acknowledgment = rows.acknowledgment[row] if flags & ACK else None
        if flags & SYN and not flags & RST:
            one = _of_syn(opened, side, sequence, acknowledgment)
        else:
            one = _of_segment(opened, side, sequence, acknowledgment)
            if flags & RST and one.initial[1 - side] is not None:
                # A RST is an answer too: what comes after it is another connection.
                one.answered = True
        one.take(row, side, sequence + rows.length[row] + bool(flags & SYN), acknowledgment)
    return [one.rows for one in opened]


def _may_be_several(rows: Rows) -> bool:
    """Whether more than one SYN number was seen of a side, or a SYN came late."""
    seen = {
        (side, sequence)
        for flags, side, sequence in zip(rows.flags, rows.side, rows.sequence, strict=True)
        if flags & SYN
    }
    return (
        len(seen) > 2
        or len({side for side, _ in seen}) < len(seen)
        or (bool(seen) and not rows.flags[0] & SYN)
    )


def _of_syn(opened: list[_Open], side: int, sequence: int, acknowledgment: int | None) -> _Open:
    """The connection that a SYN or SYN-ACK belongs to, a new one where it fits none."""
    for one in reversed(opened):
        if one.initial[side] == sequence:
            one.answered = one.answered or acknowledgment is not None
            return one
    newest = opened[-1] if opened else None
    found: _Open | None = None
    if acknowledgment is not None:
        found = next((one for one in reversed(opened) if _answers(one, side, acknowledgment)), None)
        if found is None and newest is not None and not newest.answered and newest.initial[side] is None:
            found = newest if newest.fits(side, sequence, acknowledgment) else None
    elif newest is not None and not newest.answered and _may_be_tried_again(newest, side, sequence):
        found = newest
    one = found or _Open()
    if found is None:
        opened.append(one)
    one.initial[side] = sequence
    one.expected[side] = sequence + 1
    if acknowledgment is not None:
        one.answered = True
        if one.initial[1 - side] is None:
            one.initial[1 - side] = (acknowledgment - 1) & 0xFFFFFFFF
    return one


def _answers(one: _Open, side: int, acknowledgment: int) -> bool:
    """Whether a SYN-ACK acknowledges the other side's SYN, with or without data on it."""
    theirs = one.initial[1 - side]
    return (
        theirs is not None
        and one.initial[side] is None
        and 1 <= distance(acknowledgment, theirs) <= 1 + 0xFFFF
    )


def _may_be_tried_again(one: _Open, side: int, sequence: int) -> bool:
    """Whether a SYN may belong to a connection of which nothing was answered yet."""
    if one.initial[side] is None and one.initial[1 - side] is None:
        # Data without a SYN came first in the file: this SYN is theirs only if it lies right before it.
        mine = one.expected[side]
        return mine is not None and 0 <= distance(mine, sequence) <= NEAR
    return True


def _of_segment(opened: list[_Open], side: int, sequence: int, acknowledgment: int | None) -> _Open:
    """The connection whose numbers a segment without SYN fits."""
    if not opened:
        opened.append(_Open())
        return opened[0]
    newest = opened[-1]
    if not newest.answered and len(opened) > 1:
        older = opened[-2]
        if older.fits(side, sequence, acknowledgment) and older.is_behind(side, sequence):
            return older
    for one in reversed(opened[-8:]):
        if one.fits(side, sequence, acknowledgment):
            if one is newest and newest.expected[side] is not None:
                newest.answered = newest.answered or (
                    acknowledgment is not None and newest.initial[side] is None
                )
            return one
    return newest
