"""Message text that the server read as commands.

Behind a DATA that was refused the server reads commands; what the client sends there all the
same is a message. So is the chunk of a refused BDAT whose octets the server reads as commands.
May know exchanges and the look of a message; must not judge.
"""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from desync.exchanges.exchange import Exchange
from desync.smtp.command import HELLOS, looks_like_command

HEADER_FIELD: Final = re.compile(rb"[\x21-\x39\x3b-\x7e]{1,76}[ \t]{0,8}:")
"""field-name ":" (RFC 5322, sections 2.2 and 4.5: older messages have blanks before the colon)."""

SESSION_VERBS: Final = frozenset({"MAIL", "RSET", "QUIT"} | HELLOS)
"""What a client goes on with when it has done with a message."""

END: Final = b"."


class MailText(NamedTuple):
    """Message text run as commands.

    Attributes:
        data: Index of the exchange of the DATA that was not answered with 354, or of the BDAT.
        first, last: The exchanges of the text, inclusive; its final dot is one of them.
        ended: Whether the final dot was sent, or the whole chunk.
    """

    data: int
    first: int
    last: int
    ended: bool


def mail_texts(exchanges: Sequence[Exchange]) -> tuple[MailText, ...]:
    """Find message text that was run as commands, in the order of the dialogue.

    Text begins right behind the refused DATA, with a line that is no command. It is a message only
    if it ends with a dot alone on its line, or has a header field: a client that tries unknown
    commands after a refusal sends no message.
    """
    found = []
    at = 1
    while at < len(exchanges):
        one = exchanges[at]
        text = None
        if one.prompt.verb in ("DATA", "BDAT") and _is_refused(one):
            text = _chunk_behind(exchanges, at) or _text_behind(exchanges, at)
        if text is not None:
            found.append(text)
        at = text.last + 1 if text is not None else at + 1
    return tuple(found)


def _is_refused(one: Exchange) -> bool:
    # Where the reply is not known the text is taken for mail data, as the server may have.
    return one.prompt.kind == "command" and one.reply_code is not None and not 300 <= one.reply_code < 400


def chunk_end(one: Exchange) -> int:
    """Where the chunk of a BDAT ends whose octets were read as commands; 0 where they were not."""
    command = one.prompt.command
    alone = one.prompt.kind == "command" and command is not None and command.chunk is not None
    return one.prompt.end + (command.chunk or 0) if alone and command is not None else 0


def _chunk_behind(exchanges: Sequence[Exchange], bdat: int) -> MailText | None:
    """The lines of a chunk behind its refused BDAT, or None where it was not read as commands."""
    end, last = chunk_end(exchanges[bdat]), bdat
    while last + 1 < len(exchanges) and exchanges[last + 1].prompt.start < end:
        last += 1
    if last == bdat:
        return None
    return MailText(bdat, bdat + 1, last, ended=exchanges[last].prompt.end >= end)


def _text_behind(exchanges: Sequence[Exchange], data: int) -> MailText | None:
    """The message text behind a refused DATA, or None where something else follows."""
    first = data + 1
    if first == len(exchanges) or not _is_text(exchanges[first]) or exchanges[first].prompt.text == END:
        return None
    header = False
    last = first
    for one in map(exchanges.__getitem__, range(first, len(exchanges))):
        if one.prompt.kind != "command" or (one.index > first and goes_on(one)):
            break
        last = one.index
        if one.prompt.text == END and one.prompt.terminated:
            return MailText(data, first, last, ended=True)
        header = header or HEADER_FIELD.match(one.prompt.text) is not None
    return MailText(data, first, last, ended=False) if header else None


def _is_text(one: Exchange) -> bool:
    """Whether a line is not one of the commands that a client may go on with."""
    return one.prompt.kind == "command" and not looks_like_command(one.prompt.text)


def goes_on(one: Exchange) -> bool:
    """Whether a line is the client's next command rather than a line of text that reads like one.

    A client begins a command with a segment of its own; the lines of a message follow each other.
    """
    return (
        one.prompt.verb in SESSION_VERBS
        and looks_like_command(one.prompt.text)
        and (not one.sent or one.sent[0].start == one.prompt.start)
    )
