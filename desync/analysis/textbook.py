"""Textbook connections, found by array operations over all regular ones of a slice.

A connection is a textbook one if each of its lines is a common command or the text of a message,
each command has drawn one well-formed reply that it can draw, and had the reply before it in hand
(or was lawfully sent in a group). No rule has anything to say of it, notes on splits apart, and
no Python object is made for it. Where there is any doubt the answer is no, and the connection goes
the general way; a property test holds the two together. May know columns; must not judge: it
only knows what there is nothing to judge about.

Lawful, and left to the general way all the same: other commands (AUTH, STARTTLS, BDAT, VRFY, LHLO),
a second hello that is answered with 250, hello names with blanks around them; a refused DATA; QUIT or a last
command without an answer; what a client goes on with behind a refusal; the reply to a message that it has
not acknowledged; a hello, a short line or the head of a command in two segments; a message with a line
DATA, or with a lone dot that ends it for some servers only; a client that says no hello; a server that
refuses the connection or closes it with 421.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from desync.analysis.prompt_columns import (
    EHLO,
    HELO,
    Prompts,
    prompts_of,
)
from desync.analysis.remark_columns import (
    abrupt_closes,
    split_ends,
    spoil_bare_breaks,
    spoil_masks,
    spoil_routes,
)
from desync.analysis.reply_columns import offers_of, replies_of, splits_of
from desync.analysis.runs import Flags, first_of_each, spoil
from desync.analysis.turn_columns import Dialogues, check_turns
from desync.capture.frames import Integers, Octets
from desync.smtp.limits import LONGEST_LINE
from desync.smtp.line_columns import Lines, heads_of, line_octets, lines_of
from desync.tcp.regular import Regular

BLANK: Final = 0x20
"""White space of any kind is not above this."""


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of the textbook connections of a slice; columns of shape (f,).

    Attributes:
        textbook: Which pairs are such.
        name: Buffer offset and octets of the argument of the last hello, shape (f, 2).
        banner: Buffer offset and octets of the greeting's first line, shape (f, 2).
        torn: The pairs whose greeting's first line lies in several pieces, with that line.
        split_lines, split_replies, split_ends, abrupt_closes: How many findings REPLY301, REPLY302,
            DATA402 and PATH605 would make.
    """

    textbook: Flags
    name: Integers
    banner: Integers
    torn: dict[int, bytes]
    split_lines: Integers
    split_replies: Integers
    split_ends: Integers
    abrupt_closes: Integers


def find_textbooks(regular: Regular, octets: Octets) -> Found:
    """Find the textbook connections among the regular ones.

    Args:
        regular: The regular connections.
        octets: The buffer that their octets are in.
    """
    count = len(regular.regular)
    good = regular.regular.copy()
    lines = lines_of(regular.pieces, octets)
    by_server = (lines.stream & 1) == 1
    good &= _ends_with_its_last_line(regular, lines, count)
    client, server = lines.take(~by_server), lines.take(by_server)
    prompts = prompts_of(client, regular, octets, good)
    heads = heads_of(server, regular.pieces, octets)
    replies = replies_of(server, heads, regular, octets, good)
    counts = np.bincount(prompts.pair, minlength=count)
    good &= (counts > 0) & (np.bincount(replies.pair, minlength=count) == counts + 1)
    prompts, replies = prompts.of(good), replies.of(good)
    offers, others = offers_of(server, heads, regular.pieces, octets)
    said = Dialogues(prompts, replies, server, offers, others, regular.heard)
    check_turns(said, good)
    good &= ~regular.waited
    spoil_bare_breaks(client, regular.pieces, octets, good)
    spoil_routes(prompts, client, octets, good)
    spoil_masks(said, heads, octets, good)
    abrupt = abrupt_closes(prompts, replies, regular, good)
    name, banner = _names(prompts, client, octets, good), np.zeros((count, 2), dtype=np.int64)
    greeting = replies.first[first_of_each(replies.pair)]
    of = server.stream[greeting] >> 1
    banner[of] = np.stack([heads.place[greeting], server.end[greeting] - server.start[greeting] - 2], axis=1)
    torn = {
        pair: line_octets(server, row, regular.pieces, octets, LONGEST_LINE)[:-2]
        for pair, row in zip(of.tolist(), greeting.tolist(), strict=True)
        if server.first[row] != server.last[row]
    }
    banner[list(torn)] = 0
    inside, between = splits_of(server, replies)
    return Found(
        good,
        name,
        banner,
        torn,
        _runs(inside, replies.pair, count),
        _runs(between, replies.pair, count),
        split_ends(prompts, client, regular.pieces, count),
        abrupt,
    )


def _names(prompts: Prompts, client: Lines, octets: Octets, good: Flags) -> Integers:
    """Where the clients' names are; spoils pairs whose name is torn, or may have blanks around it."""
    name = np.zeros((len(good), 2), dtype=np.int64)
    hello = np.flatnonzero((prompts.kind == EHLO) | (prompts.kind == HELO))
    line = prompts.line[hello]
    torn = client.first[line] != client.last[line]
    spoil(good, prompts.pair[hello], torn)
    hello, line = hello[~torn], line[~torn]
    begin, end = prompts.place[hello] + 5, client.feed[line] - 1
    spoil(good, prompts.pair[hello], (octets[begin] <= BLANK) | (octets[end - 1] <= BLANK))
    # Where a client said hello several times, the last one stays.
    name[prompts.pair[hello]] = np.stack([begin, end - begin], axis=1)
    return name


def _ends_with_its_last_line(regular: Regular, lines: Lines, count: int) -> Flags:
    """The pairs both of whose streams end with a line ending."""
    ends = np.zeros(2 * count, dtype=np.int64)
    np.maximum.at(ends, lines.stream, lines.end)
    return np.asarray(
        (ends[::2] == regular.lengths[0])
        & (ends[1::2] == regular.lengths[1])
        & (ends[::2] > 0)
        & (ends[1::2] > 0)
    )


def _runs(flags: Flags, pair: Integers, count: int) -> Integers:
    """How many runs of neighbours are so in each pair: one finding is made of each."""
    begins = flags.copy()
    begins[1:] &= ~(flags[:-1] & (pair[1:] == pair[:-1]))
    return np.bincount(pair[begins], minlength=count)
