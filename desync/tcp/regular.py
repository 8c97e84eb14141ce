"""Regular connections: opened by a handshake, every segment in order, nothing lost or cut.

Most are so, and array operations over all connections of a slice say which. Whatever is not
plainly regular goes the general way (``tcp.connection``), which gives the same streams; a property
test holds the two together. May know segments as columns; must not know what they say.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from desync.capture.frames import Integers, Octets
from desync.tcp.rows import ACK, FIN, RST, SYN
from desync.units import MILLISECOND, UNKNOWN_TIME

Flags = NDArray[np.bool_]

_HALF = 1 << 31

SHORTEST_WAIT: Final = 30 * MILLISECOND
"""No kernel delays an acknowledgment for less."""
AT_ONCE: Final = 10 * MILLISECOND
"""A kernel that waited for an acknowledgment sends in less, round trips apart."""


class Columns(NamedTuple):
    """Segments of many address pairs, pair after pair, in file order within a pair.

    Attributes:
        starts: Pair ``i`` has the rows ``starts[i]:starts[i + 1]``.

    The others are columns of ``Segments``, and who sent the segment (``Flows.side``).
    """

    starts: Integers
    side: NDArray[np.uint8]
    time: Integers
    sequence: NDArray[np.uint32]
    acknowledgment: NDArray[np.uint32]
    flags: NDArray[np.uint16]
    captured: Integers
    length: Integers
    network: Integers
    transport: Integers
    payload: Integers


class Pieces(NamedTuple):
    """The new data segments of regular connections, stream after stream, in stream order.

    Attributes:
        stream: Twice the pair's number, 1 more for the server's stream.
        start: Stream offset of the first octet.
        acknowledged: Octets of the other stream that it acknowledges.
        payload: Where its octets are in the buffer.
        length: How many.

    Units:
        Octets; int64 of shape (n,).
    """

    stream: Integers
    start: Integers
    acknowledged: Integers
    payload: Integers
    length: Integers

    def take(self, chosen: NDArray[np.generic]) -> "Pieces":
        """Some of the pieces, by flags or by numbers."""
        return Pieces(*(getattr(self, name)[chosen] for name in self._fields))


class Regular(NamedTuple):
    """Which pairs carry one regular connection, and its data.

    Attributes:
        regular: Whether a pair does, shape (f,).
        client: Which side opened it, uint8 of shape (f,).
        initial: Initial sequence numbers of client and server, shape (f,) each.
        lengths: Octets that client and server sent, shape (f,) each.
        largest: Octets of the largest segment of client and server, shape (f,) each.
        heard: Octets of the server's stream that the client acknowledged, shape (f,).
        closed: What the FIN of client and server acknowledges, -1 where there is none, shape (f,) each.
        waited: Whether a segment of the server may have waited for the client's acknowledgment, shape (f,).
        pieces: The data of regular pairs.
    """

    regular: Flags
    client: NDArray[np.uint8]
    initial: tuple[NDArray[np.uint32], NDArray[np.uint32]]
    lengths: tuple[Integers, Integers]
    largest: tuple[Integers, Integers]
    heard: Integers
    closed: tuple[Integers, Integers]
    waited: Flags
    pieces: Pieces


def find_regular(columns: Columns, octets: Octets) -> Regular:
    """Find the regular connections among many pairs.

    Args:
        columns: The segments.
        octets: The buffer that ``network`` and ``payload`` index.
    """
    one = _Survey(columns)
    fresh, repeated, twin = one.repeats()
    regular = one.opened() & one.per_pair(one.in_order(fresh) & (columns.captured == columns.length))
    regular &= one.per_pair(columns.time != UNKNOWN_TIME)
    regular &= ~one.any_per_pair(_may_be_copies(columns, octets, one))
    rows = np.flatnonzero(repeated & regular[one.pair])
    regular &= ~one.any_per_pair(_differing(columns, octets, rows, twin[rows]))
    data = np.flatnonzero(fresh & regular[one.pair])
    stream = 2 * one.pair[data] + ~one.by_client[data]
    order = np.argsort(stream, kind="stable")
    data, stream = data[order], stream[order]
    sent = np.bincount(stream, weights=columns.length[data], minlength=2 * one.count).astype(np.int64)
    largest = np.zeros(2 * one.count, dtype=np.int64)
    np.maximum.at(largest, stream, columns.length[data])
    return Regular(
        regular=regular,
        client=one.client,
        initial=one.initial,
        lengths=(sent[::2], sent[1::2]),
        largest=(largest[::2], largest[1::2]),
        heard=one.heard(),
        closed=one.closed(),
        waited=one.any_per_pair(one.waits(fresh)),
        pieces=Pieces(
            stream=stream,
            start=one.offset[data],
            acknowledged=one.acknowledged[data],
            payload=columns.payload[data],
            length=columns.length[data],
        ),
    )


class _Survey:
    """Columns that are asked for again and again while regular pairs are looked for."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.count = len(columns.starts) - 1
        self.first = columns.starts[:-1]
        self.pair = np.repeat(np.arange(self.count), np.diff(columns.starts))
        last = max(len(columns.side) - 1, 0)
        self.second = np.minimum(self.first + 1, last)
        self.client = columns.side[self.first]
        self.by_client = columns.side == self.client[self.pair]
        self.initial = (columns.sequence[self.first], columns.sequence[self.second])
        base = [number[self.pair].astype(np.int64) + 1 for number in self.initial]
        own, other = np.where(self.by_client, base[0], base[1]), np.where(self.by_client, base[1], base[0])
        self.opening = (columns.flags & np.uint16(SYN)) > 0
        self.fin = (columns.flags & np.uint16(FIN)) > 0
        self.offset = (columns.sequence.astype(np.int64) - own) & 0xFFFFFFFF
        self.acknowledged = (columns.acknowledgment.astype(np.int64) - other) & 0xFFFFFFFF
        self.data = (columns.length > 0) & ~self.opening
        self.sides = (np.flatnonzero(self.by_client), np.flatnonzero(~self.by_client))

    def opened(self) -> Flags:
        """The pairs that begin with SYN and SYN-ACK and hold no other SYN, nor a RST."""
        columns, first, second = self.columns, self.first, self.second
        kind = columns.flags & np.uint16(SYN | ACK | FIN | RST)
        good = (np.diff(columns.starts) >= 2) & (kind[first] == SYN) & (kind[second] == SYN | ACK)
        good &= (columns.length[first] == 0) & (columns.length[second] == 0) & ~self.by_client[second]
        good &= columns.acknowledgment[second] == columns.sequence[first] + np.uint32(1)
        plain = (kind & np.uint16(SYN | RST | ACK)) == ACK
        plain[first] = True
        plain[second] = True
        return np.asarray(good & self.per_pair(plain))

    def heard(self) -> Integers:
        """How much of the server's stream the client acknowledged in each pair."""
        rows = self.sides[0][~self.opening[self.sides[0]]]
        heard = np.zeros(self.count, dtype=np.int64)
        np.maximum.at(heard, self.pair[rows], self.acknowledged[rows])
        return heard

    def closed(self) -> tuple[Integers, Integers]:
        """What the client's FIN and the server's acknowledge in each pair, -1 where there is none."""
        found = []
        for side in self.sides:
            rows = side[self.fin[side]]
            number = np.full(self.count, -1, dtype=np.int64)
            number[self.pair[rows]] = self.acknowledged[rows]
            found.append(number)
        return found[0], found[1]

    def waits(self, fresh: Flags) -> Flags:
        """The client's bare acknowledgments that came late, and behind which the server went on at once."""
        found = np.zeros(len(self.pair), dtype=np.bool_)
        if len(found) < len(("before", "acknowledgment", "after")):
            return found
        by_server, time = fresh & ~self.by_client, self.columns.time
        found[1:-1] = by_server[:-2] & by_server[2:] & self.by_client[1:-1] & ~self.data[1:-1]
        found[1:-1] &= (self.pair[:-2] == self.pair[2:]) & (time[1:-1] - time[:-2] >= SHORTEST_WAIT)
        # The handshake's third segment came both round trips after its first.
        third = np.minimum(self.second + 1, len(found) - 1)
        trips = np.maximum(time[third] - time[self.first], 0)[self.pair[1:-1]]
        found[1:-1] &= time[2:] - time[1:-1] <= AT_ONCE + trips + trips // 2
        return found

    def per_pair(self, rows: Flags) -> Flags:
        """Whether all rows of each pair are so."""
        return ~self.any_per_pair(~rows)

    def any_per_pair(self, rows: Flags) -> Flags:
        """Whether any row of each pair is so."""
        return np.asarray(np.bincount(self.pair[rows], minlength=self.count) > 0)

    def repeats(self) -> tuple[Flags, Flags, Integers]:
        """Which data rows are new, which repeat the side's data row before, and which row that is."""
        repeated = np.zeros(len(self.pair), dtype=np.bool_)
        twin = np.zeros(len(self.pair), dtype=np.int64)
        for side in self.sides:
            rows = side[self.data[side]]
            before = np.concatenate([rows[:1], rows[:-1]])
            same = (self.pair[rows] == self.pair[before]) & (self.offset[rows] == self.offset[before])
            same &= self.columns.length[rows] == self.columns.length[before]
            same[:1] = False
            repeated[rows] = same
            twin[rows] = before
        return self.data & ~repeated, repeated, twin

    def in_order(self, fresh: Flags) -> Flags:
        """The rows that lie where the ones before end, and acknowledge nothing that was not seen."""
        length = self.columns.length
        sent = [self._before(np.where(fresh & mine, length, 0)) for mine in (self.by_client, ~self.by_client)]
        fins = [self._before(self.fin & mine) for mine in (self.by_client, ~self.by_client)]
        mine, theirs = np.where(self.by_client, sent[0], sent[1]), np.where(self.by_client, sent[1], sent[0])
        ended, closed = np.where(self.by_client, fins[0], fins[1]), np.where(self.by_client, fins[1], fins[0])
        good = self.offset == mine + ended
        repeats = self.data & ~fresh
        good[repeats] = (self.offset + length == mine)[repeats]
        good &= ~(self.data & (ended > 0)) & ~(self.fin & (ended > 0)) & (mine < _HALF)
        good &= (self.acknowledged <= theirs + closed) & self._never_back()
        good[self.first] = True
        good[self.second] = True
        return np.asarray(good)

    def _before(self, values: NDArray[np.generic]) -> Integers:
        """The sum of a column over the earlier rows of the same pair."""
        total = np.cumsum(values, dtype=np.int64) - values.astype(np.int64)
        before: Integers = total - total[self.first][self.pair]
        return before

    def _never_back(self) -> Flags:
        """The rows that acknowledge at least what the same side's row before did."""
        good = np.ones(len(self.pair), dtype=np.bool_)
        for side in self.sides:
            rows = side[~self.opening[side]]
            later, earlier = rows[1:], rows[:-1]
            same = self.pair[later] == self.pair[earlier]
            good[later] = ~same | (self.acknowledged[later] >= self.acknowledged[earlier])
        return good


