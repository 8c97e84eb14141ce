"""The midst of long monologues: octets that nobody has to look at again once they have passed.

Where one side talks on and on it sends a message, a chunk or encrypted records. What decides a
dialogue lies at the beginning and at the end of that, next to what the other side says, and where
a line may end the message or be a command. Which segments lie between is told here, from the
segments alone: neither slices nor windows change it. May know which words begin a command; must
not know phases: whether what was passed over was a message, the dialogue says.
"""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from desync.capture.frames import Integers, Octets
from desync.tcp.rows import FIN, RST, SYN

Mask: TypeAlias = NDArray[np.bool_]

LIMIT: Final = 4 << 20
"""Octets of one pair of endpoints from which on the midst of its monologues is passed over."""

EDGE: Final = 16 << 10
"""Octets at either end of a monologue that are always looked at."""

WINDOW: Final = 2 << 20
"""Octets looked at in one go."""

OVERLAP: Final = 4 << 10
"""Octets of a window that are looked at again in the next: longer than any line that is looked for."""

LONGEST_LINE: Final = 1 << 10
"""Octets of a command's line that are kept: twice what RFC 5321, section 4.5.3.1.4, allows."""

_VERBS: Final = (
    "EHLO HELO LHLO MAIL RCPT DATA BDAT RSET NOOP QUIT VRFY EXPN HELP TURN ATRN ETRN AUTH STAR XCLI XFOR "
    "BURL XEXC SEND SOML SAML"
)
_HEADS: Final = np.array([int.from_bytes(verb.lower().encode()) for verb in _VERBS.split()], dtype=np.uint32)
"""The first four octets of every verb, in small letters."""

_LOWER: Final = np.uint32(0x20202020)
_LF: Final = 0x0A
_CR: Final = 0x0D
_DOT: Final = 0x2E
_PAD: Final = bytes(8)

Gather: TypeAlias = Callable[[Integers], bytes]
"""Gives the payload octets of some rows, one row behind the other."""


class Course(NamedTuple):
    """How the segments of one pair follow each other in the file, as columns of shape (n,).

    The names are those of ``Segments``; ``side`` is that of ``Rows``. ``gone`` are rows that were passed
    over before, by somebody who saw only a part of the pair's segments: the whole decides the same.
    """

    side: NDArray[np.integer]
    sequence: Integers
    flags: Integers
    length: Integers
    captured: Integers
    gone: Mask


def passed_over(course: Course, gather: Gather) -> Mask:
    """Find the segments of a pair whose octets need not be kept, shape (n,).

    Args:
        course: The segments.
        gather: Gives their octets; none for a row that is gone.
    """
    found = _midst(course)
    sizes = np.where(course.gone, 0, course.captured)
    for side in (0, 1):
        rows = np.flatnonzero((course.length > 0) & (course.side == side))
        inner = found[rows]
        beside = inner.copy()
        beside[:-1] |= inner[1:]
        beside[1:] |= inner[:-1]
        # Where rows are left out here, or were before, a line does not go on.
        block = np.cumsum(np.concatenate([[False], ~beside[:-1]]) | course.gone[rows], dtype=np.int64)
        rows, block = rows[beside], block[beside]
        for part in _windows(sizes[rows]):
            some = rows[part]
            found[some[_telling(gather(some), sizes[some], block[part])]] = False
    return found | course.gone


def is_long_winded(course: Course) -> bool:
    """Whether most of a pair's octets lie in the midst of monologues, or were passed over already."""
    inner = int(course.length[_midst(course)].sum())
    return bool(course.gone.any()) or 2 * inner > int(course.captured.sum())


