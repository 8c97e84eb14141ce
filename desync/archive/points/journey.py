"""What happened to one direction of a connection, from where it was sent to where it arrived.

    A capture that did not see a segment is no proof that it never came: it is asked whether the receiver
    acknowledged it there, whether the capture was still running, and whether the sender went on as if
    nothing had been.

May know overlays; must not know how a deed is said.
"""

from collections.abc import Iterator
from typing import Final

from desync.archive.points.alignment import Difference, Span
from desync.archive.points.deed import Deed, Doubt, What
from desync.archive.points.handshake import hops_of
from desync.archive.points.overlay import Course, Overlay
from desync.archive.points.passage import Segment
from desync.archive.points.receipt import acknowledged_among, sent_again
from desync.archive.points.sighting import Sighting
from desync.findings.rule import Certainty
from desync.tcp.rows import RST
from desync.tcp.stream import Stream
from desync.units import UNKNOWN_TIME

MOST: Final = 1000
"""Deeds of one kind and direction that are told; further ones are left out."""


class Journey:
    """One direction of an overlay.

    Args:
        overlay: The connection at both points.
        course: The direction.
    """

    def __init__(self, overlay: Overlay, course: Course) -> None:
        self.course = course
        self.passage = course.passage
        self.by_client = course.sender == "client"
        self.sent_at: Sighting = overlay.near if self.by_client else overlay.far
        self.arrived_at: Sighting = overlay.far if self.by_client else overlay.near
        ahead = overlay.offset.ahead
        self.way = overlay.offset.way
        self.ahead = ahead if ahead is None or self.by_client else -ahead
        self.sent, self.arrived = (
            one.whole.client_stream if self.by_client else one.whole.server_stream
            for one in (self.sent_at, self.arrived_at)
        )

    def deeds(self) -> Iterator[Deed]:
        """What happened to it; nothing where a point did not capture the direction at all."""
        if not self.sent.captured or not self.arrived.captured:
            return
        octets = [deed for one in self._differences()[:MOST] for deed in self._octets(one)]
        made = [deed for one in self.passage.made[:MOST] for deed in self._made(one)]
        yield from _with_hops(octets, made)
        yield from self._acknowledged()
        for one in self.passage.lost[:MOST]:
            yield from self._lost(one)
        yield from self._doubled()
        if self.passage.cut[0] and self.passage.cut[1]:
            rows_sent, rows_arrived = ([one.row for one in some] for some in self.passage.cut)
            count = len(self.passage.cut[1])
            yield self._deed("cut", "proved", (), tuple(rows_sent), tuple(rows_arrived), segments=count)

    def _differences(self) -> list[Difference]:
        """The differences; those behind the beginning of TLS as one, for its octets mean nothing to us."""
        encrypted = self.sent_at.conversation.encryption
        begins = None
        if encrypted is not None:
            begins = encrypted.client if self.by_client else encrypted.server
        if begins is None:
            return list(self.course.differences)
        plain = [one for one in self.course.differences if one.sent[0] < begins]
        behind = self.course.differences[len(plain) :]
        if len(behind) < 2:
            return [*plain, *behind]
        first, last = behind[0], behind[-1]
        whole = (first.sent[0], last.sent[1]), (first.arrived[0], last.arrived[1])
        return [*plain, Difference("replaced", *whole)]

    def _octets(self, one: Difference) -> Iterator[Deed]:
        """Octets that are others, new or missing; nothing where whole segments were lost or not recorded."""
        sent = _rows(self.sent, one.sent)
        arrived = _rows(self.arrived, one.arrived)
        doubts: tuple[Doubt, ...] = ()
        certainty: Certainty = "proved"
        if one.kind in ("missing", "inserted"):
            side = self.arrived_at if one.kind == "missing" else self.sent_at
            stream, span = (self.arrived, one.arrived) if one.kind == "missing" else (self.sent, one.sent)
            if one.kind == "missing" and set(sent) <= {each.row for each in self.passage.lost}:
                return
            if span[0] >= stream.length and not self._finished(side):
                # Nothing of the sender comes behind it: the capture may have ended, or missed it.
                doubts, certainty = ("tail",), "consistent"
            rows = sent if one.kind == "missing" else arrived
            if not self._running(side, rows[:1], arrived=one.kind == "missing"):
                return
        yield self._deed(one.kind, certainty, doubts, sent, arrived, octets=(one.sent, one.arrived))

    def _doubled(self) -> Iterator[Deed]:
        """Segments that came more often than they left: doubled on the way, or recorded twice."""
        copies = [self._copies(side) for side in (self.sent_at, self.arrived_at)]
        rows = tuple(sorted([*(one.row for one in self.passage.doubled), *copies[1]]))
        if rows and not copies[0] and len(copies[1]) * 2 <= len(self.passage.arrived):
            certainty: Certainty = "consistent" if copies[1] else "proved"
            doubts: tuple[Doubt, ...] = ("recorded-twice",) if copies[1] else ()
            yield self._deed("doubled", certainty, doubts, (), rows, segments=len(rows))

    def _copies(self, side: Sighting) -> list[int]:
        """Rows of the sender's segments that a capture holds twice."""
        whole = side.whole
        sender = whole.client_side if self.by_client else 1 - whole.client_side
        kinds = whole.assembly.kinds
        return [
            row for row, kind in enumerate(kinds) if kind == "duplicate" and whole.rows.side[row] == sender
        ]

    def _lost(self, one: Segment) -> Iterator[Deed]:
        """A segment that left and never came; nothing where its receiver had it all the same."""
        came = self._came(one)
        if self._had_it(one, came) or not self._running(self.arrived_at, (one.row,), arrived=True):
            return
        sure = self._never_had_it(one, came)
        again = came is not None if one.end > one.start else None
        span = (one.start, one.end) if one.end > one.start else None
        yield self._deed(
            "lost",
            "proved" if sure else "consistent",
            () if sure else ("not-captured",),
            (one.row,),
            (came,) if came is not None else (),
            octets=(span, None),
            segments=1,
        )._replace(flags=one.flags, again=again)

    def _came(self, one: Segment) -> int | None:
        """The row in which the last octet of a lost segment came after all."""
        last = self.course.arrival.there(one.end - 1)
        sent = self.arrived.sent(last) if one.end > one.start else None
        return sent.row if sent is not None else None

    def _had_it(self, one: Segment, came: int | None) -> bool:
        """Whether the receiver acknowledged octets before they came: the capture had missed them."""
        if one.end == one.start:
            return False
        side = self.arrived_at
        before = range(len(side.whole.rows) if came is None else came)
        return acknowledged_among(
            side, self.course.sender, self.course.arrival.there(one.end, end=True), before
        )

    def _never_had_it(self, one: Segment, came: int | None) -> bool:
        """Whether it is sure that a segment never came.

        Of a lone SYN, FIN or RST nothing shows that the capture did not miss it. Octets were lost if they
        were sent again before the sender had an acknowledgment of them, or if it never got one.
        """
        if one.end == one.start:
            return False
        sender, side = self.course.sender, self.sent_at
        again = sent_again(side, sender, one.end, one.row)
        if came is not None and again is None:
            return False
        stop = len(side.whole.rows) if again is None or came is None else again
        return not acknowledged_among(side, sender, one.end, range(one.row, stop))

    def _made(self, one: Segment) -> Iterator[Deed]:
        """A segment that came and never left; nothing where the capture there has a hole in its place."""
        if self.sent.missing(one.start, one.end) or not self.sent.captured:
            return
        if not self._running(self.sent_at, (one.row,), arrived=False):
            return
        usual = hops_of([there for _, there in self.passage.pairs])
        other = usual is not None and one.hops and one.hops != usual
        new = one.end > max(self.sent.length, 0) and one.end > one.start and self._finished(self.sent_at)
        doubts: list[Doubt] = []
        certainty: Certainty = "proved"
        if not other and not new and not (one.flags & RST and self._goes_on(one)):
            doubts, certainty = ["not-captured"], "consistent"
        start, whole = self.arrived_at.whole.assembly.offsets[one.row] or 0, self.arrived_at.whole
        span = (start, start + whole.rows.length[one.row]) if one.end > one.start else None
        yield self._deed(
            "made", certainty, tuple(doubts), (), (one.row,), octets=(None, span), segments=1
        )._replace(flags=one.flags, hops=(one.hops, usual) if other and usual is not None else None)

    def _goes_on(self, one: Segment) -> bool:
        """Whether the sender itself goes on sending after it is said to have given up."""
        when = self.arrived_at.whole.rows.time[one.row]
        if self.ahead is None or when == UNKNOWN_TIME:
            return False
        rows = self.sent_at.whole.rows
        return any(
            rows.time[each.row] > when - self.ahead and not each.flags & RST for each in self.passage.sent
        )

    def _takes_back(self, one: Segment) -> bool:
        """Whether the sender itself acknowledges less later: no TCP takes an acknowledgment back."""
        when = self.arrived_at.whole.rows.time[one.row]
        if self.ahead is None or when == UNKNOWN_TIME:
            return False
        rows = self.sent_at.whole.rows
        return any(
            rows.time[each.row] > when - self.ahead and each.acknowledged < (one.acknowledged or 0)
            for each in self.passage.sent
            if each.acknowledged is not None and not each.flags & RST
        )

    def _acknowledged(self) -> Iterator[Deed]:
        """Acknowledgments that arrived and that the sender never sent."""
        bare = [
            one for one in self.passage.bare_made if self._running(self.sent_at, (one.row,), arrived=False)
        ]
        pairs = self.passage.changed
        made = [*bare, *(there for _, there in pairs)]
        if not made:
            return
        first = min(made, key=lambda one: one.row)
        most = max((one.acknowledged or 0 for one in self.passage.sent if not one.flags & RST), default=0)
        sure = bool(pairs) or any(map(self._takes_back, made))
        yield self._deed(
            "acknowledged",
            "proved" if sure else "consistent",
            () if sure else ("not-captured",),
            tuple(one.row for one, _ in pairs),
            tuple(sorted(one.row for one in made)),
            segments=len(made),
        )._replace(acknowledged=(max(first.acknowledged or 0, 0), max(most, 0)))

    def _finished(self, side: Sighting) -> bool:
        """Whether a point saw the sender's stream end."""
        whole = side.whole
        return whole.assembly.finished[whole.client_side if self.by_client else 1 - whole.client_side]

    def _running(self, side: Sighting, rows: tuple[int, ...], *, arrived: bool) -> bool:
        """Whether a point's capture was running when a segment would have been there.

        Args:
            side: The point.
            rows: The segment at the other point.
            arrived: Whether ``side`` is where the direction arrives.
        """
        if self.ahead is None or side.span is None or not rows:
            return True
        when = (self.sent_at if arrived else self.arrived_at).whole.rows.time[rows[0]]
        if when == UNKNOWN_TIME:
            return True
        late = self.ahead + (self.way or 0)
        there = when + (late if arrived else -late)
        return side.span[0] <= there <= side.span[1]

    def _deed(
        self,
        what: What,
        certainty: Certainty,
        doubts: tuple[Doubt, ...],
        sent: tuple[int, ...],
        arrived: tuple[int, ...],
        *,
        octets: tuple[Span | None, Span | None] = (None, None),
        segments: int = 0,
    ) -> Deed:
        near, far = (sent, arrived) if self.by_client else (arrived, sent)
        spans = octets if self.by_client else octets[::-1]
        return Deed(what, self.course.sender, certainty, doubts, near, far, *spans, segments=segments)


def _with_hops(octets: list[Deed], made: list[Deed]) -> Iterator[Deed]:
    """Deeds on octets and on segments made up: those that brought new octets are told with them, once."""
    told: set[tuple[int, ...]] = set()
    for one in octets:
        rows = one.near if one.near_octets and one.near_octets[0] < one.near_octets[1] else ()
        rows += one.far if one.far_octets and one.far_octets[0] < one.far_octets[1] else ()
        same = [each for each in made if set(each.near + each.far) <= set(rows)]
        told |= {each.near + each.far for each in same}
        hops = next((each.hops for each in same if each.hops is not None), None)
        yield one._replace(hops=hops)
    yield from (one for one in made if one.near + one.far not in told)


def _rows(stream: Stream, span: Span) -> tuple[int, ...]:
    """The segments that first carried a range; of an empty one, the segment that ends before it."""
    start, end = span
    if start == end:
        sent = stream.sent(max(start - 1, 0))
        return (sent.row,) if sent is not None else ()
    return tuple(dict.fromkeys(one.row for _, _, one in stream.carriers(start, end)))