def _may_be_copies(columns: Columns, octets: Octets, one: _Survey) -> Flags:
    """The rows that may be second copies of an earlier row of the same side: one packet captured twice.

    Rows with the same numbers follow each other among the side's data, or among its bare
    acknowledgments. Of two, an IPv4 identification can tell at once that they are not copies; three are
    left to ``tcp.duplicates``.
    """
    suspected = np.zeros(len(one.pair), dtype=np.bool_)
    bare = ~(one.data | one.opening | one.fin)
    for rows in (side[kind[side]] for side in one.sides for kind in (one.data, bare)):
        same = one.pair[rows[1:]] == one.pair[rows[:-1]]
        for column in (columns.sequence, columns.acknowledgment, columns.length):
            same &= column[rows[1:]] == column[rows[:-1]]
        third = np.concatenate([[False], same[1:] & same[:-1]])[: len(same)]
        later, earlier = rows[1:][same], rows[:-1][same]
        there, here = columns.network[earlier], columns.network[later]
        is_4 = (octets[here] >> 4 == 4) & (octets[there] >> 4 == 4)
        differs = (octets[here + 4] != octets[there + 4]) | (octets[here + 5] != octets[there + 5])
        suspected[later] = ~(is_4 & differs) | third[same]
        for row, before in zip(later[~is_4].tolist(), earlier[~is_4].tolist(), strict=True):
            # IPv6 has no identification: a header that differs says that it is a packet of its own.
            suspected[row] &= _header(columns, octets, row) == _header(columns, octets, before)
        suspected[later[third[same]]] = True
    return suspected


def _header(columns: Columns, octets: Octets, row: int) -> bytes:
    """A segment's TCP header, less its checksum."""
    header = octets[int(columns.transport[row]) : int(columns.payload[row])].tobytes()
    return header[:16] + header[18:]


def _differing(columns: Columns, octets: Octets, rows: Integers, twins: Integers) -> Flags:
    """The repeats that do not carry the same octets as the segment that they repeat."""
    found = np.zeros(len(columns.side), dtype=np.bool_)
    buffer = memoryview(octets.data)
    places = (columns.payload[rows], columns.payload[twins], columns.length[rows])
    for row, copy, original, length in zip(rows.tolist(), *(place.tolist() for place in places), strict=True):
        found[row] = buffer[copy : copy + length] != buffer[original : original + length]
    return found
