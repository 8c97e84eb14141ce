"""The lines of many whole streams at once, as columns.

The same lines that ``smtp.lines`` finds one by one. May know where line feeds are; must not know
what a line says.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from desync.capture.frames import Integers, Octets
from desync.tcp.regular import Pieces

HEAD = 5
"""Octets at a line's beginning that are looked at: a verb or a code, and what follows it."""


LINE_FEED = 0x0A
RETURN = 0x0D

BLOCK = 1 << 18
"""Octets that are searched at a time."""

APART = 1 << 11
"""Where a buffer holds a piece in so many octets or more, pieces are copied and searched, not the buffer."""


class Lines(NamedTuple):
    """Lines that have ended, stream after stream, in stream order.

    Attributes:
        stream: As in ``Pieces``.
        start, end: Half-open range of stream offsets, the line ending included.
        first, last: The pieces that hold its first and its last octet, as rows of ``Pieces``.
        feed: Where its line feed is in the buffer.
    """

    stream: Integers
    start: Integers
    end: Integers
    first: Integers
    last: Integers
    feed: Integers

    def take(self, chosen: NDArray[np.generic]) -> "Lines":
        """Some of the lines, by flags or by numbers."""
        return Lines(*(column[chosen] for column in self))


class Heads(NamedTuple):
    """How lines begin and end.

    Attributes:
        place: Where the first octet is in the buffer.
        octets: The first octets, uint8 of shape (n, 5); 0 behind the line's end.
        together: Whether those octets lie in one piece.
        crlf: Whether CR stands before the LF.
    """

    place: Integers
    octets: Octets
    together: NDArray[np.bool_]
    crlf: NDArray[np.bool_]


def lines_of(pieces: Pieces, octets: Octets) -> Lines:
    """Find the lines of streams.

    Args:
        pieces: The streams' segments.
        octets: The buffer that they are in.
    """
    feed, last = _line_feeds(pieces, octets)
    end = pieces.start[last] + feed - pieces.payload[last] + 1
    stream = pieces.stream[last]
    follows = np.zeros(len(stream), dtype=np.bool_)
    follows[1:] = stream[1:] == stream[:-1]
    start = np.zeros(len(end), dtype=np.int64)
    start[1:] = np.where(follows[1:], end[:-1], 0)
    return Lines(stream, start, end, _first_pieces(pieces, stream, last, end, follows), last, feed)


def heads_of(lines: Lines, pieces: Pieces, octets: Octets) -> Heads:
    """Look at the beginnings and endings of lines."""
    place = pieces.payload[lines.first] + lines.start - pieces.start[lines.first]
    there = pieces.payload[lines.first] + pieces.length[lines.first] - place
    size = lines.end - lines.start
    head = np.zeros((len(size), HEAD), dtype=np.uint8)
    for index in range(HEAD):
        held = (size > index) & (there > index)
        head[held, index] = octets[place[held] + index]
    together = there >= np.minimum(size, HEAD)
    for row in np.flatnonzero(~together).tolist():
        torn = line_octets(lines, row, pieces, octets, HEAD)
        head[row, : len(torn)] = np.frombuffer(torn, dtype=np.uint8)
    return Heads(place, head, together, is_crlf(lines, pieces, octets))


def line_octets(lines: Lines, row: int, pieces: Pieces, octets: Octets, most: int) -> bytes:
    """The first octets of a line, its line ending included, out of as many pieces as it takes."""
    buffer, left = memoryview(octets.data), min(most, int(lines.end[row] - lines.start[row]))
    piece, found = int(lines.first[row]), b""
    skipped = int(lines.start[row] - pieces.start[piece])
    while left > len(found):
        begin = int(pieces.payload[piece]) + skipped
        end = int(pieces.payload[piece] + pieces.length[piece])
        found += buffer[begin : min(end, begin + left - len(found))]
        piece, skipped = piece + 1, 0
    return found


def is_crlf(lines: Lines, pieces: Pieces, octets: Octets) -> NDArray[np.bool_]:
    """Whether the octet before each line feed is CR, be it in the piece before."""
    last, feed = lines.last, lines.feed
    before = np.maximum(last - 1, 0)
    at = np.where(feed > pieces.payload[last], feed - 1, pieces.payload[before] + pieces.length[before] - 1)
    return np.asarray((octets[np.maximum(at, 0)] == 0x0D) & (lines.end - lines.start > 1))


def _line_feeds(pieces: Pieces, octets: Octets) -> tuple[Integers, Integers]:
    """Where in the buffer line feeds of payload are, and in which piece; in stream order."""
    if _few(pieces, octets):
        found = np.flatnonzero(joined(pieces, octets) == LINE_FEED)
        piece = _pieces_at(pieces, found)
        begins = np.cumsum(pieces.length) - pieces.length
        return found - begins[piece] + pieces.payload[piece], piece
    found = _places(octets, LINE_FEED)
    # Searched in the order of the buffer, which is several times quicker than in that of the streams.
    order = np.argsort(pieces.payload)
    begin, count = np.empty(len(order), dtype=np.int64), np.empty(len(order), dtype=np.int64)
    begin[order] = np.searchsorted(found, pieces.payload[order])
    count[order] = np.searchsorted(found, (pieces.payload + pieces.length)[order])
    count -= begin
    index, piece = _spread(begin, count)
    return found[index], piece