def _midst(course: Course) -> Mask:
    """The segments far from both ends of a monologue, whole, in order, between others in order."""
    found = np.zeros(len(course.side), dtype=np.bool_)
    data = np.flatnonzero(course.length > 0)
    if len(data) < 2:
        return found
    side, length = course.side[data], course.length[data]
    turn = np.concatenate([[True], side[1:] != side[:-1]])
    behind = np.cumsum(length)
    number = np.cumsum(turn) - 1
    begin = (behind - length)[turn][number]
    end = np.concatenate([(behind - length)[turn][1:], behind[-1:]])[number]
    follows = np.zeros(len(data) + 1, dtype=np.bool_)
    expected = (course.sequence[data] + length) & 0xFFFFFFFF
    follows[1:-1] = ~turn[1:] & (course.sequence[data][1:] == expected[:-1])
    far = (behind - length - begin >= EDGE) & (end - behind >= EDGE)
    plain = (course.flags[data] & (SYN | FIN | RST) == 0) & (course.captured[data] == length)
    found[data] = far & plain & follows[:-1] & follows[1:]
    for one in (0, 1):
        # The largest segment of a side tells of offload: it stays.
        own = data[side == one]
        if len(own):
            found[own[np.argmax(np.where(course.gone[own], 0, course.length[own]))]] = False
    return found


def _windows(sizes: Integers) -> Iterator[slice]:
    """Cut rows into windows of octets, each beginning with the last octets of the one before."""
    behind = np.cumsum(sizes)
    start = 0
    while start < len(sizes):
        before = int(behind[start] - sizes[start])
        stop = max(int(np.searchsorted(behind, before + WINDOW, "right")), start + 1)
        yield slice(start, stop)
        if stop >= len(sizes):
            return
        # Not further back than one row behind the last beginning: every window gets on.
        start = max(int(np.searchsorted(behind, behind[stop - 1] - OVERLAP, "left")), start + 1)


def _telling(text: bytes, sizes: Integers, block: Integers) -> Mask:
    """Which rows hold what may end a message or be a command, or the octet behind such a line.

    Args:
        text: The octets of the rows, one row behind the other.
        sizes: How many each row has.
        block: Rows with the same number are next to each other in the stream.
    """
    octets: Octets = np.frombuffer(text + _PAD, dtype=np.uint8)
    begins = np.cumsum(sizes) - sizes
    ends = np.flatnonzero(octets[: len(text)] == _LF)
    heads = ends[np.isin(_words(octets, ends + 1), _HEADS)]
    # A chunk's end is no line's end: BDAT may stand anywhere.
    heads = np.concatenate([heads, np.array(list(_chunks(text)), dtype=np.int64)])
    following = np.searchsorted(ends, heads, "right")
    last = np.append(ends, len(text))[following]
    last = np.minimum(last, heads + LONGEST_LINE) + 1
    dots = np.flatnonzero(octets[: len(text)] == _DOT)
    dots = dots[_is_break(octets[np.maximum(dots - 1, 0)]) & _is_break(octets[dots + 1])]
    low = np.concatenate([np.maximum(heads - 1, 0), np.maximum(dots - 2, 0)])
    high = np.concatenate([last, dots + 3])
    of = np.searchsorted(begins, np.concatenate([heads, dots]), "right") - 1
    rows = np.searchsorted(begins, np.stack([low, high]), "right") - 1
    first = np.maximum(rows[0], np.searchsorted(block, block[of], "left"))
    behind = np.minimum(rows[1] + 1, np.searchsorted(block, block[of], "right"))
    marks = np.zeros(len(sizes) + 1, dtype=np.int64)
    np.add.at(marks, first, 1)
    np.add.at(marks, behind, -1)
    return np.asarray(np.cumsum(marks)[:-1] > 0)


def _words(octets: Octets, at: Integers) -> NDArray[np.uint32]:
    """The four octets at each place as a big-endian number, letters in small."""
    word = np.zeros(len(at), dtype=np.uint32)
    for index in range(4):
        word = word << np.uint32(8) | octets[at + index]
    return word | _LOWER


def _is_break(octets: Octets) -> Mask:
    return np.asarray((octets == _CR) | (octets == _LF))


def _chunks(text: bytes) -> Iterator[int]:
    """The places before each BDAT."""
    capitals = text.upper()
    at = capitals.find(b"BDAT ")
    while at >= 0:
        yield max(at - 1, 0)
        at = capitals.find(b"BDAT ", at + 1)
