"""What a record keeps of a very long connection: what matters, and its neighbours.

A pooled connection goes on for as long as there is mail, and nearly all that it says is in step.
May know conversations and findings; must not know how a record is made.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Final, NamedTuple

from desync.exchanges.conversation import Conversation
from desync.exchanges.exchange import Exchange
from desync.exchanges.transaction import Transaction
from desync.findings.finding import Finding, Place
from desync.smtp.reply import Reply

MOST: Final = 10_000
"""Exchanges that a record keeps, whatever they are; and as many unpaired replies, and transactions."""

EDGE: Final = 100
"""Those at the beginning and at the end of a longer connection that are kept in any case."""

RUN: Final = 20
"""Those at the beginning and at the end of a run that a finding, a drift or a message takes up."""

NEAR: Final = 2
"""Neighbours on each side of an exchange that matters."""

_BESIDE, _NOTED, _OFF, _COSTLY, _AT_AN_EDGE, _NAMED = range(1, 7)
"""How much an exchange matters: is it next to one that does, does a note name it, is it out of step,
is it of a message lost or at risk, is it among the first or last, does a warning or error name it?"""


class Kept(NamedTuple):
    """What a record keeps, in the order of the dialogue; a transaction with its number."""

    exchanges: Sequence[Exchange]
    unpaired: Sequence[Reply]
    transactions: Sequence[tuple[int, Transaction]]


def shortened(conversation: Conversation, findings: Sequence[Finding]) -> Kept:
    """Choose what a record keeps: all, unless there are more than ``MOST`` exchanges or unpaired replies.

    Args:
        conversation: The connection.
        findings: What was found in it.
    """
    exchanges, unpaired = conversation.exchanges, conversation.unpaired
    transactions = tuple(enumerate(conversation.transactions))
    if max(len(exchanges), len(unpaired)) <= MOST:
        return Kept(exchanges, unpaired, transactions)
    replies = _ranks_of_replies(conversation, findings)
    messages = bytearray(map(_rank_of_message, conversation.transactions))
    return Kept(
        [exchanges[index] for index in _chosen(_ranks(conversation, findings))],
        [unpaired[index] for index in _chosen(replies)],
        [transactions[index] for index in _chosen(messages)],
    )


def _chosen(ranks: bytearray) -> list[int]:
    """The indexes of what matters, in order: where they are too many, the first of those that matter most."""
    for index in ends(0, len(ranks) - 1, EDGE):
        ranks[index] = max(ranks[index], _AT_AN_EDGE)
    found = [index for index, rank in enumerate(ranks) if rank]
    if len(found) > MOST:
        found = sorted(sorted(found, key=lambda index: -ranks[index])[:MOST])
    return found


def _ranks(conversation: Conversation, findings: Iterable[Finding]) -> bytearray:
    """How much each exchange matters; 0: not at all."""
    ranks = bytearray(len(conversation.exchanges))
    for one in findings:
        _raise(ranks, _named_by(one), _NOTED if one.severity == "note" else _NAMED)
    _raise(ranks, _landmarks(conversation), _NAMED)
    for message in conversation.transactions:
        if _is_costly(message):
            _raise(ranks, ends(*message.exchanges, RUN), _COSTLY)
    _raise(ranks, (one.index for one in conversation.exchanges if one.in_step is False), _OFF)
    _raise(ranks, (index for index, shift in enumerate(conversation.reading.shifts) if shift), _OFF)
    for index in [index for index, rank in enumerate(ranks) if rank]:
        _raise(ranks, range(index - NEAR, index + NEAR + 1), _BESIDE)
    return ranks


def _raise(ranks: bytearray, indexes: Iterable[int], rank: int) -> None:
    for index in indexes:
        if 0 <= index < len(ranks) and ranks[index] < rank:
            ranks[index] = rank


def ends(first: int, last: int, count: int) -> Iterable[int]:
    """The first and the last indexes of a run, all of a short one."""
    if last - first < 2 * count:
        return range(first, last + 1)
    return chain(range(first, first + count), range(last - count + 1, last + 1))


def _named_by(one: Finding) -> Iterator[int]:
    """The exchanges that a finding names: its own, and those that its details point to."""
    if one.exchanges is not None:
        yield from ends(*one.exchanges, RUN)
    for name in ("reply_of", "because_exchange", "exchange"):
        index = one.details.get(name)
        if isinstance(index, int):
            yield index


def _landmarks(conversation: Conversation) -> Iterator[int]:
    """Where the connection takes a turn: a drift's onset and recovery, STARTTLS, QUIT."""
    drift, encryption = conversation.reading.drift, conversation.encryption
    turns = [conversation.quit, encryption.exchange if encryption is not None else None]
    if drift is not None:
        turns += [drift.trigger, drift.recovered]
        yield from range(drift.onset - 1, drift.onset + RUN)
    yield from (turn for turn in turns if turn is not None)


def _is_costly(message: Transaction) -> bool:
    return message.verdict in ("lost", "duplicate-risk")


def _rank_of_message(message: Transaction) -> int:
    if _is_costly(message):
        return _NAMED
    known = {message.outcome, message.believed} <= {"accepted", "refused"}
    if known and message.outcome != message.believed:
        return _COSTLY
    return _OFF if message.verdict == "unknown" else 0


def _ranks_of_replies(conversation: Conversation, findings: Iterable[Finding]) -> bytearray:
    """How much each unpaired reply matters: whether a finding is about the frame that brought it."""
    named: dict[Place, int] = {}
    for one in findings:
        if one.frame is not None:
            rank = _NOTED if one.severity == "note" else _NAMED
            named[one.frame] = max(named.get(one.frame, 0), rank)
    stream = conversation.connection.server_stream
    sent = [stream.sent(reply.octets[0]) for reply in conversation.unpaired]
    return bytearray(named.get(Place(one.capture, one.frame), 0) if one is not None else 0 for one in sent)
