"""The replies of many whole servers' streams at once, as columns.

Only well-formed ones: a stream with any other line is spoiled for the short way, and read by the
reply reader. May know lines; must not know prompts.
"""

from typing import Final, NamedTuple

import numpy as np

from desync.analysis.runs import Flags, begins_of, spoil
from desync.capture.frames import Integers, Octets
from desync.smtp.limits import LONGEST_LINE
from desync.smtp.line_columns import Heads, Lines, hold_nul, line_octets
from desync.tcp.regular import Pieces, Regular

MOST_LINES: Final = 1000
"""A reply of more lines goes the general way, which bounds what it may cost."""


PIPELINING: Final = b"PIPELINING"


class Replies(NamedTuple):
    """The replies of all pairs, pair after pair; ``first`` and ``last`` are lines."""

    pair: Integers
    code: Integers
    end: Integers
    had: Integers
    first: Integers
    last: Integers

    def of(self, good: Flags) -> "Replies":
        """Those of some pairs."""
        chosen = good[self.pair]
        return Replies(*(getattr(self, name)[chosen] for name in self._fields))


def replies_of(lines: Lines, heads: Heads, regular: Regular, octets: Octets, good: Flags) -> Replies:
    """The servers' replies; spoils pairs with a line that is not a well-formed one."""
    pair, size = lines.stream >> 1, lines.end - lines.start
    digits = heads.octets[:, :3].astype(np.int64) - 0x30
    code = digits[:, 0] * 100 + digits[:, 1] * 10 + digits[:, 2]
    mark = heads.octets[:, 3]
    fine = ((digits >= 0) & (digits <= 9)).all(axis=1) & (code >= 200) & (code < 600) & heads.crlf
    fine &= (size >= 5) & (size <= LONGEST_LINE)
    fine &= (mark == 0x20) | (mark == 0x2D) | ((mark == 0x0D) & (size == 5))
    more = mark == 0x2D
    follows = np.zeros(len(pair), dtype=np.bool_)
    follows[:-1] = (pair[1:] == pair[:-1]) & (code[1:] == code[:-1])
    spoil(good, pair, ~fine | (more & ~follows))
    good[_hold_nul(regular, octets)] = False
    final = np.flatnonzero(~more)
    first = final.copy()
    first[:1], first[1:] = 0, final[:-1] + 1
    # The stream before may have ended inside a reply.
    first = np.maximum(first, begins_of(pair)[final])
    spoil(good, pair[final], final - first >= MOST_LINES)
    return Replies(
        pair=pair[final],
        code=np.clip(code[final], 0, 599),
        end=lines.end[final],
        had=regular.pieces.acknowledged[lines.first[first]],
        first=first,
        last=final,
    )


def _hold_nul(regular: Regular, octets: Octets) -> Integers:
    """The pairs in which the server sent a NUL."""
    server = regular.pieces.take(regular.pieces.stream & 1 == 1)
    return np.asarray(server.stream[hold_nul(server, octets)] >> 1)


def offers_of(server: Lines, heads: Heads, pieces: Pieces, octets: Octets) -> tuple[Flags, Flags]:
    """The lines that offer PIPELINING, and those that may offer early pipelining."""
    size = server.end - server.start
    # PIPELINING, PIPE_CONNECT or X_PIPE_CONNECT; white space in front of a keyword is no part of it.
    initial = heads.octets[:, 4] | 0x20
    candidate = np.flatnonzero(((initial == 0x70) | (initial == 0x78) | (initial <= 0x2D)) & (size >= 10))
    offers = np.zeros(len(size), dtype=np.bool_)
    other = np.zeros(len(size), dtype=np.bool_)
    plain = _says(server, heads, octets, candidate, PIPELINING)
    offers[candidate[plain]] = True
    for row in candidate[~plain].tolist():
        line = line_octets(server, row, pieces, octets, LONGEST_LINE)
        word = line[4:-2].upper().split(b" ")[0].strip()
        offers[row] = word == PIPELINING
        other[row] = b"PIPE" in word and not offers[row]
    return offers, other


def _says(server: Lines, heads: Heads, octets: Octets, rows: Integers, word: bytes) -> Flags:
    """Which lines, of those in one piece, hold nothing but a keyword behind their code."""
    found = np.zeros(len(rows), dtype=np.bool_)
    sized = np.flatnonzero(
        (server.end[rows] - server.start[rows] == len(word) + 6) & (server.first[rows] == server.last[rows])
    )
    if len(sized):
        windows = np.lib.stride_tricks.sliding_window_view(octets, len(word))
        said = windows[heads.place[rows[sized]] + 4] & np.uint8(0xDF)
        found[sized] = (said == np.frombuffer(word, dtype=np.uint8)).all(axis=1)
    return found


def splits_of(server: Lines, replies: Replies) -> tuple[Flags, Flags]:
    """The replies with a cut inside a line, and those with one between lines."""
    cut = np.concatenate([[0], np.cumsum(server.first != server.last)])
    inside = cut[replies.last + 1] - cut[replies.first] > 0
    gap = np.zeros(len(server.first), dtype=np.int64)
    gap[1:] = server.last[:-1] != server.first[1:]
    gaps = np.concatenate([[0], np.cumsum(gap)])
    return np.asarray(inside), np.asarray(gaps[replies.last + 1] - gaps[replies.first + 1] > 0)
