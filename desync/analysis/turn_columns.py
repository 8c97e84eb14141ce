"""Whether each prompt of many dialogues came in its turn, and drew a reply that it can draw.

Where there is any doubt a pair is spoiled for the short way. May know prompts and replies as columns;
must not say what is wrong.
"""

from typing import Final, NamedTuple

import numpy as np

from desync.analysis.prompt_columns import (
    DATA,
    EHLO,
    END_OF_DATA,
    HELO,
    MAIL,
    QUIT,
    RCPT,
    RSET,
    VERBS,
    Prompts,
)
from desync.analysis.reply_columns import Replies
from desync.analysis.runs import Flags, begins_of, first_of_each, spoil
from desync.capture.frames import Integers
from desync.exchanges.plausible import ANSWERS, BY_KIND
from desync.smtp.command import GROUPABLE
from desync.smtp.line_columns import Lines

_KINDS: Final = len(VERBS) + 2
"""The common commands, the connection and the end of mail data."""

_GROUPABLE: Final = np.zeros(_KINDS, dtype=np.bool_)
_GROUPABLE[[kind for verb, kind in VERBS.items() if verb.decode() in GROUPABLE]] = True
_GROUPABLE[END_OF_DATA] = True

_HELLOS: Final = np.zeros(_KINDS, dtype=np.bool_)
_HELLOS[[EHLO, HELO]] = True
_BEGINNINGS: Final = _HELLOS.copy()
_BEGINNINGS[[MAIL, RSET, END_OF_DATA]] = True
"""What a mail transaction begins with, or behind."""

_ANSWERS: Final = np.zeros((_KINDS, 600), dtype=np.bool_)
for _verb, _kind in VERBS.items():
    _ANSWERS[_kind, list(ANSWERS[_verb.decode()])] = True
# 353 announces further replies (PRDR): no textbook.
_ANSWERS[END_OF_DATA, list(BY_KIND["mail-data"] - {353})] = True
_ANSWERS[:, 400:] = True
# After a refused DATA the client's text is read as commands.
_ANSWERS[DATA, 400:] = False


class Dialogues(NamedTuple):
    """What was said on all pairs.

    Attributes:
        prompts, replies: On each pair one reply more than prompts.
        server: The servers' lines.
        offers, others: The lines that offer PIPELINING, and those that may offer early pipelining.
        heard: Octets of the server's stream that the client acknowledged, for each pair.
    """

    prompts: Prompts
    replies: Replies
    server: Lines
    offers: Flags
    others: Flags
    heard: Integers


def check_turns(said: Dialogues, good: Flags) -> None:
    """Spoil the pairs in which a prompt came too early, or drew what it cannot draw."""
    prompts, replies = said.prompts, said.replies
    if not len(prompts.pair):
        return
    count = len(good)
    prompt_base = np.searchsorted(prompts.pair, np.arange(count))
    reply_base = np.searchsorted(replies.pair, np.arange(count))
    number = np.arange(len(prompts.pair))
    mine = reply_base[prompts.pair] + number - prompt_base[prompts.pair] + 1
    greeting = first_of_each(replies.pair)
    spoil(good, replies.pair[greeting], replies.code[greeting] != 220)
    spoil(good, prompts.pair, ~_ANSWERS[prompts.kind, replies.code[mine]] | (replies.had[mine] < prompts.end))
    first = number == prompt_base[prompts.pair]
    spoil(good, prompts.pair, first & ~((prompts.kind == EHLO) | (prompts.kind == HELO)))
    # Whether a client learnt that its message was taken is another matter (SYNC205).
    spoil(good, prompts.pair, (prompts.kind == END_OF_DATA) & (replies.end[mine] > said.heard[prompts.pair]))
    _check_refusals(prompts, replies.code[mine], replies.end[mine], good)
    later = np.concatenate([prompts.pair[1:] == prompts.pair[:-1], [False]])
    spoil(good, prompts.pair, (prompts.kind == QUIT) & later)
    barrier = np.maximum.accumulate(np.where(_GROUPABLE[prompts.kind], -1, number))
    before = np.concatenate([[-1], barrier[:-1]])
    base = prompt_base[prompts.pair]
    owed = np.where(before >= base, reply_base[prompts.pair] + before - base + 1, reply_base[prompts.pair])
    lawful = _offered(said, mine, good) & (prompts.acknowledged >= replies.end[owed])
    spoil(good, prompts.pair, ~((prompts.acknowledged >= replies.end[mine - 1]) | lawful))


def _check_refusals(prompts: Prompts, code: Integers, end: Integers, good: Flags) -> None:
    """Spoil the pairs in which a client may have gone on in spite of a refusal that it held (SYNC203).

    Args:
        prompts: The prompts.
        code: What each of them drew.
        end: Where that reply ends.
        good: Which pairs are good.
    """
    kind, refused, held = prompts.kind, code >= 400, prompts.acknowledged
    number = np.arange(len(kind))
    begins = np.maximum.accumulate(np.where(_BEGINNINGS[kind], number, 0))
    unheeded = (kind == RCPT) | (kind == DATA)
    unheeded &= (kind[begins] == MAIL) & refused[begins] & (held >= end[begins])
    taken = np.cumsum((kind == RCPT) & ~refused)
    last = np.maximum.accumulate(np.where(kind == RCPT, number, 0))
    unheeded |= (kind == DATA) & (taken == taken[begins]) & (held >= end[last])
    greeted = np.cumsum(((kind == EHLO) | (kind == HELO)) & ~refused)
    unheeded |= (kind == MAIL) & (greeted == (greeted - (_HELLOS[kind] & ~refused))[begins_of(prompts.pair)])
    spoil(good, prompts.pair, unheeded)


def _offered(said: Dialogues, mine: Integers, good: Flags) -> Flags:
    """The prompts for which PIPELINING had been offered, and the client had received the offer."""
    prompts, replies, server = said.prompts, said.replies, said.server
    hello = np.flatnonzero(((prompts.kind == EHLO) | (prompts.kind == HELO)) & (replies.code[mine] == 250))
    several = np.bincount(prompts.pair[hello], minlength=len(good))
    good &= several <= 1
    reply_of = np.searchsorted(replies.last, np.arange(len(server.stream)))
    later = np.arange(len(server.stream)) > replies.first[np.minimum(reply_of, len(replies.first) - 1)]
    spoil(good, server.stream >> 1, said.others)
    offers = np.zeros(len(replies.code) + 1, dtype=np.bool_)
    offers[reply_of[said.offers & later]] = True
    known = np.zeros(len(good), dtype=np.bool_)
    end = np.zeros(len(good), dtype=np.int64)
    at = np.zeros(len(good), dtype=np.int64)
    of = prompts.pair[hello]
    known[of] = offers[mine[hello]] & (prompts.kind[hello] == EHLO)
    end[of], at[of] = replies.end[mine[hello]], prompts.end[hello]
    pair = prompts.pair
    return np.asarray(known[pair] & (prompts.acknowledged >= end[pair]) & (prompts.start >= at[pair]))
