"""What may be remarked on in dialogues that are all in step: counted where it is a mere note, else spoiled.

Bare line breaks (DATA403), a split end of data (DATA402), recipients that name a way (MAIL701), words that a
box wrote over (PATH601, PATH602, TLS503), a close without QUIT (PATH605). Where there is any doubt a pair is
spoiled for the short way. May know prompts, lines and replies as columns; must not say what is wrong.
"""

import numpy as np

from desync.analysis.prompt_columns import END_OF_DATA, NOOP, QUIT, RCPT, Prompts
from desync.analysis.reply_columns import Replies
from desync.analysis.runs import Flags, first_of_each, spoil
from desync.analysis.turn_columns import Dialogues
from desync.capture.frames import Integers, Octets
from desync.smtp.line_columns import Heads, Lines, bare_returns, is_crlf, places_in
from desync.tcp.regular import Pieces, Regular

_AT, _LESS, _X = 0x40, 0x3C, 0x58

_LEFT = np.frombuffer(b"20* \t", dtype=np.uint8)
"""What is left of a greeting that was overwritten."""

_SHORTEST_MASK = len(b"250-XXXX\r\n")

_ROUTING = np.zeros(256, dtype=np.bool_)
_ROUTING[list(b'%!"')] = True
"""Without one of these, or a second at sign, a path names a mailbox (``smtp.routes``)."""


def spoil_bare_breaks(client: Lines, pieces: Pieces, octets: Octets, good: Flags) -> None:
    """Spoil the pairs whose client sent an LF without CR, or a CR without LF."""
    spoil(good, client.stream >> 1, ~is_crlf(client, pieces, octets))
    said = pieces.take((pieces.stream & 1) == 0)
    good[said.stream[bare_returns(said, octets)] >> 1] = False


def spoil_routes(prompts: Prompts, client: Lines, octets: Octets, good: Flags) -> None:
    """Spoil the pairs with a recipient that may name a way."""
    line = prompts.line[prompts.kind == RCPT]
    spoil(good, client.stream[line] >> 1, client.first[line] != client.last[line])
    line = line[client.first[line] == client.last[line]]
    if not len(line):
        return
    size = client.end[line] - client.start[line]
    places = places_in(client.feed[line] + 1 - size, size)
    said, begins = octets[places], np.cumsum(size) - size
    ats = np.add.reduceat((said == _AT).astype(np.int64), begins)
    first = said[1:] == _AT
    routed = np.logical_or.reduceat(_ROUTING[said], begins) | (ats > 1)
    opening = np.concatenate([first & (said[:-1] == _LESS), [False]])
    routed |= np.logical_or.reduceat(opening, begins)
    spoil(good, client.stream[line] >> 1, routed)


def spoil_masks(said: Dialogues, heads: Heads, octets: Octets, good: Flags) -> None:
    """Spoil the pairs in which a box may have overwritten words.

    Args:
        said: What was said on all pairs.
        heads: How the servers' lines begin.
        octets: The buffer that they are in.
        good: Which pairs are good.
    """
    prompts, server = said.prompts, said.server
    initial = heads.octets[:, 4]
    row = np.flatnonzero((initial == _X) & (server.end - server.start >= _SHORTEST_MASK))
    torn = server.first[row] != server.last[row]
    masked = torn | (octets[np.where(torn, 0, heads.place[row] + 5)] == _X)
    spoil(good, server.stream[row] >> 1, masked)
    greeting = said.replies.first[first_of_each(said.replies.pair)]
    beginning = initial[greeting]
    left = (beginning[:, None] == _LEFT).any(axis=1)
    spoil(good, server.stream[greeting] >> 1, left)
    _spoil_quotes(said.replies, server, heads, octets, good)
    spoil(good, prompts.pair, (prompts.kind == NOOP) & (prompts.end - prompts.start > len(b"NOOP\r\n")))


def _spoil_quotes(replies: Replies, server: Lines, heads: Heads, octets: Octets, good: Flags) -> None:
    """Spoil the pairs whose server refuses a command and quotes a row of X; such refusals are few."""
    refused = np.flatnonzero((replies.code >= 500) & (replies.code <= 504))
    buffer = memoryview(octets.data)
    for reply in refused.tolist():
        for line in range(int(replies.first[reply]), int(replies.last[reply]) + 1):
            place, size = int(heads.place[line]), int(server.end[line] - server.start[line])
            if server.first[line] != server.last[line] or b"XXXX" in bytes(buffer[place : place + size]):
                good[replies.pair[reply]] = False


def split_ends(prompts: Prompts, client: Lines, pieces: Pieces, count: int) -> Integers:
    """Of how many pairs there is to be noted that an end of data left in several segments: 0 or 1 each."""
    dots = np.flatnonzero(prompts.kind == END_OF_DATA)
    line = prompts.line[dots]
    # Behind DATA at once the message is empty: the first CRLF is that of the command.
    text = prompts.start[dots] < client.start[line]
    before = client.last[line - 1]
    torn = client.feed[line - 1] == pieces.payload[before]
    split = text & ((before != client.last[line]) | torn)
    return np.minimum(np.bincount(prompts.pair[dots[split]], minlength=count), 1)


def abrupt_closes(prompts: Prompts, replies: Replies, regular: Regular, good: Flags) -> Integers:
    """Of how many pairs there is to be noted that they were closed without QUIT: 0 or 1 each."""
    count = len(good)
    last = np.zeros(count, dtype=np.int64)
    last[prompts.pair] = prompts.kind
    code = np.zeros(count, dtype=np.int64)
    code[replies.pair] = replies.code
    left = last == QUIT
    closed = (regular.closed[0] >= 0) | (regular.closed[1] >= 0)
    # Who closes before the reply to QUIT has arrived, or after another one, is left to the general way.
    hasty = (regular.closed[0] >= 0) & (regular.closed[0] < regular.lengths[1])
    good &= ~(left & closed & (hasty | (code != 221)))
    # 421 and 521 say goodbye.
    good &= ~(closed & ~left & ((code == 421) | (code == 521) | (code == 221)))
    return np.asarray((closed & ~left).astype(np.int64))