def bare_returns(pieces: Pieces, octets: Octets) -> Integers:
    """The pieces with a CR that is not followed by LF, the last one of a stream included; some twice."""
    if not len(pieces.stream):
        return pieces.stream
    if _few(pieces, octets):
        said = joined(pieces, octets)
        bare = np.flatnonzero((said[:-1] == RETURN) & (said[1:] != LINE_FEED))
        inside = _pieces_at(pieces, bare)
    else:
        longer = np.flatnonzero(pieces.length > 1)
        inside = longer[_hold_bare(octets, pieces.payload[longer], pieces.length[longer] - 1)]
    # What follows the end of a piece in the buffer is not what follows it in the stream.
    last = np.flatnonzero(octets[pieces.payload + pieces.length - 1] == RETURN)
    after = np.minimum(last + 1, len(pieces.stream) - 1)
    goes_on = (pieces.stream[after] == pieces.stream[last]) & (after > last)
    paired = goes_on & (octets[pieces.payload[after]] == LINE_FEED)
    return np.concatenate([inside, last[~paired]])


def hold_nul(pieces: Pieces, octets: Octets) -> NDArray[np.bool_]:
    """Which pieces hold a NUL octet."""
    if not _few(pieces, octets):
        order = np.argsort(pieces.payload)
        held = np.empty(len(order), dtype=np.bool_)
        held[order] = _reduced(np.minimum, octets, _bounds(pieces.payload, pieces.length, order)) == 0
        return held
    held = np.zeros(len(pieces.stream), dtype=np.bool_)
    nul = np.flatnonzero(joined(pieces, octets) == 0)
    held[_pieces_at(pieces, nul)] = True
    return held


def _few(pieces: Pieces, octets: Octets) -> bool:
    return len(pieces.stream) * APART < len(octets)


def _bounds(begin: Integers, length: Integers, order: Integers) -> Integers:
    """Where ranges of a buffer begin and end, in its order, int64 of shape (n, 2)."""
    return np.stack([begin, begin + length], axis=1)[order]


def _reduced(reduce: np.ufunc, values: Octets, bounds: Integers) -> Octets:
    """What becomes of the values in each of some ranges, none of them empty, which do not overlap."""
    edges = bounds.ravel()
    # Every other stretch lies between two ranges; behind the last one there may be nothing.
    found: Octets = reduce.reduceat(values, edges[:-1] if bounds[-1:, 1] == len(values) else edges)[::2]
    return found


def _hold_bare(octets: Octets, begin: Integers, length: Integers) -> NDArray[np.bool_]:
    """Which ranges of a buffer hold a CR that another octet than LF follows, be it behind the range.

    A block at a time: what that takes stays in the processor's cache.
    """
    order = np.argsort(begin)
    bounds = _bounds(begin, length, order)
    holds = np.empty(len(order), dtype=np.bool_)
    edges = np.append(np.searchsorted(bounds[:, 0], np.arange(0, len(octets), BLOCK)), len(order))
    for first, behind in pairwise(edges[np.diff(edges, prepend=-1) > 0].tolist()):
        start, stop = int(bounds[first, 0]), int(bounds[behind - 1, 1])
        part = octets[start : stop + 1]
        bare = part[:-1] == RETURN
        bare &= part[1:] != LINE_FEED
        within = bounds[first:behind] - start
        holds[order[first:behind]] = _reduced(np.bitwise_or, bare.view(np.uint8), within)
    return holds


def _places(octets: Octets, octet: int) -> Integers:
    """Where in a buffer an octet is.

    A block at a time: what that takes stays in the processor's cache.
    """
    blocks = range(0, len(octets), BLOCK)
    found = [np.flatnonzero(octets[begin : begin + BLOCK] == octet) + begin for begin in blocks]
    return np.concatenate([np.empty(0, dtype=np.int64), *found])


def joined(pieces: Pieces, octets: Octets) -> Octets:
    """The octets of the pieces, one behind the other.

    To copy them is several times as quick as to number each of them.
    """
    view = memoryview(octets.data)
    places = zip(pieces.payload.tolist(), (pieces.payload + pieces.length).tolist(), strict=True)
    return np.frombuffer(b"".join(view[start:stop] for start, stop in places), dtype=np.uint8)


def _pieces_at(pieces: Pieces, places: Integers) -> Integers:
    """Which pieces hold some octets of what ``joined`` gives."""
    return np.searchsorted(np.cumsum(pieces.length), places, side="right")


def places_in(begin: Integers, count: Integers) -> Integers:
    """The numbers of many ranges behind each other."""
    return _spread(begin, count)[0]


def _spread(begin: Integers, count: Integers) -> tuple[Integers, Integers]:
    """The numbers of many ranges behind each other, and which range each is of."""
    first = np.cumsum(count) - count
    return np.arange(int(count.sum())) + np.repeat(begin - first, count), np.repeat(
        np.arange(len(count)), count
    )


def _first_pieces(
    pieces: Pieces, stream: Integers, last: Integers, end: Integers, follows: NDArray[np.bool_]
) -> Integers:
    """The piece that holds the first octet of each line."""
    if not len(stream):
        return last
    begins = np.searchsorted(pieces.stream, np.arange(int(stream[-1]) + 1))
    first: Integers = begins[stream]
    # A line that ended with its piece is followed by one that begins with the next.
    ended = end[:-1] == (pieces.start + pieces.length)[last[:-1]]
    first[1:] = np.where(follows[1:], last[:-1] + ended, first[1:])
    return first
