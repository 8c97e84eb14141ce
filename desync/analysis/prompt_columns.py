"""The prompts of many whole clients' streams at once, as columns.

Only the common commands and the end of mail data: a stream that says anything else is spoiled for
the short way, and read the general one. May know lines; must not know replies.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from desync.analysis.runs import Flags, begins_of, spoil
from desync.capture.frames import Integers, Octets
from desync.smtp.line_columns import Heads, Lines, heads_of, is_crlf
from desync.tcp.neighbours import differs
from desync.tcp.regular import Regular

CONNECTION, EHLO, HELO, MAIL, RCPT, DATA, RSET, NOOP, QUIT, END_OF_DATA = range(10)

VERBS: Final = {
    b"EHLO": EHLO,
    b"HELO": HELO,
    b"MAIL": MAIL,
    b"RCPT": RCPT,
    b"DATA": DATA,
    b"RSET": RSET,
    b"NOOP": NOOP,
    b"QUIT": QUIT,
}
_WORDS: Final = np.array([int.from_bytes(verb, "big") for verb in VERBS], dtype=np.uint32)
_KINDS: Final = np.array(list(VERBS.values()), dtype=np.int8)
_SORTED: Final = np.argsort(_WORDS)


class Prompts(NamedTuple):
    """The prompts of all pairs but the connection itself, pair after pair."""

    pair: Integers
    kind: NDArray[np.int8]
    start: Integers
    end: Integers
    acknowledged: Integers
    line: Integers
    place: Integers

    def of(self, good: Flags) -> "Prompts":
        """Those of some pairs."""
        chosen = good[self.pair]
        return Prompts(*(getattr(self, name)[chosen] for name in self._fields))


def prompts_of(lines: Lines, regular: Regular, octets: Octets, good: Flags) -> Prompts:
    """The clients' commands and ends of mail data; spoils pairs that say anything else."""
    pair, size = lines.stream >> 1, lines.end - lines.start
    number = np.arange(len(pair))
    is_data, is_dot = _events(lines, regular, octets, good)
    depth = np.cumsum(is_data.astype(np.int64) - is_dot)
    before = np.concatenate([[0], depth[:-1]]) if len(pair) else depth
    in_data = before - before[begins_of(pair)] > 0
    chosen = np.flatnonzero(~in_data | is_dot)
    said = lines.take(chosen)
    heads = heads_of(said, regular.pieces, octets)
    dot = is_dot[chosen]
    kind = np.where(dot, np.int8(END_OF_DATA), _kinds(heads, size[chosen]))
    spoil(good, pair[chosen], ~dot & ((kind < 0) | ~heads.crlf | ~heads.together))
    # Mail data begins behind the DATA command's line, not with its last line.
    opener = np.maximum.accumulate(np.where(is_data & ~in_data, number, 0))
    begins = np.where(dot, np.minimum(opener[chosen] + 1, max(len(pair) - 1, 0)), chosen)
    return Prompts(
        pair=pair[chosen],
        kind=kind.astype(np.int8),
        start=lines.start[begins],
        end=said.end,
        acknowledged=regular.pieces.acknowledged[lines.first[begins]],
        line=chosen,
        place=heads.place,
    )


def _events(lines: Lines, regular: Regular, octets: Octets, good: Flags) -> tuple[Flags, Flags]:
    """The lines DATA and the lone dots; spoils pairs in which they do not take turns."""
    pair, size = lines.stream >> 1, lines.end - lines.start
    short = np.flatnonzero(size <= 6)
    heads = heads_of(lines.take(short), regular.pieces, octets)
    first, length = heads.octets[:, 0], size[short]
    before = np.maximum(short - 1, 0)
    after_crlf = (
        is_crlf(lines.take(before), regular.pieces, octets) & (pair[before] == pair[short]) & (short > 0)
    )
    # A dot with a NUL beside it ends mail data for some servers.
    spoil(good, pair[short], (heads.octets[:, :4] == 0).any(axis=1) & (length > 3) & (length <= 5))
    dot = (length == 3) & (first == 0x2E) & heads.crlf & after_crlf & heads.together
    # What may be an end of data for some servers, or lies in several segments, is no textbook.
    spoil(good, pair[short], ~dot & (length <= 3) & ((first == 0x2E) | ~heads.together))
    spoil(good, pair[short], ~heads.together & (length == 6))
    data = (length == 6) & (_kinds(heads, length) == DATA)
    is_data, is_dot = np.zeros(len(pair), dtype=np.bool_), np.zeros(len(pair), dtype=np.bool_)
    is_data[short], is_dot[short] = data, dot
    event = short[data | dot]
    new = differs(pair[event])
    opens = is_data[event]
    # DATA and the lone dot take turns, DATA first, or a message holds a line that looks like one of them.
    turn = opens.copy()
    turn[1:] = np.where(new[1:], opens[1:], opens[1:] != opens[:-1])
    ends = np.ones(len(event), dtype=np.bool_)
    ends[:-1] = new[1:]
    spoil(good, pair[event], ~turn | (ends & opens))
    return is_data, is_dot


def _kinds(heads: Heads, size: Integers) -> NDArray[np.int8]:
    """The kind of each line as a command, -1 where it is none of the common ones."""
    head = heads.octets.astype(np.uint32)
    word = (head[:, 0] << 24 | head[:, 1] << 16 | head[:, 2] << 8 | head[:, 3]) & np.uint32(0xDFDFDFDF)
    index = np.minimum(np.searchsorted(_WORDS[_SORTED], word), len(_WORDS) - 1)
    # A CR that does not end the line is a part of the verb.
    alone = (head[:, 4] == 0x0D) & (size == 6)
    known = (_WORDS[_SORTED][index] == word) & ((head[:, 4] == 0x20) | alone)
    kind = np.where(known, _KINDS[_SORTED][index], -1).astype(np.int8)
    kind[(kind == DATA) & (size != 6)] = -1
    kind[((kind == EHLO) | (kind == HELO)) & (size < 8)] = -1
    return kind
