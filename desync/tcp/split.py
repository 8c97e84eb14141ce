"""One address pair, several connections: which segment belongs to which.

May know flags and sequence numbers; must not look at payload. Works in file order, and for
each segment only looks back, so that a capture cut into slices is split the same way once
the slices are put together.
"""

from dataclasses import dataclass, field
from typing import Final

from desync.tcp.rows import ACK, FIN, RST, SYN, Rows
from desync.tcp.sequence import distance

NEAR: Final = 1 << 24
"""Octets by which a sequence number may differ from what is expected next and still belong
to the connection: more than any window without holes, far less than a random ISN would give."""


RECENT: Final = 8
"""Connections of a pair that a segment may belong to, from the newest back: a flood of SYNs is one each."""


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
        if acknowledgment is not None and theirs is not None and abs(distance(acknowledgment, theirs)) > NEAR:
            return False
        opener = self.opener
        if opener is None:
            return True
        # Nobody sends or acknowledges what lies before the SYN of a connection.
        number = sequence if side == opener else acknowledgment
        return number is None or distance(number, self.initial[opener] or 0) > 0

    @property
    def opener(self) -> int | None:
        """The side that has sent a SYN, where nothing else was seen; else None."""
        if self.answered or None not in self.expected:
            return None
        return next((side for side in (0, 1) if self.initial[side] is not None), None)

    def is_answered_by(self, side: int, acknowledgment: int | None) -> bool:
        """Whether a segment acknowledges a SYN that nothing else has answered, and nothing more."""
        opener = self.opener
        if opener is None or side == opener or acknowledgment is None:
            return False
        return distance(acknowledgment, self.initial[opener] or 0) == 1

    def is_nearer(self, other: "_Open", side: int, sequence: int, acknowledgment: int | None) -> bool:
        """Whether a segment lies no further from what is expected here than from another's SYN."""
        opener = other.opener
        number = sequence if side == opener else acknowledgment
        if opener is None or number is None:
            return False
        here, there = self.expected[opener], other.expected[opener]
        if here is None or there is None:
            return False
        return abs(distance(number, here)) <= abs(distance(number, there))

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
    strays: list[_Open] = []
    for row, (flags, side, sequence) in enumerate(zip(rows.flags, rows.side, rows.sequence, strict=True)):
        acknowledgment = rows.acknowledgment[row] if flags & ACK else None
        if flags & SYN and not flags & RST and _is_stray(opened, side, sequence, acknowledgment):
            one = _Open()
            strays.append(one)
        elif flags & SYN and not flags & RST:
            one = _of_syn(opened, side, sequence, acknowledgment)
        else:
            one = _of_segment(opened, side, sequence, acknowledgment, may_open=not flags & RST)
            if flags & RST and one.initial[1 - side] is not None:
                # A RST is an answer too: what comes after it is another connection.
                one.answered = True
        end = sequence + rows.length[row] + bool(flags & SYN) + bool(flags & FIN)
        one.take(row, side, end, acknowledgment)
    return sorted(one.rows for one in (*opened, *strays))


def _may_be_several(rows: Rows) -> bool:
    """Whether more than one SYN number was seen of a side, or a SYN came late, or of one side only."""
    seen = {
        (side, sequence)
        for flags, side, sequence in zip(rows.flags, rows.side, rows.sequence, strict=True)
        if flags & SYN
    }
    return bool(seen) and (len(seen) != 2 or len({side for side, _ in seen}) < 2 or not rows.flags[0] & SYN)


def _is_stray(opened: list[_Open], side: int, sequence: int, acknowledgment: int | None) -> bool:
    """Whether a SYN-ACK answers no SYN, but acknowledges what an open connection sent long ago.

    Who has an open connection throws it away (RFC 9293, section 3.10.7.4): nothing begins with it.
    """
    recent = opened[-RECENT:]
    if acknowledgment is None or any(one.initial[side] == sequence for one in recent):
        return False
    for one in recent:
        initial, expected = one.initial[1 - side], one.expected[1 - side]
        if initial is None or expected is None or one.initial[side] is None:
            continue
        if distance(acknowledgment, initial) > 0 and distance(acknowledgment, expected) <= 0:
            return not any(_answers(each, side, acknowledgment) for each in recent)
    return False


def _of_syn(opened: list[_Open], side: int, sequence: int, acknowledgment: int | None) -> _Open:
    """The connection that a SYN or SYN-ACK belongs to, a new one where it fits none."""
    recent = opened[-RECENT:]
    for one in reversed(recent):
        if one.initial[side] == sequence:
            one.answered = one.answered or acknowledgment is not None
            return one
    newest = opened[-1] if opened else None
    found: _Open | None = None
    if acknowledgment is not None:
        found = next((one for one in reversed(recent) if _answers(one, side, acknowledgment)), None)
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


def _of_segment(
    opened: list[_Open], side: int, sequence: int, acknowledgment: int | None, *, may_open: bool
) -> _Open:
    """The connection whose numbers a segment without SYN fits."""
    if not opened:
        opened.append(_Open())
        return opened[0]
    newest = opened[-1]
    if not newest.answered and len(opened) > 1:
        older = opened[-2]
        # What answers a stray SYN is of the connection that is open (RFC 5961, section 4.2).
        answers = newest.is_answered_by(side, acknowledgment) and older.expected[1 - side] != acknowledgment
        if (not answers and older.fits(side, sequence, acknowledgment)) and (
            older.is_behind(side, sequence) or older.is_nearer(newest, side, sequence, acknowledgment)
        ):
            return older
    for one in reversed(opened[-RECENT:]):
        if one.fits(side, sequence, acknowledgment):
            if one is newest and newest.expected[side] is not None:
                newest.answered = newest.answered or (
                    acknowledgment is not None and newest.initial[side] is None
                )
            return one
    if may_open and newest.opener is not None:
        # The SYN is a stray one: this belongs to what was open when the capture began.
        opened.append(_Open())
    return opened[-1]
