"""The rest of a message behind a lone dot that ended it early: the server reads it as commands.

    Before sending a line of mail text, the SMTP client checks the first character of the line. If
    it is a period, one additional period is inserted      (RFC 5321, section 4.5.2)

May know the dialogue and the look of a message; must not know how a finding is made.
"""

from bisect import bisect_right
from itertools import pairwise
from typing import Final, NamedTuple

from desync.exchanges.conversation import Conversation
from desync.exchanges.exchange import Exchange
from desync.exchanges.mail_text import END, SESSION_VERBS
from desync.smtp.command import looks_like_command

FEWEST_LINES: Final = 2
"""Lines that begin with no verb, without a lone dot behind them, that are taken for message text."""


class StrayText(NamedTuple):
    """Message text behind an end of mail data that the client did not mean.

    Attributes:
        data: Index of the exchange of the mail data.
        first, last: The exchanges of the text, inclusive; its final dot is one of them.
        ended: Whether the final dot was sent.
    """

    data: int
    first: int
    last: int
    ended: bool


def stray_texts(conversation: Conversation) -> list[StrayText]:
    """The texts of a connection that ran as commands behind an early end of data, in order."""
    return conversation.once(_stray_texts)


def stray_text_at(conversation: Conversation, index: int) -> StrayText | None:
    """The text that an exchange is a line of, or whose end of data it is; else None."""
    found = stray_texts(conversation)
    at = bisect_right(found, index, key=lambda one: one.data) - 1
    return found[at] if at >= 0 and index <= found[at].last else None


def _stray_texts(conversation: Conversation) -> list[StrayText]:
    exchanges = conversation.exchanges
    found: list[StrayText] = []
    if conversation.foreign is not None:
        return found
    for one, following in pairwise(exchanges):
        if one.prompt.kind != "mail-data" or following.prompt is one.prompt:
            continue
        if found and one.index <= found[-1].last:
            continue
        text = _text_behind(exchanges, one)
        if text is not None and _was_asked_for(conversation, one):
            found.append(text)
    return found


def _was_asked_for(conversation: Conversation, data: Exchange) -> bool:
    """Whether the mail data was seen whole, behind a DATA that drew 354, and was answered itself."""
    before = data
    while before.prompt is data.prompt:
        before = conversation.exchanges[before.index - 1]
    if before.prompt.verb != "DATA" or before.reply_code != 354 or data.reply is None:
        return False
    client = conversation.connection.client_stream
    return not client.missing(before.prompt.start, data.prompt.end + 1)


def _text_behind(exchanges: tuple[Exchange, ...], data: Exchange) -> StrayText | None:
    """The message text behind an end of mail data, or None where the client goes on with commands."""
    first = exchanges[data.index + 1]
    if data.prompt.text or not data.prompt.terminated or data.prompt.inferred:
        # Where the server ended the message at a mark, that is DATA401.
        return None
    if not _is_text(first) or not _flowed(data, first):
        return None
    worded, last = 0, first.index
    for index in range(first.index, len(exchanges)):
        one = exchanges[index]
        if one.prompt.kind != "command" or (index > first.index and _goes_on(one)):
            break
        last = index
        if one.prompt.text == END and one.prompt.terminated:
            return StrayText(data.index, first.index, last, ended=True) if worded else None
        worded += one.prompt.verb is None and bool(one.prompt.text.strip())
    return StrayText(data.index, first.index, last, ended=False) if worded >= FEWEST_LINES else None


def _is_text(one: Exchange) -> bool:
    return one.prompt.kind == "command" and not looks_like_command(one.prompt.text)


def _flowed(data: Exchange, following: Exchange) -> bool:
    """Whether a line was sent without a look at the reply to the message before it."""
    if data.sent and following.sent and data.sent[-1] == following.sent[0]:
        return True
    reply = data.reply
    if reply is None or not reply.complete or following.acknowledged is None:
        return False
    return following.acknowledged < reply.octets[1]


def _goes_on(one: Exchange) -> bool:
    """Whether a line is the client's next command: it begins a segment, lines of a message seldom do."""
    return (
        one.prompt.verb in SESSION_VERBS
        and looks_like_command(one.prompt.text)
        and (not one.sent or one.sent[0].start == one.prompt.start)
    )
